"""IRAF dispersions: each function against its definition in ``specwcs``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read
from spectra_gui.readers.iraf_functions import DispersionError, parse_aperture, wavelengths

from .conftest import ramp

N = 11
P = np.arange(1.0, N + 1)


def value(kind: int, start: float, step: float, z: float = 0.0, functions: str = "") -> np.ndarray:  # type: ignore[type-arg]
    text = f"1 1 {kind} {start} {step} {N} {z} 1 2 {functions}"
    return wavelengths(parse_aperture(text), P)[0]


def test_linear_and_logarithmic_with_a_shift() -> None:
    np.testing.assert_allclose(value(0, 5000, 2), 5000 + 2 * (P - 1))
    np.testing.assert_allclose(value(0, 5000, 2, 0.1), (5000 + 2 * (P - 1)) / 1.1)
    np.testing.assert_allclose(value(1, 3.7, 1e-3), 10 ** (3.7 + 1e-3 * (P - 1)))


def test_a_logarithm_that_starts_beyond_ten_is_linear() -> None:
    text = f"1 1 1 9849.8 -0.04 {N} 0. 1 2"
    values, note = wavelengths(parse_aperture(text), P)
    assert values[0] == 9849.8
    assert "linear" in note


def test_chebyshev_and_legendre() -> None:
    x = (2 * P - 12) / 10
    chebyshev = 5000 + 100 * x + 3 * (2 * x**2 - 1)
    np.testing.assert_allclose(value(2, 1, 1, 0, "1. 0. 1 3 1 11 5000 100 3"), chebyshev)
    legendre = 5000 + 100 * x + 3 * (1.5 * x**2 - 0.5)
    np.testing.assert_allclose(value(2, 1, 1, 0, "1. 0. 2 3 1 11 5000 100 3"), legendre)


def test_weights_and_offsets_add_up() -> None:
    both = value(2, 1, 1, 0, "0.5 20. 1 1 1 11 5000 0.5 0. 2 1 1 11 5100")
    np.testing.assert_allclose(both, 0.5 * 5020 + 0.5 * 5100)


def test_linear_spline_passes_its_knots() -> None:
    values = value(2, 1, 1, 0, "1. 0. 4 2 1 11 5000 5010 5030")
    np.testing.assert_allclose(values[[0, 5, 10]], [5000, 5010, 5030])
    np.testing.assert_allclose(values[2], 5004)


def test_cubic_spline_of_a_straight_line() -> None:
    # B-spline coefficients c_i = i reproduce a line; each basis sums to 6.
    values = value(2, 1, 1, 0, "1. 0. 3 2 1 11 0 10 20 30 40")
    np.testing.assert_allclose(np.diff(values), 12.0, rtol=1e-9)


def test_sampled_functions() -> None:
    table = " ".join(str(4000 + 10 * i) for i in range(N))
    np.testing.assert_allclose(value(2, 1, 1, 0, f"1. 0. 5 {N} {table}"), 4000 + 10 * (P - 1))
    np.testing.assert_allclose(value(2, 1, 1, 0, "1. 0. 6 2 1 4000 11 4100"), 4000 + 10 * (P - 1))


@pytest.mark.parametrize(
    "text",
    ["", "1 1 2 1", "1 1 7 1 1 9 0 1 2", "1 1 2 1 1 9 0 1 2 1. 0. 1 5 1 11 3", "a b c d e f g h i"],
)
def test_broken_strings_are_told(text: str) -> None:
    with pytest.raises(DispersionError):
        wavelengths(parse_aperture(text), P)


def multispec(
    write_image: Callable[..., Path], strings: list[str], pixels: object, **titles: str
) -> Path:
    text = "wtype=multispec " + " ".join(f'spec{i + 1} = "{s}"' for i, s in enumerate(strings))
    cards = {f"WAT2_{i // 68 + 1:03d}": text[i : i + 68] for i in range(0, len(text), 68)}
    return write_image(
        pixels,
        WAT0_001="system=multispec",
        WAT1_001="wtype=multispec label=Wavelength units=angstroms",
        CTYPE1="MULTISPE",
        CTYPE2="MULTISPE",
        OBJECT="star",
        LTV1=-1.0,
        **cards,
        **titles,
    )


def test_apertures_bands_and_physical_pixels(write_image: Callable[..., Path]) -> None:
    strings = ["1 57 0 5000. 2. 50 0. 1 2", "3 58 0 6000. -2. 50 0. 1 2"]
    cube = np.array([[ramp(), ramp()], [0 * ramp() + 0.1] * 2])
    reading = read(multispec(write_image, strings, cube))
    assert [s.name for s in reading.spectra] == ["star aperture 1", "star aperture 3"]
    # LTV1 = -1: image pixel 1 is physical pixel 2.
    assert reading.spectra[0].wavelength_aa[0] == 5002.0
    assert reading.spectra[1].wavelength_aa[-1] == 5998.0
    assert reading.spectra[0].medium == "air"
    assert any("bands" in warning for warning in reading.warnings)


def test_strings_are_joined_across_cards_with_their_blanks(
    write_image: Callable[..., Path],
) -> None:
    strings = [f"{i} {i} 0 {5000 + 10 * i}.123456789 2. 50 0. 1.25 2.25" for i in range(1, 9)]
    reading = read(multispec(write_image, strings, np.tile(ramp(), (8, 1))))
    assert [round(s.wavelength_aa[0], 6) for s in reading.spectra] == [
        round(5002.123456789 + 10 * i, 6) for i in range(1, 9)
    ]


def test_no_valid_dispersion_is_declined(write_image: Callable[..., Path]) -> None:
    with pytest.raises(ReadError) as caught:
        read(multispec(write_image, ["1 1"], ramp()[None]))
    assert caught.value.code == "no_wavelength"


def test_one_dimensional_equispec_is_in_air(write_image: Callable[..., Path]) -> None:
    reading = read(
        write_image(
            ramp(),
            WAT0_001="system=equispec",
            WAT1_001="wtype=linear label=Wavelength units=angstroms",
            CRVAL1=4000.0,
            CDELT1=2.0,
            CD1_1=2.0,
            CRPIX1=1,
            DC__FLAG=0,
        )
    )
    assert (reading.reader, reading.spectra[0].medium) == ("iraf", "air")


def test_apertures_of_one_number_are_told_apart_by_their_row(
    write_image: Callable[..., Path],
) -> None:
    strings = [f"{n} 1 0 5000. 2. 400 0. 1. 1." for n in (1, 1, 2)]

    spectra = read(multispec(write_image, strings, np.tile(ramp(), (3, 1)))).spectra

    assert [s.name for s in spectra] == ["star row 0", "star row 1", "star aperture 2"]


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["HD 17", "HD 18", "sky"], ["HD 17", "HD 18", "sky"]),
        (["HD 17", "sky", "sky"], ["HD 17", "sky aperture 2", "sky aperture 3"]),
        (["star", "star", "star"], ["star aperture 1", "star aperture 2", "star aperture 3"]),
        (["order 61", "order 62", "63"], ["star aperture 1", "star aperture 2", "star aperture 3"]),
    ],
)
def test_titles_of_apertures_are_stars_where_they_differ(
    write_image: Callable[..., Path], titles: list[str], names: list[str]
) -> None:
    strings = [f"{n} {n} 0 5000. 2. 400 0. 1. 1." for n in (1, 2, 3)]
    cards = {f"APID{n}": title for n, title in enumerate(titles, 1)}
    path = multispec(write_image, strings, np.tile(ramp(), (3, 1)), **cards)
    assert [s.name for s in read(path).spectra] == names
