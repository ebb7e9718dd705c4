"""Commas, points and blanks inside of numbers: read right, or declined with what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError, Reading
from spectra_gui.readers import read

WriteText = Callable[..., Path]

WAVES = 3990.5 + 2.25 * np.arange(60)
FLUX = 1.15 + 0.1 * np.sin(np.arange(60))
SIGMA = np.full(60, 0.025)


def us(value: float) -> str:
    return f"{value:,.2f}"


def german(value: float) -> str:
    return us(value).replace(",", " ").replace(".", ",").replace(" ", ".")


def comma(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def lines(row: str, waves: np.ndarray = WAVES) -> str:  # type: ignore[type-arg]
    """A line a pixel, made of ``row`` with ``w``, ``f`` and ``e`` in each way of writing."""
    made = []
    for w, f, e in zip(waves, FLUX, SIGMA, strict=True):
        words = {"w": w, "f": f, "e": e, "us": us(w), "german": german(w)}
        words |= {"cw": comma(w), "cf": comma(f), "ce": comma(e), "big": us(1e4 * f)}
        made.append(row.format(**words))
    return "\n".join(made) + "\n"


def check(reading: Reading, scale: float = 1.0) -> None:
    spectrum = reading.spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, atol=2e-3)
    np.testing.assert_allclose(spectrum.flux, scale * FLUX, rtol=1e-3)


@pytest.mark.parametrize(
    "row",
    [
        '"{cw}","{cf}"',
        '"{cw}",{f:.3f}',
        "{cw},{cf}",
        "{cw}, {cf}",
        "{cw},{cf},{ce}",
        "{cw};{cf};{ce}",
    ],
)
def test_decimal_commas_between_commas(write_text: WriteText, row: str) -> None:
    reading = read(write_text(lines(row)))
    check(reading)
    assert "decimal commas" in reading.decisions[0].evidence
    has_sigma = "{ce}" in row
    assert (reading.spectra[0].sigma is not None) == has_sigma


def test_names_tell_that_two_fields_are_one_number(write_text: WriteText) -> None:
    waves = 4000.0 + np.arange(60)
    text = lines("{w:.0f},5,{f:.0f},7", waves)
    with pytest.raises(ReadError, match="commas may be decimal signs"):
        read(write_text(text))
    spectrum = read(write_text("lambda,flux\n" + text)).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, waves + 0.5)
    np.testing.assert_allclose(spectrum.flux, 1.7)
    columns = read(write_text("wave,order,counts,sky\n" + text)).spectra[0]
    np.testing.assert_allclose(columns.wavelength_aa, waves)


def test_whole_numbers_between_commas_stay_columns(write_text: WriteText) -> None:
    random = np.random.default_rng(1)
    rows = [
        f"{4000 + i},{c},{c // 9},{30 + i % 7}"
        for i, c in enumerate(random.integers(900, 3000, 60))
    ]
    spectrum = read(write_text("\n".join(rows))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, 4000.0 + np.arange(60))
    assert spectrum.flux.min() >= 900.0


@pytest.mark.parametrize(
    "row",
    [
        "{us}\t{f:.4f}",
        "{us} {f:.4f}",
        "{us};{f:.4f}",
        '"{us}",{f:.4f}',
        "{us},{f:.4f}",
        "{us}, {f:.4f}",
        "{german};{cf}",
        "{german}\t{cf}",
        '"{german}","{cf}"',
    ],
)
def test_signs_between_thousands(write_text: WriteText, row: str) -> None:
    waves = WAVES + 20.0
    reading = read(write_text(lines(row, waves)))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, waves, atol=6e-3)
    np.testing.assert_allclose(reading.spectra[0].flux, FLUX, atol=6e-4)
    assert "between thousands" in reading.decisions[0].evidence


@pytest.mark.parametrize("blank", ["'", "’", "\u00a0", "\u202f", " "])
@pytest.mark.parametrize("separator", [";", " "])
def test_blanks_and_marks_between_thousands(
    write_text: WriteText, blank: str, separator: str
) -> None:
    waves = WAVES + 20.0
    rows = [
        f"{us(w).replace(',', blank)}{separator}{f:.4f}" for w, f in zip(waves, FLUX, strict=True)
    ]
    spectrum = read(write_text("\n".join(rows))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, waves, atol=6e-3)
    np.testing.assert_allclose(spectrum.flux, FLUX, atol=1e-4)


def test_thousands_in_the_flux(write_text: WriteText) -> None:
    check(read(write_text(lines("{w:.2f}\t{big}"))), scale=1e4)


@pytest.mark.parametrize(
    "text",
    [
        # Four or four thousand.
        "\n".join(f"{4000 + i:,}\t{1000 + i:,}" for i in range(60)),
        "\n".join(f'"{4000 + i:,}","{1000 + i:,}"' for i in range(60)),
        # 999 is not larger than 1,005.
        "\n".join(f"{4000 + i}\t{990 + i:,}" for i in range(60)),
        # 4000 and 4000,5 between commas.
        "\n".join(f"{4000 + i // 2},{'5,' if i % 2 else ''}1,{i + 10}" for i in range(60)),
        "\n".join(f"{4000 + i},1,{i + 100},0,02" for i in range(60)),
        # Commas and points for the same thing.
        "\n".join(f"{4000 + i},51\t1.{i + 10}" for i in range(60)),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_declined(
    write_text: WriteText, text: str
) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(text))
    assert caught.value.code == "unsupported"
    assert "points" in caught.value.advice
    assert caught.value.has_columns


def test_decimal_commas_of_three_digits_are_no_thousands(write_text: WriteText) -> None:
    rows = lines("{cw} {cf}", WAVES / 10.0)
    np.testing.assert_allclose(read(write_text(rows)).spectra[0].wavelength_aa, WAVES, atol=6e-3)
