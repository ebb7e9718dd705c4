"""Stars that the headline does not count, each kind in one line of its own.

Class VI is a matter of metals and not of luminosity, so beside how often it is found stands how
often such a star is called a dwarf. Of metal-poor stars without a luminosity class only the letter
can be right. Knows no network and no library file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.answer import answer
from spectra_gui.data.labels import METAL_POOR_FEH
from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES, MKParseError, parse_mk
from spectra_gui.evaluation.metrics import joint
from spectra_gui.evaluation.outputs import Outputs
from spectra_gui.evaluation.rows import Array, Scored
from spectra_gui.evaluation.table import Apart
from spectra_gui.inference.calibrate import CrossFit, ensemble_mean

_V, _VI = 4, 5


def count_class_vi(scored: Scored) -> Apart:
    """Stars labelled VI (a range such as V-VI among them): found as such, and called V."""
    return Apart(
        "class VI",
        len(scored),
        len(np.unique(scored.system)),
        (
            ("joint as VI", float(joint(scored).mean())),
            ("called V", float((scored.luminosity == _V).mean())),
        ),
    )


def count_metal_poor(outputs: Outputs, fit: CrossFit) -> Apart | None:
    """Rows kept apart that are metal-poor and have no luminosity class; None without such rows.

    Parameters
    ----------
    fit : of the scored rows; each row is calibrated as those of its fold are
    """
    letters = np.array([_letter_alone(text) for text in outputs.label.tolist()], dtype=np.intp)
    poor = ~outputs.scored & (outputs.feh < METAL_POOR_FEH) & (letters >= 0)
    rows = np.flatnonzero(poor & np.isin(outputs.fold, fit.folds))
    if not len(rows):
        return None
    letter, luminosity, _ = answer(_probabilities(outputs.rows(rows), fit))
    return Apart(
        f"[Fe/H] < {METAL_POOR_FEH:.0f} without a class".replace("-", "\N{MINUS SIGN}"),
        len(rows),
        len(np.unique(outputs.system[rows])),
        (
            ("letter right", float((letter == letters[rows]).mean())),
            ("called VI", float((luminosity == _VI).mean())),
        ),
    )


def _probabilities(outputs: Outputs, fit: CrossFit) -> Array:
    """(n, 70, 6) with the temperatures of each row's fold."""
    grid = np.empty((len(outputs.ids), N_SUBTYPES * N_LUMINOSITY))
    for k, fold in enumerate(fit.folds):
        here: NDArray[np.bool_] = outputs.fold == fold
        grid[here] = ensemble_mean(
            outputs.logits[:, here],
            fit.temperatures[k],
            float(fit.ensemble_temperatures[k]),
            fit.rule,
        )
    return grid.reshape(-1, N_SUBTYPES, N_LUMINOSITY)


def _letter_alone(text: str) -> int:
    """Letter 0–6 of a type that names one, a subtype and no luminosity class; -1 for others."""
    try:
        kind = parse_mk(text)
    except MKParseError:
        return -1
    if kind.code is None or kind.composite or kind.luminosity:
        return -1
    return min(int(kind.code // 10), 6)
