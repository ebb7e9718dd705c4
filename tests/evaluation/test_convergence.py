"""A bundle that was still becoming better when its training ended is told as such."""

from __future__ import annotations

from typing import Any

import pytest

from spectra_gui.evaluation.convergence import epochs_since_rise, has_converged, progress_words


def training(
    *fits: tuple[int, int], schedule: str = "constant", procedure: str = "own"
) -> dict[str, Any]:
    return {
        "config": {"optimiser": {"schedule": schedule}, "preparation": {"procedure": procedure}},
        "fits": [{"epochs": epochs, "macro_f1_rose": rose} for epochs, rose in fits],
    }


@pytest.mark.parametrize(
    ("told", "since", "converged"),
    [
        (training((200, 180), (200, 120)), 20, True),
        (training((200, 180), (200, 181)), 19, False),
        (training((12, 12)), 0, False),
        (training((12, 12), schedule="one_cycle"), None, True),
        (training((12, 12), schedule="one_cycle", procedure="sezen_2025"), 0, False),
        ({}, None, True),
    ],
)
def test_the_fit_that_rose_last_decides(
    told: dict[str, Any], since: int | None, converged: bool
) -> None:
    assert epochs_since_rise(told) == since
    assert has_converged(told) is converged


def test_the_words_say_how_far_it_went() -> None:
    assert progress_words(training((200, 150))) == (
        "Trained for 200 epochs, 50 of them at least after the last rise of the validation "
        "macro-F1."
    )
    assert progress_words(training((9, 9), (12, 8))).startswith("Trained for 9 to 12 epochs, 0 of")
    assert progress_words(training((9, 9))).endswith(": not converged, not comparable.")
    assert progress_words({}) == ""
