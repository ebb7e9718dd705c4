from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from spectra_gui.window.inbox import SLICE_S, Inbox


class Taker(QObject):
    """Takes a millisecond for each event, and notes how many came in each slice."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Any] = []
        self.slices: list[int] = []
        self.inbox = Inbox(self._take, self)

    def _take(self, events: Iterable[Any]) -> None:
        before = len(self.taken)
        for event in events:
            self.taken.append(event)
            time.sleep(0.001)
        self.slices.append(len(self.taken) - before)


def test_events_come_in_order_and_the_event_loop_runs_in_between(qtbot) -> None:
    taker = Taker()
    beats: list[int] = []
    timer = QTimer(taker, interval=0)
    timer.timeout.connect(lambda: beats.append(len(taker.taken)))
    timer.start()
    for number in range(60):
        taker.inbox.post(number)
    qtbot.waitUntil(lambda: len(taker.taken) == 60 and taker.inbox.is_empty)
    assert taker.taken == list(range(60))
    assert max(taker.slices) <= 1000 * SLICE_S + 1
    assert len({n for n in beats if 0 < n < 60}) >= 3


def test_nothing_is_taken_in_once_it_is_closed(qtbot) -> None:
    taker = Taker()
    taker.inbox.post("late")
    taker.inbox.close()
    taker.inbox.post("later")
    qtbot.wait(30)
    assert taker.taken == []


def test_a_fault_in_one_event_does_not_hold_up_the_next(qtbot) -> None:
    taken: list[Any] = []

    def take(events: Iterable[Any]) -> None:
        for event in events:
            if event == "bad":
                raise ValueError(event)
            taken.append(event)

    owner = QObject()
    inbox = Inbox(take, owner)
    with qtbot.captureExceptions() as faults:
        inbox.post("bad")
        inbox.post("good")
        qtbot.waitUntil(lambda: taken == ["good"])
    assert len(faults) == 1
