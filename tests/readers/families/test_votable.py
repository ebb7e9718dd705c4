"""VOTables: the Spectrum data model, plain columns, and an SSA response that is no spectrum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io.votable import from_table
from astropy.table import Table

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds, ramp

WAVES = 4000.0 + 2.0 * np.arange(50)


@pytest.mark.parametrize("layout", ["tabledata", "binary", "binary2"])
def test_the_spectrum_data_model(tmp_path: Path, layout: str) -> None:
    document = from_table(Table({"x": WAVES / 10, "y": ramp(), "e": np.full(50, 0.1)}))
    made = document.get_first_table()
    made.format = layout
    roles = ("SpectralAxis.Value", "FluxAxis.Value", "FluxAxis.Accuracy.StatError")
    for field, role in zip(made.fields, roles, strict=True):
        field.utype = f"spec:Spectrum.Data.{role}"
    made.fields[0].unit, made.fields[0].ucd = "nm", "em.wl;obs.atmos"
    path = tmp_path / "spectrum.vot"
    document.to_xml(str(path))
    holds(
        read(path),
        "votable",
        ends=(4000.0, 4098.0),
        points=50,
        medium="air",
        frame="unknown",
        noise="sigma",
    )


def test_plain_columns(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.xml"
    made = Table({"wavelength": WAVES, "flux": ramp()})
    made["wavelength"].unit = "angstrom"
    made.write(path, format="votable")
    holds(
        read(path),
        "votable",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )


def test_a_list_of_spectra_is_no_spectrum(tmp_path: Path) -> None:
    document = from_table(Table({"url": ["http://example.org/a"], "title": ["HD 1"]}))
    document.get_first_table().fields[0].utype = "ssa:Access.Reference"
    path = tmp_path / "ssa.xml"
    document.to_xml(str(path))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "not_a_spectrum"
    assert "list of spectra" in caught.value.reason
