"""What is dropped is opened, or said why not: addresses of the network, words, odd names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from spectra_gui.window.dropped import read_dropped
from spectra_gui.window.panels.words import as_tip


def dropped(*urls: str, text: str = "") -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    if text:
        mime.setText(text)
    return mime


def test_an_address_of_the_network_is_declined_and_the_files_beside_it_are_taken() -> None:
    found = read_dropped(dropped("https://example.org/star.fits", "file:///night/vega.fits"))

    assert found.paths == ("/night/vega.fits",)
    assert found.problem.startswith("https://example.org/star.fits is not on this machine")
    assert "Download" in found.problem


def test_several_addresses_are_counted_and_long_ones_cut() -> None:
    long = "https://example.org/" + 500 * "a"

    problem = read_dropped(dropped(long, "mailto:a@example.org")).problem

    assert "… and 1 more are not on this machine" in problem
    assert len(problem) < 300


def test_words_that_name_files_open_them_and_other_words_are_explained() -> None:
    assert read_dropped(dropped(text="/night/a.fits\n/night/b c.fits\n")).paths == (
        "/night/a.fits",
        "/night/b c.fits",
    )
    for text in ("", "a spectrum of Vega", "/night/a.fits\nand more"):
        found = read_dropped(dropped(text=text))
        assert found.paths == ()
        assert "is no file" in found.problem


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_name_that_is_no_text_is_found_byte_by_byte(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9 100%.txt"
    Path(os.fsdecode(path)).write_text("")

    (found,) = read_dropped(dropped(f"file://{tmp_path}/caf%E9%20100%25.txt")).paths

    assert os.fsencode(found) == path


def test_a_tooltip_shows_what_looks_like_html_as_it_is() -> None:
    assert as_tip("vega.fits\n/night") == "vega.fits\n/night"
    assert "&lt;img src=x&gt;" in as_tip("<img src=x>.fits")
