"""How many labelled spectra a training and its judgement need, in numbers and in words.

The trainer holds to these, and the wizard tells them before anything is read. Knows no torch.
"""

from __future__ import annotations

import math
from typing import Final

FEWEST_SPECTRA: Final = 20
FEWEST_STARS: Final = 10
"""Labelled spectra, and different stars among them, that a training needs at least."""

FEWEST_JUDGES: Final = 20
"""Stars that a verdict needs at least: kept back, of a full MK type, new to both models."""


def stars_for_verdict(share: float) -> int:
    """How many stars it takes until the ``share`` that is kept back is enough to judge."""
    return math.ceil(FEWEST_JUDGES / share)


def needs_words(share: float) -> str:
    """What is needed for what, where ``share`` of the stars is kept back to judge."""
    return (
        f"To learn from, it takes at least {FEWEST_SPECTRA} spectra of {FEWEST_STARS} different "
        f"stars; to show whether the new model is better, about {stars_for_verdict(share)} stars: "
        f"{100 * share:.0f} % of them are kept back, and at least {FEWEST_JUDGES} must judge it."
    )


def why_too_few(n_spectra: int, n_stars: int) -> str:
    """Why so many cannot teach, in a sentence; "" where they can."""
    if n_spectra >= FEWEST_SPECTRA and n_stars >= FEWEST_STARS:
        return ""
    stars = "1 star" if n_stars == 1 else f"{n_stars} stars"
    spectra = "1 labelled spectrum" if n_spectra == 1 else f"{n_spectra} labelled spectra"
    return (
        f"{spectra} of {stars} are too few to learn from: at least {FEWEST_SPECTRA} spectra are "
        f"needed, of at least {FEWEST_STARS} different stars."
    )


def verdict_words(n_judges: int, share: float) -> str:
    """Whether the stars that are kept back are enough for a verdict, and if not, what would be.

    Parameters
    ----------
    n_judges : stars that are kept back and that neither model learnt from
    share : of the stars that is kept back
    """
    if n_judges >= FEWEST_JUDGES:
        return f"{n_judges} stars can judge the new model: enough for a verdict."
    if share <= 0.0:
        return (
            "No stars are kept back, so there will be no verdict whether the new model is better."
        )
    more = math.ceil((FEWEST_JUDGES - n_judges) / share)
    stars = "Only 1 star" if n_judges == 1 else f"Only {n_judges} stars"
    return (
        f"{stars} can judge the new model and a verdict needs {FEWEST_JUDGES}: it can be trained, "
        f"but not shown to be better. About {more} more stars would do, or a larger share that "
        "judges."
    )
