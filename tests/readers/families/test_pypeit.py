"""PypeIt after https://pypeit.readthedocs.io/en/release/out_spec1D.html and out_onespec.html"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, with_cards, write

WAVES = 4000.0 + 2.0 * np.arange(50)


@pytest.mark.parametrize("calibrated", [False, True])
def test_objects_of_an_exposure(tmp_path: Path, calibrated: bool) -> None:
    mask = np.ones(50, "u1")
    mask[3] = 0
    columns = {
        "BOX_WAVE": WAVES,
        "BOX_COUNTS": 5 * ramp(),
        "BOX_COUNTS_IVAR": np.full(50, 1.0),
        "OPT_WAVE": WAVES,
        "OPT_COUNTS": 2 * ramp(),
        "OPT_COUNTS_IVAR": np.full(50, 4.0),
        "OPT_MASK": mask,
    }
    if calibrated:
        columns |= {"OPT_FLAM": ramp(), "OPT_FLAM_IVAR": np.full(50, 4.0)}
    names = ("SPAT0176-SLIT0185-DET01", "SPAT0300-SLIT0305-DET01")
    hdus = [
        with_cards(table(name, **columns), DMODCLS="SpecObj", VEL_TYPE="heliocentric")
        for name in names
    ]
    path = write(tmp_path, primary(PYP_SPEC="shane_kast_blue", TARGET="HD1"), *hdus)
    spectrum = holds(
        read(path),
        "pypeit",
        ends=(4000.0, 4098.0),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
        count=2,
    )
    assert spectrum.flux[0] == (1.0 if calibrated else 2.0)
    assert spectrum.name == f"HD1 {names[0]}"
    assert np.flatnonzero(spectrum.bad).tolist() == [3]
    assert len(read(path, override=Override(hdu="2")).spectra) == 1


def test_a_coadd(tmp_path: Path) -> None:
    wave = WAVES.copy()
    wave[:2] = 0.0
    columns = table(
        "SPECTRUM",
        wave=wave,
        wave_grid_mid=WAVES,
        flux=ramp(),
        ivar=np.full(50, 4.0),
        mask=np.ones(50, np.int32),
    )
    path = write(tmp_path, primary(), with_cards(columns, DMODCLS="OneSpec"))
    holds(
        read(path),
        "pypeit",
        ends=(4004.0, 4098.0),
        points=48,
        medium="vacuum",
        frame="unknown",
        noise="ivar",
    )
