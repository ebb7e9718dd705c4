"""What each member of the ensemble says alone, one row a kind of network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from spectra_gui.data import MemberOpinion, MKParseError, Verdict, parse_mk
from spectra_gui.window import theme
from spectra_gui.window.panels.section import ElidedWords, Section, Words
from spectra_gui.window.panels.words import percent

COLUMNS = 3
"""Members side by side; further ones of a kind stand below."""


def same_box(first: str, second: str) -> bool:
    """Whether two types agree in letter and luminosity class; False where one is no MK type."""
    try:
        one, other = parse_mk(first), parse_mk(second)
    except MKParseError:
        return False
    return one.letter == other.letter and bool(set(one.luminosity) & set(other.luminosity))


class Members(Section):
    """Members by kind with their types; those that disagree stand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._agreeing = Words(token="text_muted", size="small")
        super().__init__("Members", trailing=self._agreeing, parent=parent)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().space_2)
        self._grid.setVerticalSpacing(theme.current().space_1)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(1 + column, 1)
        self.body.addWidget(self._table)
        self.members: tuple[MemberOpinion, ...] = ()
        self._kinds: tuple[tuple[str, int], ...] = ()
        self._cells: list[_Opinion] = []

    @property
    def is_empty(self) -> bool:
        return not self.members

    def show_verdict(self, verdict: Verdict | None) -> None:
        """The members' own answers; nothing for a refused spectrum."""
        told = verdict is not None and verdict.state != "refuse"
        self.members = verdict.members if verdict is not None and told else ()
        answer = verdict.type if verdict is not None else ""
        kinds = by_kind(self.members)
        self._lay_out(tuple((name, len(members)) for name, members in kinds.items()))
        ordered = [member for members in kinds.values() for member in members]
        for cell, member in zip(self._cells, ordered, strict=True):
            cell.show_opinion(member, answer)
        agreeing = sum(same_box(member.type, answer) for member in self.members)
        self._agreeing.setText(f"{agreeing} of {len(self.members)} agree" if self.members else "")
        self._agreeing.setToolTip("Same letter and luminosity class as the answer")
        self.setAccessibleDescription(". ".join(map(_words, self.members)))

    def _lay_out(self, kinds: tuple[tuple[str, int], ...]) -> None:
        """A cell for each member; from one spectrum to the next the cells mostly stay."""
        if kinds == self._kinds:
            return
        self._kinds, self._cells = kinds, []
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        row = 0
        for name, n in kinds:
            self._grid.addWidget(Words(name, token="text_muted"), row, 0)
            for place in range(n):
                cell = _Opinion()
                self._cells.append(cell)
                self._grid.addWidget(cell, row + place // COLUMNS, 1 + place % COLUMNS)
            row += -(-n // COLUMNS)


def by_kind(members: Sequence[MemberOpinion]) -> dict[str, list[MemberOpinion]]:
    """Members under their name without its number, in the order of the bundle."""
    kinds: dict[str, list[MemberOpinion]] = {}
    for member in members:
        kinds.setdefault(re.sub(r"[\s_-]*\d+$", "", member.member) or member.member, []).append(
            member
        )
    return kinds


def _words(member: MemberOpinion) -> str:
    return f"{member.member}: {member.type}, {percent(member.probability)}"


class _Opinion(ElidedWords):
    """A member's type; its tooltip names the member and how sure it is."""

    def __init__(self) -> None:
        self._told = ""
        super().__init__()

    def show_opinion(self, member: MemberOpinion, answer: str) -> None:
        self._told = _words(member)
        self.set_token("text" if same_box(member.type, answer) else "caution")
        self.set_words(member.type)

    def _hint(self) -> None:
        self.setToolTip(self._told)
