"""Plain FITS images after Paper III (Greisen et al. 2006, A&A 446, 747); details in
`tests/readers/test_fits_image.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, write


@pytest.mark.parametrize(
    ("cards", "ends", "medium"),
    [
        ({"CRVAL1": 4000.0, "CDELT1": 2.0}, (4000.0, 4098.0), "unknown"),
        ({"CRVAL1": 400.0, "CDELT1": 0.2, "CUNIT1": "nm"}, (4000.0, 4098.0), "unknown"),
        ({"CRVAL1": 4e-7, "CDELT1": 2e-10, "CUNIT1": "m"}, (4000.0, 4098.0), "unknown"),
        ({"CRVAL1": 0.4, "CDELT1": 2e-4, "CUNIT1": "um"}, (4000.0, 4098.0), "unknown"),
        (
            {"CRVAL1": 4000.0, "CDELT1": 2.0, "CTYPE1": "AWAV", "CUNIT1": "Angstrom"},
            (4000.0, 4098.0),
            "air",
        ),
        (
            {"CRVAL1": 4000.0, "CDELT1": 2.0, "CTYPE1": "WAVE-LOG", "CUNIT1": "Angstrom"},
            (4000.0, 4000.0 * np.exp(98.0 / 4000.0)),
            "vacuum",
        ),
        ({"CRVAL1": 3.6, "CDELT1": 1e-4, "DC__FLAG": 1}, (10**3.6, 10**3.6049), "unknown"),
        # HERMES of the Mercator telescope writes even steps of ln λ.
        (
            {"CRVAL1": 8.29, "CDELT1": 1e-5, "CTYPE1": "log(wavelength)"},
            (np.exp(8.29), np.exp(8.29049)),
            "unknown",
        ),
        # Descending, as some echelle spectra are.
        ({"CRVAL1": 4098.0, "CDELT1": -2.0}, (4000.0, 4098.0), "unknown"),
    ],
)
def test_axes(
    tmp_path: Path, cards: dict[str, Any], ends: tuple[float, float], medium: str
) -> None:
    head = primary(ramp(), CRPIX1=1.0, **cards)
    holds(
        read(write(tmp_path, head)),
        "fits-image",
        ends=ends,
        points=50,
        medium=medium,
        frame="unknown",
        noise="none",
    )


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("ERRS", 0.1, "sigma"),
        ("STAT", 0.01, "variance"),
        ("VAR", 0.01, "variance"),
        ("IVAR", 100.0, "ivar"),
    ],
)
def test_companions(tmp_path: Path, name: str, value: float, kind: str) -> None:
    axis = {"CRVAL1": 550.0, "CDELT1": 0.02, "CRPIX1": 1.0, "CUNIT1": "nm"}
    quality = np.zeros(50, np.int32)
    quality[5] = 1
    path = write(
        tmp_path,
        primary(ramp(), SPECSYS="TOPOCENT", **axis),
        image(np.full(50, value), name, **axis),
        image(quality, "QUAL", **axis),
    )
    spectrum = holds(
        read(path),
        "fits-image",
        ends=(5500.0, 5509.8),
        points=50,
        medium="unknown",
        frame="observed",
        noise=kind,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)
    assert np.flatnonzero(spectrum.bad).tolist() == [5]


@pytest.mark.parametrize(("value", "kind"), [(0.3, "sigma"), (11.1, "ivar")])
def test_a_companion_without_a_name_is_judged_by_the_scatter(
    tmp_path: Path, value: float, kind: str
) -> None:
    random = np.random.default_rng(7)
    axis = {"CRVAL1": 4000.0, "CDELT1": 2.0, "CRPIX1": 1.0}
    path = write(
        tmp_path,
        primary(50.0 + random.normal(0.0, 0.3, 400), **axis),
        image(np.full(400, value)),
    )
    spectrum = holds(
        read(path),
        "fits-image",
        ends=(4000.0, 4798.0),
        points=400,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.3, rel=0.01)


@pytest.mark.parametrize("start", [0.0, 1.0])
@pytest.mark.parametrize("unit", ["", "Angstrom"])
def test_pixel_numbers_are_never_called_angstrom(tmp_path: Path, start: float, unit: str) -> None:
    head = primary(ramp(2000), CRVAL1=start, CDELT1=1.0, CRPIX1=1.0, CUNIT1=unit)
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, head))
    assert caught.value.code == "no_wavelength"
