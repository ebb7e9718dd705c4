"""A verdict as a sound spectrum of the Sun gets it."""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Alternative, MemberOpinion, Verdict
from spectra_gui.data.answer import credible_cells, credible_text

SHA256: Final = "a" * 64


def make_verdict(type_: str = "G2 V", *, state: str = "accept", sha: str = SHA256) -> Verdict:
    rows, classes = np.mgrid[0:70, 0:6]
    grid = np.exp(-0.5 * ((rows - 42) / 1.5) ** 2 - 0.5 * ((classes - 4) / 0.5) ** 2)
    grid = (grid / grid.sum()).astype(np.float32)
    cells = credible_cells(grid)
    return Verdict(
        probabilities=grid,
        type=type_,
        letter=type_[0],
        subtype=float(type_[1]),
        luminosity=type_.split()[1],
        probability=0.92,
        subtype_interval=(41.0, 43.0),
        credible_set=cells,
        credible_text=credible_text(cells),
        alternatives=(Alternative("G2 IV", 0.04), Alternative("G5 V", 0.02)),
        members=(MemberOpinion("three-branch-1", "three_branch", "G2 V", 0.9),),
        rv_kms=4.2,
        rv_err_kms=1.1,
        rv_origin="measured",
        snr=180.0,
        coverage=1.0,
        novelty=0.4,
        state=state,  # type: ignore[arg-type]
        reasons=() if state == "accept" else ("The spectrum ends at 4200 Å.",),
        bundle="mk-ensemble-1",
        bundle_sha256=sha,
        template="G2 V",
    )
