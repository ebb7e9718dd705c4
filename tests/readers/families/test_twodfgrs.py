"""2dFGRS after https://docs.datacentral.org.au/2dfgrs/ and the loader of specutils."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, write


def test_a_chart_and_two_observations(tmp_path: Path) -> None:
    rows = np.array([ramp(), np.full(50, 0.04), np.full(50, 7.0)])
    axis = {"CRVAL1": 5799.9, "CDELT1": 4.3, "CRPIX1": 25.0, "IMAGE": "SPECTRUM"}
    path = write(
        tmp_path,
        primary(np.ones((49, 49)), IMAGE="SKYCHART", NAME="TGS1"),
        image(rows, **axis),
        image(2 * rows, **axis),
    )
    reading = read(path)
    first = 5799.9 - 24 * 4.3
    spectrum = holds(
        reading,
        "twodfgrs",
        ends=(first, first + 49 * 4.3),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
        count=2,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == 0.2
    assert reading.spectra[1].flux[0] == 2.0
    assert spectrum.name.startswith("TGS1")
