"""ATLAS fluxes after https://wwwuser.oats.inaf.it/fiorella.castelli/grids.html"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds

WAVE_NM = 400.0 + 2.0 * np.arange(30)


def text(*, wrong: float = 1.0) -> str:
    head = "TEFF   5750.  GRAVITY 4.50000 LTE\nTITLE SDSC GRID  [+0.0]   VTURB 2.0 KM/S\n"
    return head + "".join(
        f"FLUX{i + 1:5d}{w:11.2f}{wrong * 2.99792458e17 / w:13.5E}{1e-5 * w:12.4E}{2e-5:12.4E}"
        f"{0.5 * w:10.5f}\n"
        for i, w in enumerate(WAVE_NM)
    )


def test_moments_become_flux(write_text: Callable[..., Path]) -> None:
    spectrum = holds(
        read(write_text(text())),
        "atlas-text",
        ends=(4000.0, 4580.0),
        points=30,
        medium="vacuum",
        frame="rest",
        noise="none",
    )
    # Hν grows as λ, so Fλ falls as 1/λ.
    ratio = spectrum.flux[-1] / spectrum.flux[0]
    assert ratio == pytest.approx(400.0 / 458.0, rel=1e-4)
    assert spectrum.name == "ATLAS Teff 5750, log g 4.5"


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[2:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [line.replace("FLUX", "flux") for line in lines],
        lambda lines: [line.replace("E+", "D+").replace("E-", "D-") for line in lines],
        lambda lines: [line[:46] for line in lines],
        lambda lines: [line.removeprefix("FLUX") for line in lines[2:]],
        lambda lines: [line[9:] for line in lines[2:]],
    ],
)
def test_lines_without_a_title_or_the_word(
    write_text: Callable[..., Path], change: Callable[[list[str]], list[str]]
) -> None:
    whole = read(write_text(text())).spectra[0]
    reading = read(write_text("\n".join(change(text().splitlines()))))
    assert reading.reader == "atlas-text"
    np.testing.assert_allclose(reading.spectra[0].flux, whole.flux, rtol=1e-6)


def test_frequencies_that_do_not_fit_are_damage(write_text: Callable[..., Path]) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(text(wrong=1.5)))
    assert caught.value.code == "damaged"


def test_a_text_of_empty_lines_is_passed_by_quickly(write_text: Callable[..., Path]) -> None:
    # A pattern that tries every blank anew takes minutes here; the test then runs out of time.
    with pytest.raises(ReadError):
        read(write_text("\n" * 200_000))
