"""Whether a bundle's networks had stopped becoming better when their training ended.

A network that was still improving says nothing of how good its kind can be: a comparison with it
does not count. Knows what a bundle tells of its training; knows no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SETTLED_EPOCHS: Final = 20
"""Without a rise of the validation macro-F1, until a network counts as converged."""

NOT_CONVERGED: Final = "not converged, not comparable"
"""What stands beside the figures of a bundle that was not trained to its end."""


def epochs_since_rise(training: Mapping[str, Any]) -> int | None:
    """The fewest epochs of any fit since its validation macro-F1 rose last.

    None where it is not asked: where the bundle does not say, where nothing was trained by epochs,
    and for a rate of one cycle, which ends at 0 and so at its end; but what is prepared as the
    published study did is asked in any case.

    Parameters
    ----------
    training : `Bundle.training`
    """
    config = training.get("config", {})
    by_cycle = config.get("optimiser", {}).get("schedule", "one_cycle") == "one_cycle"
    if by_cycle and config.get("preparation", {}).get("procedure", "own") == "own":
        return None
    since = [int(fit["epochs"]) - int(fit["macro_f1_rose"]) for fit in training.get("fits", ())]
    return min(since, default=None)


def has_converged(training: Mapping[str, Any]) -> bool:
    """Whether no network of the bundle, in any fold, is known to have still become better."""
    since = epochs_since_rise(training)
    return since is None or since >= SETTLED_EPOCHS


def progress_words(training: Mapping[str, Any]) -> str:
    """How far the fits of a bundle went, in a sentence; "" where it is not asked."""
    since = epochs_since_rise(training)
    if since is None:
        return ""
    trained = sorted({int(fit["epochs"]) for fit in training["fits"]})
    epochs = f"{trained[0]}" if len(trained) == 1 else f"{trained[0]} to {trained[-1]}"
    word = "epoch" if trained == [1] else "epochs"
    told = f"Trained for {epochs} {word}, {since} of them at least after the last rise of the "
    told += "validation macro-F1"
    return f"{told}." if has_converged(training) else f"{told}: {NOT_CONVERGED}."
