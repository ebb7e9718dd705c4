"""How frequent each type is among the stars that teach: the prior that an answer may carry.

A user's stars are not drawn as a library's are, so an answer need not carry all of it. Knows
counts; knows no network.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.answer import cells
from spectra_gui.data.labels import label_grid
from spectra_gui.data.mk import N_LETTERS, N_SUBTYPES
from spectra_gui.training.dataset import LabelledSet

HALF_A_STAR = 0.5
"""Counted in every cell, so that a type that no star has stays possible."""


def log_prior(
    data: LabelledSet, rows: NDArray[np.intp], *, absent_as_average: bool = False
) -> NDArray[np.float64]:
    """Log share of each letter + class cell among ``rows``, on the (420,) boxes of the MK grid.

    Logits of a network that learnt from draws of weight π^-b miss b log π of the prior π (Menon et
    al. 2021, ICLR, arXiv:2007.07314). ``absent_as_average``: cells without a star get the mean over
    the stars instead of the share of half a star.
    """
    found = cells(label_grid(data.code[rows], data.luminosity[rows])).sum(0)
    share = (found + HALF_A_STAR) / (found + HALF_A_STAR).sum()
    log_share = np.log(share)
    if absent_as_average:
        log_share = np.where(found > 0, log_share, (share * log_share).sum())
    boxes: NDArray[np.float64] = np.repeat(log_share, N_SUBTYPES // N_LETTERS, axis=0)
    return boxes.ravel()
