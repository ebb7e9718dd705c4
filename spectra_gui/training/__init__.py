"""Training: labelled data, augmentation, loss, the fit of one network, a whole run to a bundle.

Read `fit` for the loop and `run` for the order of things. Knows torch; knows no Qt.
"""

from spectra_gui.training.dataset import DataError, LabelledSet, load_labelled
from spectra_gui.training.run import TrainingError, train

__all__ = ["DataError", "LabelledSet", "TrainingError", "load_labelled", "train"]
