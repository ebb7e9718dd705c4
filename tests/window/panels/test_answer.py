"""The answer: what is said of a spectrum, in full and where there is little room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
)

from spectra_gui.data import ReadError
from spectra_gui.window import theme
from spectra_gui.window.panels.answer_header import AnswerHeader
from spectra_gui.window.panels.words import fact_words, percent, snr_words, velocity_words
from spectra_gui.window.plots.stack import PlotStack
from tests.window.panels.said import said

Show = Callable[..., Any]


def pieces(header: AnswerHeader) -> list[str]:
    return [piece.text for piece in header.line.pieces]


def test_the_answer_is_said_in_one_line(star: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", star.verdict)
    assert pieces(header) == ["G2 V", "92 %", "G0–G4, IV–V"]
    assert header.state_word.text() == "accept"
    assert "HD 10307" in header.facts.toolTip() or "HD 10307" in header.facts.text()
    assert not header.reasons.isVisible()


def test_caution_says_why(doubted: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", doubted)
    assert header.state_word.text() == "caution"
    assert "S/N 11 is low" in header.reasons.text()
    assert header.reasons.isVisible()


def test_what_is_shown_beside_the_type_stands_behind_it_and_is_explained(
    star: Any, show: Show, light: None
) -> None:
    header = show(AnswerHeader())
    header.show_verdict("Be", replace(star.verdict, flags=("e: emission in Hα (+8.4 Å).",)))
    assert pieces(header)[:2] == ["G2 V", "e"]
    assert "emission in Hα" in header.reasons.text()
    assert header.state_word.text() == "accept"


def test_a_refused_type_is_withheld(refused: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("cut.fits", refused)
    assert not any("G2" in piece or "%" in piece for piece in pieces(header))
    assert "blue end" in header.reasons.text()
    assert "G2" not in header.accessibleDescription()


def test_what_a_person_says_stands_beside_the_answer(
    star: Any, refused: Any, show: Show, light: None
) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", star.verdict, label="G3 V")
    assert "you say G3 V" in pieces(header)
    header.show_verdict("HD 10307", refused, label="G3 V")
    assert "you say G3 V" in pieces(header)


def test_an_unreadable_file_says_so_and_why_to_a_screen_reader(show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_unreadable(
        "broken.fits", ReadError("truncated", "The file ends early.", "Copy it again.")
    )
    assert pieces(header) == ["Not read"]
    assert header.state_word.text() == "unreadable"
    assert "The file ends early. Copy it again." in header.accessibleDescription()


def test_in_the_place_of_the_plots_the_reason_is_told_whole(
    star: Any, show: Show, look: Show, light: None
) -> None:
    stack = show(PlotStack(), width=700, height=500)
    advice = "Save the spectrum as FITS, or as text with one wavelength and one flux in each line."
    stack.show_nothing("broken.fits is of no format that is known here.", advice)
    assert not stack.spectrum.isVisible()
    assert advice in said(stack)
    words = stack.absence.advice
    QApplication.processEvents()
    assert words.height() >= words.heightForWidth(words.width()) > words.fontMetrics().height()
    ground = np.array(QColor(theme.current().surface).getRgb()[:3])
    assert (look(stack.absence) != ground).any(axis=2).mean() > 0.002
    stack.show_spectrum(star.spectrum)
    assert stack.spectrum.isVisible()
    assert not stack.absence.isVisible()


def test_a_name_of_200_characters_is_shortened_in_its_middle(
    star: Any, show: Show, light: None, look: Show
) -> None:
    header = AnswerHeader()
    header.show_verdict("spec-" + "x" * 190 + ".fits", star.verdict)
    show(header, width=400, height=120)
    assert header.minimumSizeHint().width() < 400
    assert "…" in header.facts.shown
    assert header.facts.shown.endswith("100 %")
    assert "x" * 190 in header.facts.toolTip()


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.923, "92 %"), (0.9996, "> 99 %"), (0.0004, "< 1 %"), (0.0, "0 %"), (1.0, "100 %")],
)
def test_percent_never_claims_the_ends(share: float, words: str) -> None:
    assert percent(share) == words


def test_velocities_have_as_many_digits_as_their_error_allows() -> None:
    assert velocity_words(-4.21, 1.13, "measured") == "RV \N{MINUS SIGN}4.2 ± 1.1 km/s"
    assert velocity_words(143.7, 22.4, "measured") == "RV +144 ± 22 km/s"
    assert velocity_words(4.2, None, "header") == "RV +4 km/s (header)"
    assert velocity_words(None, None, "none") == ""


def test_facts_leave_out_what_is_not_known(star: Any) -> None:
    verdict = replace(star.verdict, snr=None, rv_kms=None, rv_origin="none")
    assert fact_words("a star", verdict) == "a star  ·  covers 100 %"


@pytest.mark.parametrize(("snr", "words"), [(120.4, "120"), (500.0, "> 500"), (812.0, "812")])
def test_a_signal_to_noise_that_is_only_known_to_be_high_says_so(snr: float, words: str) -> None:
    assert snr_words(snr) == words
