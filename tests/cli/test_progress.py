"""What a long run shows: a changing line on a terminal, few lines in a log."""

from __future__ import annotations

import io

from spectra_gui.cli.progress import ProgressLine, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_has_whole_lines_only_and_few() -> None:
    log = io.StringIO()
    progress = ProgressLine(1000, stream=log)
    for _ in range(1000):
        progress.add(files=1, spectra=1)
    progress.say("a.fits: The file is empty.")
    progress.end()
    assert log.getvalue() == "a.fits: The file is empty.\n"


def test_a_terminal_line_is_cleared_before_a_message_and_at_the_end() -> None:
    terminal = Terminal()
    progress = ProgressLine(2, stream=terminal)
    progress.add(files=1, spectra=3)
    progress.say("a.fits: The file is empty.")
    progress.end()
    shown = terminal.getvalue()
    assert "\r\x1b[Ka.fits: The file is empty.\n" in shown
    assert "1 of 2 files, 3 spectra" in shown
    assert shown.endswith("\r\x1b[K")


def test_the_time_left_follows_from_the_rate() -> None:
    progress = ProgressLine(100, stream=io.StringIO())
    progress.add(files=50, spectra=50)
    assert "50 of 100 files" in progress.text()
    assert "left" in progress.text()


def test_durations_are_for_people() -> None:
    assert [duration(s) for s in (3.2, 200, 9000)] == ["3 s", "3 min", "2.5 h"]
