"""GALAH after Buder et al. 2021, MNRAS 506, 150, and the two forms that FORMATS describes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, write

AXIS = {"CRVAL1": 4713.5, "CDELT1": 0.046, "CRPIX1": 1, "CUNIT1": "Angstroms"}


@pytest.mark.parametrize(
    ("head", "sigma", "normalised"),
    [
        ({"ORIGIN": "GALAH DR3"}, "input_sigma", "normalised spectra"),
        ({"INSTRUME": "HERMES"}, "relative_error", "normalized"),
    ],
)
def test_fractions_are_sigmas(
    tmp_path: Path, head: dict[str, str], sigma: str, normalised: str
) -> None:
    path = write(
        tmp_path,
        primary(ramp(), OBJECT="star", **AXIS, **head),
        image(np.full(50, 0.02), sigma, **AXIS),
        image(np.ones(50), normalised, **AXIS),
    )
    spectrum = holds(
        read(path),
        "galah",
        ends=(4713.5, 4715.754),
        points=50,
        medium="air",
        frame="unknown",
        noise="relative",
    )
    assert spectrum.sigma is not None
    np.testing.assert_allclose(spectrum.sigma, 0.02 * ramp())
