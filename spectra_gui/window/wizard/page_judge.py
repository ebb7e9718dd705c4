"""Judge: the new model beside the present one, on the same stars that neither learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.wizard.parts import Page, fill, text_table
from spectra_gui.window.wizard.run_folder import Attempt, read_judgement

_MINUS = "\N{MINUS SIGN}"
_OUTCOMES = {"better": "better", "worse": "worse", "open": "no difference shown"}
_TOKENS = {"better": "good", "worse": "refuse", "open": "text"}


class JudgePage(Page):
    """``judgement`` is what the child wrote; None where it could not compare."""

    def __init__(self) -> None:
        super().__init__(
            "Is the new model better?",
            "Both models type the same stars, which neither has learnt from. The ranges hold 95 % "
            "of what other draws of such stars would give.",
        )
        self.attempt: Attempt | None = None
        self.judgement: dict[str, Any] | None = None
        self.verdict = Words(bold=True)
        self.why = Words(wrap=True)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.why)
        self.figures = text_table(
            ("Figure", "New", "Present", "Difference", ""), name="Figures of both models", stretch=4
        )
        self.groups = text_table(
            ("Stars", "Number", "New", "Present", ""), name="Kinds of stars", stretch=4
        )
        self._by_kind = Section("Letter and class right, by kind of star")
        self._by_kind.body.addWidget(self.groups)
        self.note = Words(token="text_muted", wrap=True)
        self.body.addWidget(self.figures)
        self.body.addWidget(self._by_kind, 1)
        self.body.addWidget(self.note)
        self.body.addStretch(0)

    def enter(self) -> None:
        self.judgement = None if self.attempt is None else read_judgement(self.attempt.judgement)
        self.show_judgement(self.judgement)

    def show_judgement(self, found: Mapping[str, Any] | None) -> None:
        """Put a judgement on the page; None says that there is none."""
        if found is None:
            self._say("No verdict: no stars were kept back, or the present model does not load.")
            found = {"figures": [], "groups": [], "outcome": None}
        else:
            self._say(found["verdict"])
            self.note.setText(
                f"New: {found['new']}. Present: {found['present']}. {found['n_spectra']} spectra "
                f"of {found['n_systems']} stars."
            )
        self.verdict.set_token(_TOKENS.get(found["outcome"] or "open", "text"))
        rows = [_figure_row(figure) for figure in found["figures"]]
        fill(self.figures, rows, right=(1, 2, 3))
        self.figures.setFixedHeight(24 * (len(rows) + 1) + 12)
        self.figures.setVisible(bool(rows))
        groups = [
            (g["name"], str(g["n_systems"]), _percent(g["new"]), _percent(g["present"]),
             _OUTCOMES[g["outcome"]])
            for g in found["groups"]
        ]  # fmt: skip
        fill(self.groups, groups, right=(1, 2, 3))
        self._by_kind.setVisible(bool(groups))

    def _say(self, words: str) -> None:
        """The verdict in one or two words, and what it rests on below."""
        head, _, rest = words.partition(": ")
        self.verdict.setText(head)
        self.why.setText(_capital(rest))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _figure_row(figure: Mapping[str, Any]) -> tuple[str, ...]:
    share = figure["is_share"]
    difference = figure["difference"]
    return (
        figure["title"],
        _with_range(figure["new"], share=share),
        _with_range(figure["present"], share=share),
        _with_range(difference, share=share, signed=True),
        _OUTCOMES[figure["outcome"]],
    )


def _with_range(figure: Mapping[str, float], *, share: bool, signed: bool = False) -> str:
    """``78 % (70–85)``; differences carry their sign."""
    unit, scale, digits = (" %", 100.0, 0) if share else ("", 1.0, 2)
    sign = "+" if signed else ""
    value, low, high = (f"{scale * figure[k]:{sign}.{digits}f}" for k in ("value", "low", "high"))
    between = " to " if signed else "–"
    return f"{value}{unit} ({low}{between}{high})".replace("-", _MINUS)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
