"""What changed in a document: which rows, and what about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal[
    "added",
    "removed",
    "reading",
    "state",
    "verdict",
    "explanation",
    "review",
    "override",
    "set_aside",
    "hash",
    "history",
    "file",
]
"""``reading``: spectrum or decisions; ``state``: `Row.state`; ``review``: label, reviewed, quality
or comment; ``history``: what can be undone; ``file``: the session's own path or saved state."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows by id and the kinds of change; the union where several changes are told at once."""

    rows: frozenset[int] = frozenset()
    kinds: frozenset[ChangeKind] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[int], *kinds: ChangeKind) -> Changes:
        return cls(frozenset(rows), frozenset(kinds))

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.rows | other.rows, self.kinds | other.kinds)

    def __bool__(self) -> bool:
        return bool(self.kinds)
