"""LAMOST tables after http://lamost.org/dr10/v0/doc/lr-data-production-description and
http://lamost.org/dr9/v1.0/doc/mr-data-production-description ; columns as public readers of both
name them (COADD, COADD_B, COADD_R; FLUX, IVAR, WAVELENGTH, in older files LOGLAM).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write

HEAD = {"TELESCOP": "LAMOST", "VACUUM": True, "HELIO": True, "OBJNAME": "J1"}


def arm(name: str, waves: Any, *, logarithm: bool = False) -> Any:
    stored = np.log10(waves) if logarithm else waves
    return table(
        name,
        FLUX=ramp()[None],
        IVAR=np.full((1, 50), 4.0),
        **{"LOGLAM" if logarithm else "WAVELENGTH": stored[None]},
        ANDMASK=np.zeros((1, 50)),
        ORMASK=np.full((1, 50), 8.0),
    )


def test_low_resolution(tmp_path: Path) -> None:
    waves = 10 ** (3.5682 + 1e-4 * np.arange(50))
    spectrum = holds(
        read(write(tmp_path, primary(**HEAD), arm("COADD", waves))),
        "lamost-table",
        ends=(waves[0], waves[-1]),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(waves[0] / 1800.0)


@pytest.mark.parametrize("logarithm", [False, True])
def test_medium_resolution(tmp_path: Path, logarithm: bool) -> None:
    blue, red = np.linspace(4950.0, 5350.0, 50), np.linspace(6300.0, 6800.0, 50)
    path = write(
        tmp_path,
        primary(**HEAD),
        arm("COADD_B", blue, logarithm=logarithm),
        arm("COADD_R", red, logarithm=logarithm),
        arm("B-84420148", blue, logarithm=logarithm),
    )
    holds(
        read(path),
        "lamost-table",
        ends=(4950.0, 6800.0),
        points=100,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )
    apart = read(path, override=Override(merge="separate")).spectra
    assert [s.name.split()[-1] for s in apart] == ["COADD_B", "COADD_R"]
    exposure = read(path, override=Override(hdu="3"))
    assert len(exposure.spectra) == 1
