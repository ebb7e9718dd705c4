"""Gaia DR3 after chapter 20.12 of its documentation, in each container of the archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds

KINDS = {
    "XP": (343, (3360.0, 10200.0), "unknown"),
    "RVS": (2401, (8460.0, 8700.0), "rest"),
}


@pytest.mark.parametrize("kind", ["XP", "RVS"])
@pytest.mark.parametrize("container", ["fits", "votable", "csv"])
def test_mean_spectra(tmp_path: Path, kind: str, container: str) -> None:
    n, ends, frame = KINDS[kind]
    path = tmp_path / f"spectra.{container}"
    flux = np.linspace(1.0, 2.0, n)
    if container == "csv":
        words = ", ".join(f"{value:.6f}" for value in flux)
        row = f'5853498713190525696,10.5,-20.5,"[{words}]","[{words}]"\n'
        path.write_text("source_id,ra,dec,flux,flux_error\n" + row)
    else:
        columns = {
            "source_id": np.array([5853498713190525696]),
            "ra": [10.5],
            "dec": [-20.5],
            "flux": flux[None],
            "flux_error": 0.1 * flux[None],
        }
        Table(columns).write(path, format=container)
    spectrum = holds(
        read(path),
        "gaia",
        ends=ends,
        points=n,
        medium="vacuum",
        frame=frame,
        noise="sigma",
    )
    assert spectrum.name == "Gaia DR3 5853498713190525696"
    assert spectrum.meta["ra_deg"] == 10.5


def test_coefficients_are_declined(tmp_path: Path) -> None:
    path = tmp_path / "continuous.fits"
    Table({"source_id": [1], "bp_coefficients": np.ones((1, 55))}).write(path)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "unsupported"
    assert "GaiaXPy" in caught.value.advice


@pytest.mark.parametrize("container", ["fits", "csv"])
def test_samplings_of_gaiaxpy(tmp_path: Path, container: str) -> None:
    # As its output/sampled_spectra_data.py writes them, with the words of NumPy 2.
    sampling = np.linspace(400.0, 700.0, 61)
    path = tmp_path / f"output_spectra.{container}"
    if container == "fits":
        columns = {"source_id": [12], "flux": np.ones((1, 61)), "flux_error": np.ones((1, 61))}
        Table(columns, meta={"Sampling": str(tuple(np.float64(v) for v in sampling))}).write(path)
    else:
        ones = "(" + ", ".join(["1.0"] * 61) + ")"
        path.write_text(f'source_id,flux,flux_error\n12,"{ones}","{ones}"\n')
        with pytest.raises(ReadError) as caught:
            read(path)
        assert caught.value.code == "no_wavelength"
        beside = tmp_path / "output_spectra_sampling.csv"
        beside.write_text(f'pos\n"({", ".join(map(str, sampling.tolist()))})"\n')
    holds(
        read(path),
        "gaia",
        ends=(4000.0, 7000.0),
        points=61,
        medium="vacuum",
        frame="unknown",
        noise="sigma",
    )
