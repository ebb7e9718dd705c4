"""The parts of the page that put one thing beside another: worse spectra, another bundle.

Computes nothing. Knows no bundle and no library file.
"""

from __future__ import annotations

from spectra_gui.evaluation import html
from spectra_gui.evaluation.bootstrap import Difference, Figure
from spectra_gui.evaluation.curves import Line, draw_intervals
from spectra_gui.evaluation.pair import Pair, PairedSet
from spectra_gui.evaluation.render import interval_text
from spectra_gui.evaluation.robustness import Condition, Robustness


def robustness_section(robustness: Robustness) -> str:
    """What is lost on worse spectra, as a picture and in numbers."""
    lines = [
        Line(c.name, _figure(c.change), note=f"{c.figures['joint'].value:.3f}", style=_style(c))
        for c in robustness.conditions
    ]
    low = min(c.change.low for c in robustness.conditions)
    ticks = [t / 20 for t in range(int(low * 20) - 1, 2)]
    ticks = ticks if len(ticks) <= 10 else ticks[len(ticks) % 2 :: 2]
    picture = draw_intervals(
        "robustness", lines, title="Change of the share with letter and class right",
        words="change of letter and class right (95 % interval); right: what remains",
        ticks=ticks, reference=0.0,
    )  # fmt: skip
    rows = [
        [c.name, c.words, str(c.n_spectra), str(c.n_refused), interval_text(c.figures["joint"]),
         _change(c.change), f"{c.change.p:.3f}",
         *(f"{c.figures[k].value:.3f}" for k in ("letter", "luminosity")),
         _subtypes(c)]
        for c in robustness.conditions
    ]  # fmt: skip
    headings = ("made worse by", "what that is", "n", "refused", "joint", "change of joint", "p",
                "letter", "class", "subtype error")  # fmt: skip
    return html.section(
        "robustness", "Robustness",
        html.paragraph(f"Measured on {robustness.origin}"),
        html.figure(picture),
        html.table(headings, rows, "worse spectra", words=2),
    )  # fmt: skip


def pair_section(pair: Pair) -> str:
    """Another bundle on the same stars: the verdict first, then the figures."""
    parts = [html.paragraph(pair.verdict)]
    for number, found in enumerate(pair.sets):
        parts += _one_set(pair, found, number)
    return html.section("pair", f"{pair.first} beside {pair.second}", *parts)


def _one_set(pair: Pair, found: PairedSet, number: int) -> list[str]:
    shares = [f for f in found.figures if f.is_share]
    lines = [
        Line(f.title, _figure(f.difference), style=_outcome_style(f.outcome)) for f in shares
    ]  # fmt: skip
    ends = [end for f in shares for end in (f.difference.low, f.difference.high)]
    reach = max(max(abs(end) for end in ends), 0.02)
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if reach <= 4 * s)
    picture = draw_intervals(
        f"pair-{number}", lines, title=f"{pair.first} minus {pair.second}: {found.stars}",
        words=f"{pair.first} minus {pair.second} (95 % interval)",
        ticks=[step * k for k in range(-4, 5)], reference=0.0,
    )  # fmt: skip
    rows = [
        [f.title, interval_text(f.new), interval_text(f.present), _change(f.difference),
         f"{f.difference.p:.3f}", f.outcome]
        for f in found.figures
    ]  # fmt: skip
    groups = [
        [g.name, str(g.n_systems), f"{g.new:.3f}", f"{g.present:.3f}", f"{g.p:.3f}", g.outcome]
        for g in found.groups
    ]
    title = f"{found.stars}: {found.n_spectra} spectra of {found.n_systems} star systems"
    return [
        html.subheading(title[0].upper() + title[1:]),
        html.figure(picture),
        html.table(("figure", pair.first, pair.second, "difference", "p", "outcome"), rows,
                   f"figures of both: {found.stars}"),
        html.table(("stars", "systems", pair.first, pair.second, "p", "outcome"), groups,
                   f"letter and class right by kind: {found.stars}"),
    ]  # fmt: skip


def _subtypes(condition: Condition) -> str:
    found = condition.figures.get("subtype_mean")
    return "–" if found is None else f"{found.value:.2f}"


def _figure(difference: Difference) -> Figure:
    return Figure(difference.value, difference.low, difference.high)


def _change(difference: Difference) -> str:
    return f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]"


def _style(condition: Condition) -> str:
    """What is lost for certain stands out."""
    return "bad" if condition.change.high < 0 else "plain"


def _outcome_style(outcome: str) -> str:
    return {"better": "mark", "worse": "bad"}.get(outcome, "plain")
