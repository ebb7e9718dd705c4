"""From members' logits to calibrated probabilities: one temperature a member, the mean, one more.

Pure numpy, shared by training (which fits), inference (which applies) and evaluation (which
refits from other folds). Knows no network and no spectrum.

Temperature scaling after Guo et al. 2017 (ICML, arXiv:1706.04599). The mean of members is less
sure than they are, so the ensemble gets a temperature of its own (Rahaman & Thiery 2021,
NeurIPS, arXiv:2007.08792). The rule ``sum_of_logits`` is that of the published study which is
rebuilt for comparison: members count alike, and only the sum has a temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES

Array = NDArray[np.float64]
Rule = Literal["mean", "sum_of_logits"]
"""How members become one answer."""

N_CELLS: Final = N_SUBTYPES * N_LUMINOSITY
N_TYPES: Final = N_LETTERS * N_LUMINOSITY
"""Letter + class cells."""

FLOOR: Final = 1e-9
"""No probability counts as smaller, so that one star cannot make a mean infinite."""

_LOG_T_ENDS: Final = (np.log(0.1), np.log(10.0))


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """Probabilities whose calibration never saw the rows that they score.

    Attributes
    ----------
    probabilities : (n, 420) of the ensemble
    members : (m, n, 420) of each member
    temperatures : (k, m) per fold, in the order of ``folds``
    ensemble_temperatures : (k,)
    folds : (k,)
    rule : by which members became one answer
    """

    probabilities: Array
    members: Array
    temperatures: Array
    ensemble_temperatures: Array
    folds: NDArray[np.intp]
    rule: Rule = "mean"


def softmax(logits: ArrayLike, temperature: float = 1.0) -> Array:
    """(…, k) probabilities of logits divided by the temperature, in float64."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    summed: Array = raised / raised.sum(axis=-1, keepdims=True)
    return summed


def temper(probabilities: ArrayLike, temperature: float) -> Array:
    """(…, k) probabilities to the power 1/T, normalised again."""
    p = np.asarray(probabilities, dtype=np.float64)
    if temperature == 1.0:
        return p
    return softmax(np.log(np.maximum(p, 1e-300)), temperature)


def ensemble_mean(
    logits: ArrayLike,
    temperatures: ArrayLike,
    ensemble_temperature: float = 1.0,
    rule: Rule = "mean",
) -> Array:
    """Mean over members of softmax(logits / T), then the ensemble's own temperature.

    By the other ``rule`` the logits / T are summed, which is the members' geometric mean.

    Parameters
    ----------
    logits : (m, n, 420)
    temperatures : (m,)

    Returns
    -------
    (n, 420) probabilities
    """
    members = np.asarray(logits)
    scales = np.asarray(temperatures, dtype=np.float64)
    if members.ndim != 3 or len(members) != len(scales):
        raise ValueError(f"logits {members.shape} do not go with {len(scales)} temperatures")
    if rule == "sum_of_logits":
        return softmax(_sum(members, scales), ensemble_temperature)
    total = np.zeros(members.shape[1:])
    for one, temperature in zip(members, scales, strict=True):
        total += softmax(one, float(temperature))
    return temper(total / len(members), ensemble_temperature)


def _sum(members: NDArray[np.generic], scales: Array) -> Array:
    return np.asarray(np.tensordot(1.0 / scales, members.astype(np.float64), axes=1))


def type_mass(grid: ArrayLike) -> Array:
    """(n, 420) summed over subtypes to (n, 42) letter + class cells."""
    g = np.asarray(grid, dtype=np.float64)
    mass: Array = g.reshape(-1, N_LETTERS, 10, N_LUMINOSITY).sum(axis=2).reshape(-1, N_TYPES)
    return mass


def cross_entropy(probabilities: ArrayLike, targets: ArrayLike) -> Array:
    """(n,) −Σ target · log probability, probabilities floored at 1e-9."""
    logs = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), FLOOR))
    loss: Array = -(np.asarray(targets) * logs).sum(axis=-1)
    return loss


def fit_temperature(logits: ArrayLike, targets: ArrayLike) -> float:
    """The temperature 0.1–10 that makes the targets most likely.

    Parameters
    ----------
    logits : (n, 420), or the logarithm of probabilities
    targets : (n, 420) shares of grid cells, (n, 42) shares of letter + class (then the likelihood
        is that of letter + class, which the top-label probability is about), or (n,) cell numbers.
        Rows of 0 and negative numbers are not counted.

    Raises
    ------
    ValueError
        Where no row has a target.
    """
    scores, shares = _known(logits, targets)
    by_type = shares.shape[1] != scores.shape[1]

    def loss(log_t: float) -> float:
        p = softmax(scores, float(np.exp(log_t)))
        return float(cross_entropy(type_mass(p) if by_type else p, shares).mean())

    return float(np.exp(_minimise(loss, *_LOG_T_ENDS)))


def fit_top_temperature(logits: ArrayLike, targets: ArrayLike) -> float:
    """The temperature 0.1–10 by which the answer's probability best says whether it is right.

    Parameters
    ----------
    logits, targets : see `fit_temperature`; an answer is right by the share of its letter + class

    Raises
    ------
    ValueError
        Where no row has a target.
    """
    scores, shares = _known(logits, targets)
    if shares.shape[1] == N_CELLS:
        shares = type_mass(shares)
    # The answers stay those at the temperature 1: chosen anew, seldom right and seldom sure would
    # count as well as often right and often sure.
    rows, top = np.arange(len(shares)), type_mass(softmax(scores)).argmax(axis=1)
    right = shares[rows, top]

    def loss(log_t: float) -> float:
        mass = type_mass(softmax(scores, float(np.exp(log_t))))
        p = np.clip(mass[rows, top], FLOOR, 1.0 - FLOOR)
        return float(-(right * np.log(p) + (1.0 - right) * np.log1p(-p)).mean())

    return float(np.exp(_minimise(loss, *_LOG_T_ENDS)))


def fit_ensemble(logits: ArrayLike, targets: ArrayLike, rule: Rule = "mean") -> tuple[Array, float]:
    """Temperatures of the members (m,) and of their mean, from rows that no member was fitted to.

    By the other ``rule`` those of the members stay 1.

    Parameters
    ----------
    logits : (m, n, 420)
    targets : see `fit_temperature`
    """
    members = np.asarray(logits)
    if rule == "sum_of_logits":
        alike = np.ones(len(members))
        return alike, fit_top_temperature(_sum(members, alike), targets)
    temperatures = np.array([fit_temperature(one, targets) for one in members])
    mean = ensemble_mean(members, temperatures)
    return temperatures, fit_top_temperature(np.log(np.maximum(mean, 1e-300)), targets)


def cross_fitted(
    logits: ArrayLike, targets: ArrayLike, fold: ArrayLike, rule: Rule = "mean"
) -> CrossFit:
    """Calibrated out-of-fold probabilities: the temperatures of a fold come from all others.

    Parameters
    ----------
    logits : (m, n, 420) out of fold
    targets : see `fit_temperature`
    fold : (n,)
    rule : see `ensemble_mean`; a member's own probabilities have a temperature in any case
    """
    members, shares, folds = np.asarray(logits), np.asarray(targets), np.asarray(fold)
    names = np.unique(folds)
    out = np.zeros(members.shape[1:])
    alone = np.zeros(members.shape)
    temperatures, own = np.ones((len(names), len(members))), np.ones(len(names))
    for k, name in enumerate(names):
        here, others = folds == name, folds != name
        temperatures[k], own[k] = fit_ensemble(members[:, others], shares[others], rule)
        out[here] = ensemble_mean(members[:, here], temperatures[k], float(own[k]), rule)
        for i, one in enumerate(members):
            scale = float(temperatures[k, i])
            if rule == "sum_of_logits":
                scale = fit_temperature(one[others], shares[others])
            alone[i, here] = softmax(one[here], scale)
    return CrossFit(out, alone, temperatures, own, names.astype(np.intp), rule)


def _known(logits: ArrayLike, targets: ArrayLike) -> tuple[Array, Array]:
    """Scores and target shares of the rows that have a target."""
    scores = np.asarray(logits, dtype=np.float64)
    shares = _shares(np.asarray(targets), scores.shape[1])
    known = shares.sum(axis=1) > 0
    if not known.any():
        raise ValueError("a temperature needs labelled rows, and none has a label")
    return scores[known], shares[known]


def _shares(targets: NDArray[np.generic], n_cells: int) -> Array:
    if targets.ndim == 2:
        if targets.shape[1] not in (n_cells, N_TYPES):
            raise ValueError(f"targets have {targets.shape[1]} columns, logits {n_cells}")
        return targets.astype(np.float64)
    numbers = targets.astype(np.intp)
    shares = np.zeros((len(numbers), n_cells))
    rows = np.flatnonzero(numbers >= 0)
    shares[rows, numbers[rows]] = 1.0
    return shares


def _minimise(loss: Callable[[float], float], low: float, high: float) -> float:
    """Golden-section search after a coarse scan, to 1e-4 in log temperature."""
    scan = np.linspace(low, high, 13)
    best = int(np.argmin([loss(float(x)) for x in scan]))
    a, b = float(scan[max(best - 1, 0)]), float(scan[min(best + 1, len(scan) - 1)])
    shrink = (np.sqrt(5.0) - 1.0) / 2.0
    c, d = b - shrink * (b - a), a + shrink * (b - a)
    loss_c, loss_d = loss(c), loss(d)
    while b - a > 1e-4:
        if loss_c < loss_d:
            b, d, loss_d = d, c, loss_c
            c = b - shrink * (b - a)
            loss_c = loss(c)
        else:
            a, c, loss_c = c, d, loss_d
            d = a + shrink * (b - a)
            loss_d = loss(d)
    return 0.5 * (a + b)
