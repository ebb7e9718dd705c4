"""4MOST level 1 after ESO's Phase 3 standard and the columns of its simulated files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write

WAVE = (3700.0 + 0.25 * np.arange(50))[None]


def level_1(tmp_path: Path, ucd: str) -> Path:
    quality = np.zeros((1, 50), np.int32)
    quality[0, 6] = 1
    hdu = table(
        "PHASE3SPECTRUM",
        WAVE=(WAVE, "Angstrom"),
        FLUX=(ramp()[None], "erg/(s*cm^2*Angstrom)"),
        ERR_FLUX=np.full((1, 50), 0.1),
        QUAL=quality,
        FLUX_NOSS=10 * ramp()[None],
        ERR_FLUX_NOSS=np.ones((1, 50)),
    )
    if ucd:
        hdu.header["TUCD1"] = ucd
    head = primary(PRODCATG="SCIENCE.SPECTRUM", SPECSYS="BARYCENT", TRG_NME="4M1", SPEC_RES=6500)
    return write(tmp_path, head, hdu)


@pytest.mark.parametrize(
    ("ucd", "medium"), [("em.wl", "vacuum"), ("em.wl;obs.atmos", "air"), ("", "unknown")]
)
def test_the_spectrum_without_the_sky(tmp_path: Path, ucd: str, medium: str) -> None:
    spectrum = holds(
        read(level_1(tmp_path, ucd)),
        "fourmost",
        ends=(3700.0, 3712.25),
        points=50,
        medium=medium,
        frame="barycentric",
        noise="sigma",
    )
    assert spectrum.name == "4M1"
    assert spectrum.flux[0] == 1.0
    assert np.flatnonzero(spectrum.bad).tolist() == [6]
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(3700.0 / 6500.0)
