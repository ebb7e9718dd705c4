"""What each member of the ensemble says alone."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from spectra_gui.data import MKParseError, Verdict, parse_mk
from spectra_gui.window.panels.facts import FactRows
from spectra_gui.window.panels.section import Section
from spectra_gui.window.panels.words import percent


def same_box(first: str, second: str) -> bool:
    """Whether two types agree in letter and luminosity class; False where one is no MK type."""
    try:
        one, other = parse_mk(first), parse_mk(second)
    except MKParseError:
        return False
    return one.letter == other.letter and bool(set(one.luminosity) & set(other.luminosity))


class Members(Section):
    """Members by name with type and probability; those that disagree stand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Members", parent=parent)
        self.facts = FactRows()
        self.body.addWidget(self.facts)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """The members' own answers; nothing for a refused spectrum."""
        if verdict is None or verdict.state == "refuse":
            self.facts.set_rows([("–", "", "")])
            return
        rows, tokens = [], []
        for member in verdict.members:
            agrees = same_box(member.type, verdict.type)
            rows.append((member.member, member.type, percent(member.probability)))
            tokens.append("text" if agrees else "caution")
        self.facts.set_rows(rows, tokens=tokens)
