"""What a training needs is told in numbers that hold together."""

from __future__ import annotations

import pytest

from spectra_gui.recipes import (
    FEWEST_JUDGES,
    needs_words,
    stars_for_verdict,
    verdict_words,
    why_too_few,
)


@pytest.mark.parametrize(("spectra", "stars"), [(20, 9), (19, 10), (1, 1), (0, 0)])
def test_too_few_to_learn_from_says_how_many_there_are_and_must_be(
    spectra: int, stars: int
) -> None:
    words = why_too_few(spectra, stars)
    assert words.startswith(f"{spectra} labelled spectr")
    assert "at least 20 spectra are needed, of at least 10 different stars" in words


def test_enough_to_learn_from_needs_no_words() -> None:
    assert why_too_few(20, 10) == ""


@pytest.mark.parametrize("share", [0.05, 0.2, 0.3, 0.5])
def test_so_many_stars_give_enough_judges_and_fewer_do_not(share: float) -> None:
    stars = stars_for_verdict(share)
    assert round(share * stars) >= FEWEST_JUDGES
    assert share * (stars - 1) < FEWEST_JUDGES
    assert f"about {stars} stars" in needs_words(share)


def test_a_verdict_that_will_not_come_is_told_with_what_would_do() -> None:
    words = verdict_words(8, 0.2)
    assert "Only 8 stars can judge" in words
    assert "needs 20" in words
    assert "About 60 more stars" in words
    assert "no verdict" in verdict_words(0, 0.0)
    assert "enough for a verdict" in verdict_words(20, 0.2)
