"""What a long run shows: a changing line on a terminal, few lines in a log."""

from __future__ import annotations

import io
import time

import pytest

from spectra_gui.cli.progress import ProgressLine, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_has_whole_lines_only_and_few() -> None:
    log = io.StringIO()
    progress = ProgressLine(1000, stream=log)
    for number in range(1000):
        progress.add_spectra(1)
        progress.end_part(number, 1, 1)
    progress.say("a.fits: The file is empty.")
    progress.end()
    assert log.getvalue() == "a.fits: The file is empty.\n"


def test_a_terminal_line_is_cleared_before_a_message_and_at_the_end() -> None:
    terminal = Terminal()
    progress = ProgressLine(2, stream=terminal)
    progress.add_spectra(3)
    progress.end_part(0, 3, 3)
    progress.say("a.fits: The file is empty.")
    progress.end()
    shown = terminal.getvalue()
    assert "\r\x1b[Ka.fits: The file is empty.\n" in shown
    assert "1 of 2 files, 3 spectra" in shown
    assert shown.endswith("\r\x1b[K")


def test_the_time_left_follows_from_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = ProgressLine(100, stream=io.StringIO())
    for number in range(50):
        progress.add_spectra(1)
        progress.end_part(number, 1, 1)
    now[0] += 20.0
    assert progress.text() == "50 of 100 files, 50 spectra, 2/s, 20 s left"


def test_a_file_of_many_spectra_counts_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = ProgressLine(2, stream=io.StringIO())
    progress.add_spectra(1)
    progress.end_part(0, 1, 1)
    progress.add_spectra(249)
    progress.end_part(1, 249, 999)
    now[0] += 10.0
    assert progress.text() == "1 of 2 files, 250 spectra, 25/s, 30 s left"


def test_durations_are_for_people() -> None:
    assert [duration(s) for s in (3.2, 200, 9000)] == ["3 s", "3 min", "2.5 h"]


def test_files_of_an_earlier_run_count_as_done_but_not_for_the_rate() -> None:
    progress = ProgressLine(10, stream=io.StringIO())
    for _ in range(9):
        progress.skip_file()
    assert progress.text() == "9 of 10 files, 0 spectra"
