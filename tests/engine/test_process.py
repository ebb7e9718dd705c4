"""What a child said last is known when its end is told."""

from __future__ import annotations

import os
import sys
import threading
import time

from spectra_gui.engine.process import Child


class _LateDrained(Child):
    """A child whose standard error is read late, as on a busy machine."""

    def _drain(self) -> None:
        time.sleep(0.3)
        super()._drain()


def _told_at_the_end(child_type: type[Child], code: str) -> str:
    told: list[str] = []
    ended = threading.Event()

    def on_end(child: Child) -> None:
        told.append(child.last_words)
        ended.set()

    child_type(
        [sys.executable, "-S", "-c", code],
        environment=dict(os.environ),
        on_message=lambda *_: None,
        on_end=on_end,
    )
    assert ended.wait(60.0)
    return told[0]


def test_the_reason_of_a_death_is_told_although_it_is_read_late() -> None:
    told = _told_at_the_end(_LateDrained, "raise SystemExit('the model file is damaged')")
    assert told == "the model file is damaged"


def test_an_end_is_told_although_another_process_holds_standard_error_open() -> None:
    code = (
        "import subprocess, sys; "
        "subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(20)'],"
        " stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL); "
        "raise SystemExit('out of memory')"
    )
    began = time.monotonic()
    assert _told_at_the_end(Child, code) == "out of memory"
    assert time.monotonic() - began < 15.0
