"""CALSPEC after Bohlin, Gordon & Tremblay 2014, PASP 126, 711."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write


def test_a_standard_star(tmp_path: Path) -> None:
    quality = np.ones(50, np.int16)
    quality[4] = 0
    columns = table(
        WAVELENGTH=(3000.0 + 10 * np.arange(50), "ANGSTROMS"),
        FLUX=(ramp(), "FLAM"),
        STATERROR=(np.full(50, 0.1), "FLAM"),
        SYSERROR=(np.full(50, 0.3), "FLAM"),
        FWHM=(np.full(50, 5.0), "ANGSTROMS"),
        DATAQUAL=(quality, "NONE"),
    )
    spectrum = holds(
        read(write(tmp_path, primary(DBTABLE="CRSPECTRUM", TARGETID="GD71"), columns)),
        "calspec",
        ends=(3000.0, 3490.0),
        points=50,
        medium="vacuum",
        frame="unknown",
        noise="sigma",
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == 0.1
    assert np.flatnonzero(spectrum.bad).tolist() == [4]
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == 5.0
