"""The simple classifiers that a network has to beat: PCA + RBF-SVM, PCA + logistic regression, and
template matching.

Same prepared spectra, same folds, same counting; everything (components, machines, class means,
temperature, width) is fitted inside the training folds. Knows no library file and no network.

The first two answer letter + class from the first 100 principal components, kept at their own
variance (better here than whitened, on the folds and on left-out libraries), the third as
`matching` says. Their scores become probabilities by a temperature; the subtype within a letter is
a normal distribution about the estimate of a support-vector regression, or about the best
template. Temperature and width come from the other folds' out-of-fold outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC, SVR

from spectra_gui.data.labels import label_grid
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES, used_subtypes
from spectra_gui.evaluation.matching import match
from spectra_gui.evaluation.rows import Array, Labels, Mask
from spectra_gui.inference.calibrate import N_TYPES, fit_temperature, softmax, type_mass

Kind = Literal["svm", "logistic", "templates"]
TITLES: Final[dict[Kind, str]] = {
    "svm": "PCA + RBF-SVM",
    "logistic": "PCA + logistic regression",
    "templates": "χ² template matching",
}

N_COMPONENTS: Final = 100
SVM_C: Final = 10.0
MARGIN_SLOPE: Final = 2.0
"""Slope of the sigmoid on pairwise margins; 1.5–4 score alike on the folds."""
SUBTYPE_C: Final = 100.0
_ABSENT: Final = 1e-12
_LEAST_WIDTH: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Uncalibrated answers: log scores of letter + class (n, 42), temperature estimate (n,)."""

    log_types: Array
    code: Array


def predict(
    kind: Kind,
    train_flux: NDArray[np.floating],
    labels: Labels,
    test_flux: NDArray[np.floating],
) -> Scores:
    """Fit on one set of spectra, answer for another.

    Parameters
    ----------
    train_flux : (n_train, n_pixels) continuum-normalised
    labels : of the n_train rows; a range of classes trains as its fainter end
    test_flux : (n_test, n_pixels)
    """
    if kind == "templates":
        return Scores(*match(train_flux, labels, test_flux))
    n_components = min(N_COMPONENTS, len(train_flux) - 1)
    pca = PCA(n_components, svd_solver="randomized", random_state=0).fit(train_flux)
    train, test = pca.transform(train_flux), pca.transform(test_flux)
    scale = float(train.std())
    train, test = train / scale, test / scale
    shares = np.full((len(test), N_TYPES), _ABSENT)
    if kind == "svm":
        machine = SVC(C=SVM_C, decision_function_shape="ovo").fit(train, labels.cell)
        margins = machine.decision_function(test).reshape(len(test), -1)
        shares[:, machine.classes_] = couple(margins, len(machine.classes_))
    else:
        machine = LogisticRegression(C=1.0, max_iter=2000).fit(train, labels.cell)
        shares[:, machine.classes_] = machine.predict_proba(test)
    regression = SVR(C=SUBTYPE_C, epsilon=0.1).fit(train, labels.code)
    return Scores(np.log(np.maximum(shares, _ABSENT)), np.asarray(regression.predict(test)))


def couple(margins: Array, n_classes: int) -> Array:
    """(n, k) probabilities from the k(k−1)/2 pairwise margins of a one-against-one machine.

    Sigmoids of the margins, joined by the closed form of Price et al. 1994 (NIPS 7, eq. 5):
    p_i = 1 / (Σ_j 1/r_ij − (k − 2)).
    """
    first, second = np.triu_indices(n_classes, 1)
    won = 1.0 / (1.0 + np.exp(-np.clip(MARGIN_SLOPE * margins, -30.0, 30.0)))
    if n_classes == 2:
        # scikit-learn's margin of a single pair is positive for the second class.
        won = 1.0 - won
    inverse = np.zeros((len(margins), n_classes, n_classes))
    inverse[:, first, second] = 1.0 / np.maximum(won, 1e-6)
    inverse[:, second, first] = 1.0 / np.maximum(1.0 - won, 1e-6)
    p = 1.0 / np.maximum(inverse.sum(axis=2) - (n_classes - 2), 1e-6)
    joined: Array = p / p.sum(axis=1, keepdims=True)
    return joined


def out_of_fold(
    kind: Kind, flux: NDArray[np.floating], labels: Labels, fold: NDArray[np.intp]
) -> Scores:
    """Scores of every row by a fit on the other folds."""
    log_types, code = np.empty((len(flux), N_TYPES)), np.empty(len(flux))
    for k in np.unique(fold):
        here = fold == k
        part = predict(kind, flux[~here], labels[~here], flux[here])
        log_types[here], code[here] = part.log_types, part.code
    return Scores(log_types, code)


def cross_fitted(
    kind: Kind, flux: NDArray[np.floating], labels: Labels, fold: NDArray[np.intp]
) -> Array:
    """(n, 70, 6) probabilities out of fold, calibrated on the other folds' out-of-fold scores."""
    scores = out_of_fold(kind, flux, labels, fold)
    grid = np.empty((len(flux), N_SUBTYPES, N_LUMINOSITY))
    for k in np.unique(fold):
        here = fold == k
        temperature, width = _calibration(_rows(scores, ~here), labels[~here])
        grid[here] = spread(_rows(scores, here), temperature=temperature, width=width)
    return grid


def left_out(
    kind: Kind,
    flux: NDArray[np.floating],
    labels: Labels,
    fold: NDArray[np.intp],
    *,
    train: Mask,
    test: Mask,
) -> Array:
    """(n_test, 70, 6) by a fit on the rows ``train``, calibrated by folds within them."""
    inner = out_of_fold(kind, flux[train], labels[train], fold[train])
    temperature, width = _calibration(inner, labels[train])
    scores = predict(kind, flux[train], labels[train], flux[test])
    return spread(scores, temperature=temperature, width=width)


def spread(scores: Scores, *, temperature: float, width: float) -> Array:
    """(n, 70, 6): letter + class by softmax, the subtype normal about the estimate in each letter.

    Parameters
    ----------
    temperature : divides the log scores
    width : standard deviation of the subtype
    """
    types = softmax(scores.log_types, temperature).reshape(-1, N_LETTERS, 1, N_LUMINOSITY)
    rows = np.arange(N_SUBTYPES, dtype=np.float64)
    exponent = -0.5 * ((rows - scores.code[:, None]) / width) ** 2
    exponent = np.where(used_subtypes(), exponent, -np.inf).reshape(-1, N_LETTERS, 10)
    within = softmax(exponent)[:, :, :, None]
    grid: Array = (types * within).reshape(-1, N_SUBTYPES, N_LUMINOSITY)
    return grid


def kinds() -> Sequence[Kind]:
    """The baselines in the order of the table."""
    return tuple(TITLES)


def _calibration(scores: Scores, labels: Labels) -> tuple[float, float]:
    """Temperature and subtype width (the 68 % quantile of the error) of out-of-fold scores."""
    shares = type_mass(label_grid(labels.code, labels.luminosity))
    width = float(np.quantile(np.abs(scores.code - labels.code), 0.683))
    return fit_temperature(scores.log_types, shares), max(width, _LEAST_WIDTH)


def _rows(scores: Scores, rows: Mask) -> Scores:
    return Scores(scores.log_types[rows], scores.code[rows])
