"""What a network says of prepared spectra while it is trained, and how right that is.

Knows networks and labels; knows no loss, no augmentation and no bundle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectra_gui.data.answer import answer
from spectra_gui.data.labels import fainter_class, label_grid
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY
from spectra_gui.inference.calibrate import cross_entropy, fit_temperature, softmax, type_mass
from spectra_gui.networks import Network
from spectra_gui.training.dataset import LabelledSet

PREDICTION_BATCH = 256


def network_input(flux: Tensor, valid: Tensor) -> Tensor:
    """(batch, n) prepared flux and validity → (batch, 2, n) as networks take it."""
    centred = torch.where(valid > 0, flux - 1.0, torch.zeros_like(flux))
    return torch.stack([centred, valid], 1)


def predict_rows(
    network: Network, data: LabelledSet, rows: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(len(rows), 420) logits of prepared spectra, without augmentation."""
    return answer_rows(network, network, data, rows)


def feature_rows(
    network: Network, data: LabelledSet, rows: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(len(rows), n_features) what the head sees of prepared spectra, without augmentation."""
    return answer_rows(network, network.features, data, rows)


def answer_rows(
    network: Network, ask: Callable[[Tensor], Tensor], data: LabelledSet, rows: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(len(rows), …) what ``ask``, a part of ``network``, says of prepared spectra."""
    device = next(network.parameters()).device
    was_training = network.training
    network.eval()
    answers = []
    with torch.inference_mode():
        for top in range(0, max(len(rows), 1), PREDICTION_BATCH):
            part = rows[top : top + PREDICTION_BATCH]
            flux = torch.from_numpy(data.flux[part])
            valid = torch.from_numpy(data.valid[part].astype(np.float32))
            answers.append(ask(network_input(flux, valid).to(device)).cpu().numpy())
    network.train(was_training)
    return np.concatenate(answers)


class ValidationScores(NamedTuple):
    """NLL of letter + class, shares right in letter, class and both, and mean F1 of the cells."""

    nll: float
    letter: float
    luminosity: float
    joint: float
    macro_f1: float


def score_logits(
    logits: NDArray[np.float32], data: LabelledSet, rows: NDArray[np.intp]
) -> ValidationScores:
    """How right the logits of these rows are; nan without rows.

    The NLL is that after temperature scaling on the same rows: training on makes a network too
    sure long before it makes it worse, and the bundle's calibration takes the former out again.
    """
    if len(rows) == 0:
        return ValidationScores(*[float("nan")] * len(ValidationScores._fields))
    target = type_mass(label_grid(data.code[rows], data.luminosity[rows]).reshape(len(rows), -1))
    grid = softmax(logits, fit_temperature(logits, target))
    nll = float(cross_entropy(type_mass(grid), target).mean())
    letter, luminosity, _ = answer(grid.reshape(-1, 70, 6))
    true_letter, true_class = data.code[rows] // 10, fainter_class(data.luminosity[rows])
    right_letter, right_class = letter == true_letter, luminosity == true_class
    return ValidationScores(
        nll,
        float(right_letter.mean()),
        float(right_class.mean()),
        float((right_letter & right_class).mean()),
        macro_f1(
            true_letter.astype(np.intp) * N_LUMINOSITY + true_class,
            letter * N_LUMINOSITY + luminosity,
        ),
    )


def macro_f1(true_cell: NDArray[np.intp], cell: NDArray[np.intp]) -> float:
    """Mean F1 over the letters + classes that a true one of the (n,) rows has."""
    n = N_LETTERS * N_LUMINOSITY
    there, given = np.bincount(true_cell, minlength=n), np.bincount(cell, minlength=n)
    both = np.bincount(true_cell[true_cell == cell], minlength=n)
    known = there > 0
    return float((2.0 * both[known] / (there + given)[known]).mean())
