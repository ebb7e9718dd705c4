"""Work is placed so that no turn of the event loop grows long."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer

from spectra_gui.window.turns import LATE_S, NextTurn


def test_two_long_pieces_do_not_share_a_turn(qtbot) -> None:  # type: ignore[no-untyped-def]
    owner = QObject()
    turn, order = [0], []
    beat = QTimer(owner, interval=0)
    beat.timeout.connect(lambda: turn.__setitem__(0, turn[0] + 1))

    def work() -> None:
        order.append(turn[0])
        time.sleep(2 * LATE_S)

    pieces = [NextTurn(work, owner) for _ in range(3)]
    beat.start()
    for piece in pieces:
        piece.start()
    qtbot.waitUntil(lambda: len(order) == 3)
    assert len(set(order)) == 3


def test_a_piece_comes_in_the_end_however_busy_the_window_is(qtbot) -> None:  # type: ignore[no-untyped-def]
    owner = QObject()
    busy = QTimer(owner, interval=0)
    busy.timeout.connect(lambda: time.sleep(2 * LATE_S))
    busy.start()
    came: list[int] = []
    piece = NextTurn(lambda: came.append(1), owner)
    piece.start()
    piece.start()
    qtbot.waitUntil(lambda: bool(came))
    qtbot.wait(50)
    assert came == [1]


def test_what_is_stopped_does_not_come(qtbot) -> None:  # type: ignore[no-untyped-def]
    owner = QObject()
    came: list[int] = []
    piece = NextTurn(lambda: came.append(1), owner)
    piece.start()
    piece.stop()
    qtbot.wait(30)
    assert came == []
