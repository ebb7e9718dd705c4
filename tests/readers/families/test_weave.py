"""WEAVE after its data model 8: stacks of fibres, targets of their own, spectra of the analysis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read, read_rows

from .holding import decided, holds, image, primary, ramp, table, write

AXIS = {"CRVAL1": 3660.0, "CD1_1": 0.5, "CRPIX1": 1.0, "CUNIT1": "Angstrom"}
FIBRES = {
    "CNAME": np.array(["WVE_1", "WVE_2", "WVE_3"]),
    "TARGNAME": np.array(["HD1", "", ""]),
    "TARGUSE": np.array(["T", "S", "C"]),
    "TARGRA": np.array([10.0, 11.0, 12.0]),
    "TARGDEC": np.array([1.0, 2.0, 3.0]),
    "Helio_cor": np.array([3.0, 3.0, 3.0]),
}


def stack(tmp_path: Path, *, sensitivity: np.ndarray | None = None) -> Path:
    ivar = np.full((3, 50), 4.0)
    ivar[0, 5] = 0.0
    rows = np.vstack([ramp(), 2 * ramp(), 3 * ramp()])
    extra = [] if sensitivity is None else [image(sensitivity, "BLUE_SENSFUNC")]
    data = image(rows, "BLUE_DATA", **AXIS)
    units = [data, image(ivar, "BLUE_IVAR"), *extra, table("FIBTABLE", **FIBRES)]
    return write(tmp_path, primary(INSTRUME="WEAVE"), *units)


def test_targets_of_a_stack(tmp_path: Path) -> None:
    reading = read(stack(tmp_path))
    spectrum = holds(
        reading,
        "weave",
        ends=(3660.0, 3684.5),
        points=50,
        medium="air",
        frame="barycentric",
        noise="ivar",
        count=2,
    )
    assert [s.name for s in reading.spectra] == ["HD1", "WVE_3"]
    assert spectrum.meta["ra_deg"] == 10.0
    assert np.flatnonzero(spectrum.bad).tolist() == [5]
    assert decided(reading, "Medium")[1]
    assert read_rows(stack(tmp_path), (1, 1))[0].spectra[0].name == "WVE_3"
    assert read(stack(tmp_path), override=Override(rows=(1,))).spectra[0].flux[0] == 2.0


@pytest.mark.parametrize("per_fibre", [False, True])
def test_counts_become_flux(tmp_path: Path, per_fibre: bool) -> None:
    curve = np.full(50, 1e-17)
    curve[-1] = 0.0
    rows = np.vstack([curve, curve, curve]) if per_fibre else curve
    spectrum = read(stack(tmp_path, sensitivity=rows)).spectra[0]
    assert spectrum.flux[0] == pytest.approx(1e-17)
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.5e-17)
    assert spectrum.bad[-1]


def test_one_target_and_a_cube(tmp_path: Path) -> None:
    head = image(ramp(), "RED_DATA", **AXIS)
    one = [head, image(np.ones(50), "RED_IVAR"), table("FIBTABLE", CNAME=["WVE_9"])]
    assert [s.name for s in read(write(tmp_path, primary(), *one)).spectra] == ["WVE_9"]
    cube = [image(np.ones((50, 4, 5)), "RED_DATA"), image(np.ones((50, 4, 5)), "RED_IVAR")]
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), *cube))
    assert caught.value.code == "not_a_spectrum"


def test_spectra_of_the_analysis(tmp_path: Path) -> None:
    wave = np.tile(3700.0 + np.arange(50.0), (2, 1))
    columns = {
        "TARGID": np.array(["a", "b"]),
        "LAMBDA_RR_B": (wave, "Angstrom"),
        "FLUX_RR_B": np.vstack([ramp(), 2 * ramp()]),
        "IVAR_RR_B": np.full((2, 50), 4.0),
        "LAMBDA_RR_R": (wave + 2000.0, "Angstrom"),
        "FLUX_RR_R": np.vstack([3 * ramp(), 4 * ramp()]),
        "IVAR_RR_R": np.full((2, 50), 4.0),
    }
    path = write(tmp_path, primary(), table("CLASS_SPEC", **columns))
    reading = read(path)
    holds(
        reading,
        "weave",
        ends=(3700.0, 3749.0),
        points=50,
        medium="unknown",
        frame="barycentric",
        noise="ivar",
        count=4,
    )
    assert [s.name for s in reading.spectra] == ["a B", "a R", "b B", "b R"]
    assert [float(s.flux[0]) for s in reading.spectra] == [1.0, 3.0, 2.0, 4.0]
    part, total = read_rows(path, (3, 9))
    assert ([s.name for s in part.spectra], total) == (["b R"], 4)
