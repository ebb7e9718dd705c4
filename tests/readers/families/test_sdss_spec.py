"""SDSS spec after https://data.sdss.org/datamodel/files/BOSS_SPECTRO_REDUX/RUN2D/spectra/PLATE4/ ,
and SDSS-V's with upper-case columns.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write

LOGLAM = 3.58 + 1e-4 * np.arange(50)


@pytest.mark.parametrize("upper", [False, True])
def test_coadds(tmp_path: Path, upper: bool) -> None:
    ivar = np.full(50, 4.0, "f4")
    ivar[:3] = 0.0
    columns = {"flux": ramp(), "loglam": LOGLAM, "ivar": ivar, "wresl": np.full(50, 1.2)}
    if upper:
        columns = {name.upper(): values for name, values in columns.items()}
    facts = table(
        "SPECOBJ", CLASS=["STAR"], SUBCLASS=["A0"], Z=np.array([-2e-4]), Z_ERR=np.array([1e-5])
    )
    head = primary(PLUG_RA=10.0, PLUG_DEC=20.0, PLATEID=266, MJD=51602, FIBERID=31)
    spectrum = holds(
        read(write(tmp_path, head, table("COADD", **columns), facts)),
        "sdss-spec",
        ends=(10**3.58, 10**3.5849),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [0, 1, 2]
    assert spectrum.name == "266-51602-31"
    assert spectrum.velocity_kms == pytest.approx(-59.96, abs=0.01)
    assert (spectrum.meta["ra_deg"], spectrum.meta["pipeline_type"]) == (10.0, "A0")
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(1.2 * 2.3548, rel=1e-4)
