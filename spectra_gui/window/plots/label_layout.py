"""Labels in two rows that never touch: the important are placed first, the rest give way.

Pure geometry in pixels; knows no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEADER_GAP_PX = 2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label that wants to stand centred on ``x_px``; ``rank`` 1 is placed before 2."""

    text: str
    x_px: float
    width_px: float
    rank: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label stands: row 0 is next to the plot; ``leader`` = a line to the plot is free."""

    text: str
    x_px: float
    left_px: float
    width_px: float
    row: int
    leader: bool

    @property
    def right_px(self) -> float:
        return self.left_px + self.width_px


def place_labels(
    candidates: Sequence[Candidate], *, span_px: float, gap_px: float = 6.0, rows: int = 2
) -> list[Placed]:
    """Positions of the labels that fit in ``span_px``, by falling importance.

    A label is centred on its line, or shifted to start or end near it; labels with the same text
    that would stand close together are shown once.
    """
    placed: list[Placed] = []
    ordered = sorted(candidates, key=lambda c: (c.rank, c.x_px))
    for wish in ordered:
        if not 0.0 <= wish.x_px <= span_px or wish.width_px > span_px:
            continue
        if any(_says_the_same(wish, other) for other in placed):
            continue
        for row in range(rows):
            spot = _free_spot(wish, row, placed, span_px, gap_px)
            if spot is not None:
                placed.append(spot)
                break
    return placed


def _says_the_same(wish: Candidate, other: Placed) -> bool:
    return wish.text == other.text and abs(wish.x_px - other.x_px) < 1.5 * wish.width_px


def _free_spot(
    wish: Candidate, row: int, placed: Sequence[Placed], span_px: float, gap_px: float
) -> Placed | None:
    neighbours = [p for p in placed if p.row == row]
    for share in (0.5, 0.9, 0.1):
        left = min(max(wish.x_px - share * wish.width_px, 0.0), span_px - wish.width_px)
        right = left + wish.width_px
        if any(left < p.right_px + gap_px and p.left_px < right + gap_px for p in neighbours):
            continue
        if row == 0 and any(
            p.leader and p.row == 1 and left - LEADER_GAP_PX <= p.x_px <= right + LEADER_GAP_PX
            for p in placed
        ):
            continue
        free = row > 0 and not any(
            p.row == 0 and p.left_px - LEADER_GAP_PX <= wish.x_px <= p.right_px + LEADER_GAP_PX
            for p in placed
        )
        return Placed(wish.text, wish.x_px, left, wish.width_px, row, free)
    return None
