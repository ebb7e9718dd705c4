"""ESO Phase 3 after https://www.eso.org/sci/observing/phase3/p3sdpstd.pdf"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, with_cards, write


@pytest.mark.parametrize(
    ("instrument", "unit", "ucd", "medium"),
    [
        ("HARPS", "angstrom", "em.wl;obs.atmos", "air"),
        ("UVES", "angstrom", "em.wl", "vacuum"),
        ("FEROS", "Angstrom", "em.wl;obs.atmos", "air"),
        ("XSHOOTER", "nm", "em.wl", "vacuum"),
    ],
)
def test_columns_by_their_types(
    tmp_path: Path, instrument: str, unit: str, ucd: str, medium: str
) -> None:
    factor = 0.1 if unit == "nm" else 1.0
    columns = table(
        "SPECTRUM",
        WAVE=((4000.0 + np.arange(50))[None] * factor, unit),
        FLUX_REDUCED=(ramp()[None], "adu"),
        ERR_REDUCED=(np.full((1, 50), 0.1), "adu"),
        QUAL=np.zeros((1, 50), np.int32),
    )
    with_cards(
        columns,
        TUTYP1="spec:Data.SpectralAxis.Value",
        TUTYP2="spec:Data.FluxAxis.Value",
        TUTYP3="spec:Data.FluxAxis.Accuracy.StatError",
        TUTYP4="spec:Data.FluxAxis.Accuracy.QualityStatus",
        TUCD1=ucd,
        VOCLASS="SPECTRUM V2.0",
    )
    head = primary(
        PRODCATG="SCIENCE.SPECTRUM",
        INSTRUME=instrument,
        SPECSYS="BARYCENT",
        SPEC_RES=50_000.0,
        OBJECT="HD1",
        RA=10.0,
        DEC=20.0,
    )
    spectrum = holds(
        read(write(tmp_path, head, columns)),
        "eso-phase3",
        ends=(4000.0, 4049.0),
        points=50,
        medium=medium,
        frame="barycentric",
        noise="sigma",
    )
    assert (spectrum.name, spectrum.meta["ra_deg"]) == ("HD1", 10.0)
