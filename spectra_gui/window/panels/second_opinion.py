"""What others say of the same star: the nearest class template and the file's own header."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from spectra_gui.data import Spectrum, Templates, Verdict
from spectra_gui.window.panels.facts import FactRows
from spectra_gui.window.panels.members import same_box
from spectra_gui.window.panels.section import Section


class SecondOpinion(Section):
    """Rows beside the answer; an opinion that differs in letter or class stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Second opinion", parent=parent)
        self.facts = FactRows()
        self.body.addWidget(self.facts)

    def show_verdict(
        self,
        verdict: Verdict | None,
        *,
        spectrum: Spectrum | None = None,
        templates: Templates | None = None,
    ) -> None:
        """Opinions for one spectrum; the header's type is shown for a refused one too."""
        rows, tokens = [], []
        told = verdict is not None and verdict.state != "refuse"
        for subject, opinion, note in self._opinions(verdict, spectrum, templates):
            agrees = told and verdict is not None and same_box(opinion, verdict.type)
            rows.append((subject, opinion, note))
            tokens.append("text" if agrees or not told else "caution")
        self.facts.set_rows(rows, tokens=tokens)

    @property
    def is_empty(self) -> bool:
        return not self.facts.rows

    def _opinions(
        self, verdict: Verdict | None, spectrum: Spectrum | None, templates: Templates | None
    ) -> list[tuple[str, str, str]]:
        found = []
        if verdict is not None and verdict.template and verdict.state != "refuse":
            found.append(("nearest class mean", verdict.template, _stars(verdict, templates)))
        header = "" if spectrum is None else str(spectrum.meta.get("mk_type") or "").strip()
        if header:
            found.append(("header says", header, ""))
        return found


def _stars(verdict: Verdict, templates: Templates | None) -> str:
    if templates is None or verdict.template not in templates.names:
        return ""
    count = int(templates.n_stars[templates.names.index(verdict.template)])
    return f"{count} star{'s' if count != 1 else ''}"
