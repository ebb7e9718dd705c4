"""How much each spectrum teaches, as the config weighs composites and doubtful labels.

Knows labelled spectra and the config; knows no network and no split.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.recipes import DataConfig
from spectra_gui.training.dataset import LabelledSet


def teaching_weights(data: LabelledSet, config: DataConfig) -> NDArray[np.float64]:
    """(n,) 0–1: how often a spectrum is drawn, or how much it counts, against an undoubted one."""
    weight = np.ones(len(data))
    weight[data.composite] *= config.composite_weight
    weight[data.luminosity.sum(1) == 0] *= config.unclassed_weight
    weight[data.disputed] *= config.disputed_weight
    return weight
