"""Accuracy against the fraction answered, when the least probable answers are withheld first.

Pure numpy; knows no bundle and no picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SelectiveCurve:
    """One point for each probability that occurs, from few answers to all.

    ``fraction`` (k,) of spectra that are answered, ``accuracy`` (k,) of these answers,
    ``probability`` (k,) the least that is still answered.
    """

    fraction: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    probability: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Mean accuracy over all fractions answered; 1 at best."""
        steps = np.diff(self.fraction, prepend=0.0)
        return float((self.accuracy * steps).sum())


def by_fraction_answered(probability: ArrayLike, right: ArrayLike) -> SelectiveCurve:
    """The curve of answers with their probability.

    Answers of equal probability are given or withheld together.

    Parameters
    ----------
    probability : (n,) of each answer
    right : (n,) True where it is right

    Raises
    ------
    ValueError
        Where there is no answer, or the two differ in length.
    """
    sure, hit = np.asarray(probability, dtype=np.float64), np.asarray(right, dtype=bool)
    if sure.ndim != 1 or sure.shape != hit.shape or not sure.size:
        raise ValueError(f"{sure.shape} probabilities do not go with {hit.shape} answers")
    order = np.argsort(-sure, kind="stable")
    ranked = sure[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
    given = last + 1.0
    return SelectiveCurve(given / sure.size, np.cumsum(hit[order])[last] / given, ranked[last])
