"""Training: from labelled spectra to a bundle. Knows torch; knows no Qt.

In the order of a run (`run`): `base` makes the config whole, `source` loads what is learnt from
(`dataset` the libraries, `tables` a person's own), `split` says who teaches, chooses and judges,
`tasks` plans the fits, `fit` is the loop (`augment`, `loss`, `predict`, `checkpoint`), `assemble`
calibrates and writes the bundle with its `card`. `check` looks at the data before a run.
"""

from spectra_gui.training.dataset import DataError, LabelledSet, load_labelled
from spectra_gui.training.run import TrainingError, train

__all__ = ["DataError", "LabelledSet", "TrainingError", "load_labelled", "train"]
