"""What others say of the same star: the training stars most like it, class means, the header.

Stands apart from the networks' answer. Where it differs, words say so, and in what.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from spectra_gui.data import MKParseError, Spectrum, Templates, Verdict, parse_mk
from spectra_gui.data.opinion import SecondOpinion as Opinion
from spectra_gui.window import theme
from spectra_gui.window.panels.facts import FactRows
from spectra_gui.window.panels.near_table import NearTable
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.panels.words import percent

STARS_SHOWN = 3
MEANS_SHOWN = 2

_REMEMBERED = "The answer is partly remembered, and tells little of how other stars are typed"
_AGREEING = "Share of the nearest training spectra with the answer's letter and luminosity class"


class SecondOpinion(Section):
    """Rows beside the answer; an opinion that differs in letter or class stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.differing = Words(size="small", bold=True, token="caution")
        super().__init__("Second opinion", trailing=self.differing, parent=parent)
        self.seen = Words(wrap=True)
        self.seen.setToolTip(_REMEMBERED)
        self.facts = FactRows()
        self.stars = NearTable("Nearest training stars")
        self.means = NearTable("Nearest class means")
        self.body.setSpacing(theme.current().space_2)
        for part in (self.seen, self.facts, self.stars, self.means):
            self.body.addWidget(part)
        self.show_verdict(None)

    def show_verdict(
        self,
        verdict: Verdict | None,
        *,
        spectrum: Spectrum | None = None,
        templates: Templates | None = None,
    ) -> None:
        """Opinions for one spectrum; of a refused one only what its file says of the star."""
        told = verdict if verdict is not None and verdict.state != "refuse" else None
        opinion = None if told is None else told.second_opinion
        self._show_seen(verdict)
        self._show_facts(told, spectrum, templates)
        self.differing.setText("" if opinion is None else _differing(opinion.differs))
        stars = () if opinion is None else opinion.stars[:STARS_SHOWN]
        self.stars.set_rows([(star.name, star.type, star.distance) for star in stars])
        means = () if opinion is None else opinion.templates[:MEANS_SHOWN]
        self.means.set_rows([(m.name, _stars(m.name, templates), m.distance) for m in means])
        said = (
            self.differing.text(), self.seen.text(), self.facts.accessibleDescription(),
            *(t.accessibleDescription() for t in (self.stars, self.means) if t.rows),
        )  # fmt: skip
        self.setAccessibleDescription(". ".join(part for part in said if part))

    @property
    def is_empty(self) -> bool:
        return not (self.facts.rows or self.stars.rows or self.means.rows or self.seen.text())

    def _show_seen(self, verdict: Verdict | None) -> None:
        seen = None if verdict is None else verdict.seen
        self.seen.setText("" if seen is None else seen.note)
        self.seen.setVisible(seen is not None)

    def _show_facts(
        self, verdict: Verdict | None, spectrum: Spectrum | None, templates: Templates | None
    ) -> None:
        rows: list[tuple[str, str, str]] = []
        tokens: list[tuple[str, str]] = []
        opinion = None if verdict is None else verdict.second_opinion
        if opinion is not None:
            rows.append(_stars_say(opinion))
            tokens.append(("caution", "caution") if opinion.differs else ("text", "text_muted"))
        elif verdict is not None and verdict.template:
            stars = _stars(verdict.template, templates)
            rows.append(("nearest class mean", verdict.template, stars))
            tokens.append(("text", "text_muted"))
        header = "" if spectrum is None else str(spectrum.meta.get("mk_type") or "").strip()
        if header:
            differs = () if verdict is None else differences(header, verdict.type)
            rows.append(("header says", header, _other(differs)))
            tokens.append(("caution", "caution") if differs else ("text", "text_muted"))
        self.facts.set_rows(rows, tokens=tokens)
        self.facts.setVisible(bool(rows))
        self.facts.setToolTip(_AGREEING if opinion is not None and opinion.type else "")


def differences(said: str, answer: str) -> tuple[str, ...]:
    """In what a written type differs from the answer; what it does not say differs in nothing."""
    try:
        one, other = parse_mk(said), parse_mk(answer)
    except MKParseError:
        return ("type",)
    found = ("letter",) if one.letter != other.letter else ()
    both = one.luminosity and other.luminosity
    in_class = both and not set(one.luminosity) & set(other.luminosity)
    return (*found, "class") if in_class else found


def _differing(differs: tuple[str, ...]) -> str:
    return f"differs in {' and '.join(differs)}" if differs else ""


def _other(differs: tuple[str, ...]) -> str:
    """As `_differing`, in so few words that they fit beside a type in a narrow column."""
    if not differs:
        return ""
    return f"other {differs[0]}" if len(differs) == 1 else "other type"


def _stars_say(opinion: Opinion) -> tuple[str, str, str]:
    if not opinion.type or opinion.agreement is None:
        return "stars like it", "none", "too far from all"
    if opinion.differs:
        return "stars like it", opinion.type, f"only {percent(opinion.agreement)} agree"
    return "stars like it", opinion.type, f"{percent(opinion.agreement)} agree"


def _stars(name: str, templates: Templates | None) -> str:
    if templates is None or name not in templates.names:
        return ""
    count = int(templates.n_stars[templates.names.index(name)])
    return f"{count} star{'s' if count != 1 else ''}"
