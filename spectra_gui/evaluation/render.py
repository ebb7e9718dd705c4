"""A report as text, Markdown and JSON. Computes nothing; knows no bundle and no data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from spectra_gui.evaluation.bootstrap import Figure
from spectra_gui.evaluation.entries import MEMBER, SECTIONS
from spectra_gui.evaluation.metrics import METRICS
from spectra_gui.evaluation.table import Comparison, Report, Row

if TYPE_CHECKING:
    from spectra_gui.evaluation.explanations import Explanations
    from spectra_gui.evaluation.robustness import Robustness

START: Final = "<!-- accuracy -->"
END: Final = "<!-- /accuracy -->"

SCHEMA: Final = 2
"""Version of ``report.json``; 2 has ``detail``, ``robustness`` and ``pair``."""

_NONE: Final = "–"


class MarkersError(Exception):
    """A README without the place for the table; the message says what to add."""


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    cell: Callable[[Row], str]


def _share(name: str) -> Callable[[Row], str]:
    return lambda row: _number(row, name)


def _number(row: Row, name: str) -> str:
    figure = row.figures.get(name)
    return _NONE if figure is None else f"{figure.value:.3f}"


def _with_interval(name: str) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        figure = row.figures.get(name)
        if figure is None:
            return _NONE
        return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"

    return cell


def _pair(first: str, second: str, digits: int = 2) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        if first not in row.figures:
            return _NONE
        return f"{row.figures[first].value:.{digits}f} / {row.figures[second].value:.{digits}f}"

    return cell


def _subtype_error(row: Row) -> str:
    """Beside those who tell a letter + class alone, which is no failure to compute."""
    if "subtype_mean" not in row.figures:
        return "none"
    return _pair("subtype_mean", "subtype_median")(row)


def _ece(row: Row) -> str:
    if row.ece_band is None:
        return _NONE
    low, _, high = row.ece_band
    return f"{row.figures['ece'].value:.3f} ({low:.3f}–{high:.3f})"


def _credible(row: Row) -> str:
    if "coverage" not in row.figures:
        return _NONE
    return f"{row.figures['coverage'].value:.3f} / {row.figures['set_size'].value:.1f}"


_COLUMNS: Final = (
    _Column("classifier", lambda row: row.classifier),
    _Column("stars", lambda row: row.stars),
    _Column("n", lambda row: str(row.n_spectra)),
    _Column("joint [95 %]", _with_interval("joint")),
    _Column("set match", _share("set_match")),
    _Column("letter", _share("letter")),
    _Column("lum.", _share("luminosity")),
    _Column("macro-F1", _pair("macro_f1", "macro_f1_5", 3)),
    _Column("κ lum.", _share("kappa_luminosity")),
    _Column("subtype error", _subtype_error),
    _Column("≤ 2 sub., ≤ 1 cl.", _share("close")),
    _Column("ECE (perfect)", _ece),
    _Column("NLL", _share("nll_type")),
    _Column("90 % set", _credible),
)

_README_HEADINGS: Final = (
    "classifier", "stars", "n", "joint [95 %]", "letter", "lum.", "κ lum.", "subtype error",
    "ECE (perfect)", "90 % set",
)  # fmt: skip

_MEANINGS: Final = {
    "joint [95 %]": "letter and luminosity class right, a range such as IV-V counted as its "
    "fainter class, with the 95 % interval of 2000 bootstrap draws over star systems",
    "set match": "either class of a range is right",
    "macro-F1": "over all populated letter + class cells / those with at least 5 stars",
    "subtype error": "mean / median in subtypes",
    "ECE (perfect)": "calibration error of the probability of letter + class in 15 bins, in "
    "brackets where 95 % of perfectly calibrated models of this size fall",
    "NLL": "of letter + class",
    "90 % set": "its coverage / mean number of the 420 cells",
}


def headline_cells(rows: Iterable[Row]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Headings and texts of the accuracy table."""
    return tuple(c.heading for c in _COLUMNS), [[c.cell(row) for c in _COLUMNS] for row in rows]


def interval_text(figure: Figure | None, digits: int = 3) -> str:
    """A figure with the ends of its interval; a dash for none."""
    if figure is None or math.isnan(figure.value):
        return "–"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def legend(headings: Iterable[str]) -> str:
    """What the columns mean that do not say it themselves."""
    known = [f"{name}: {_MEANINGS[name]}" for name in headings if name in _MEANINGS]
    return "; ".join(known) + "."


def to_text(report: Report) -> str:
    """The table for a terminal."""
    lines = [f"{report.bundle} ({report.bundle_sha256[:12]}), {report.data}", ""]
    for section in report.sections():
        cells = [[c.heading for c in _COLUMNS]]
        cells += [[c.cell(row) for c in _COLUMNS] for row in report.of(section)]
        widths = [max(len(line[i]) for line in cells) for i in range(len(_COLUMNS))]
        lines.append(section)
        for line in cells:
            padded = [text.ljust(width) for text, width in zip(line, widths, strict=True)]
            lines.append("  " + "  ".join(padded).rstrip())
        lines.append("")
    lines += [_comparison_text(c) for c in report.comparisons if c.metric == "joint"]
    lines += [f"{kind}." for kind in report.apart]
    lines += [] if report.pair is None else ["", report.pair.verdict]
    lines += ["", legend(c.heading for c in _COLUMNS), *report.notes]
    return "\n".join(lines).rstrip() + "\n"


def to_markdown(report: Report) -> str:
    """The whole report: the table by sections, differences, and every figure with its interval."""
    parts = [f"# Scores of {report.bundle}", provenance(report)]
    for section in report.sections():
        parts += [f"## {section}", _markdown_table(list(report.of(section)))]
    parts.append(legend(c.heading for c in _COLUMNS))
    if report.apart:
        parts += ["## Counted apart", *(f"{kind}." for kind in report.apart)]
    if report.pair is not None:
        parts += [f"## {report.pair.first} beside {report.pair.second}", report.pair.verdict]
    if report.robustness is not None:
        parts += ["## Robustness", report.robustness.origin, _robustness_table(report.robustness)]
    if report.explanations is not None:
        found = report.explanations
        parts += ["## Explanations", found.origin, _faithful_table(found)]
    if report.comparisons:
        parts += ["## Paired differences on the same stars", _difference_table(report)]
    for section in SECTIONS:
        rows = list(report.of(section))
        if rows:
            parts += [f"## All figures: {section}", _all_figures(rows)]
    parts += report.notes
    return "\n\n".join(parts) + "\n"


def to_readme(report: Report) -> str:
    """The part for a README: one table without single members, its legend and origin."""
    rows = [row for row in report.rows if not row.classifier.startswith(MEMBER)]
    columns = tuple(column for column in _COLUMNS if column.heading in _README_HEADINGS)
    meaning = legend(column.heading for column in columns)
    apart = [f"{kind}." for kind in report.apart]
    parts = [_markdown_table(rows, columns), meaning, *apart, provenance(report), *report.notes]
    return "\n\n".join(parts)


def fill_readme(text: str, report: Report) -> str:
    """A README's text with the table between its two markers.

    Raises
    ------
    MarkersError
        If the markers are absent or in the wrong order.
    """
    start, end = text.find(START), text.find(END)
    if start < 0 or end < start:
        raise MarkersError(f"Write {START} and {END} where the accuracy table belongs.")
    return f"{text[: start + len(START)]}\n{to_readme(report)}\n{text[end:]}"


def to_json(report: Report) -> dict[str, Any]:
    """Every figure, interval, reliability bin and confusion matrix as plain values.

    What cannot be computed (a mean over no cell) is None. Explanations have a file of their own.
    """
    report = replace(report, explanations=None)
    plain: dict[str, Any] = _without_nan({"schema": SCHEMA, **asdict(report)})
    del plain["explanations"]
    return plain


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def provenance(report: Report) -> str:
    """What was scored, by which bundle, and the command that does it again."""
    return (
        f"{report.data} Bundle `{report.bundle}`, SHA-256 `{report.bundle_sha256[:16]}…`. "
        f"Made by `{report.command}`."
    )


def _markdown_table(rows: list[Row], columns: tuple[_Column, ...] = _COLUMNS) -> str:
    lines = [
        "| " + " | ".join(c.heading for c in columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(c.cell(row) for c in columns) + " |" for row in rows),
    ]
    return "\n".join(lines)


def _all_figures(rows: list[Row]) -> str:
    """Figures down, rows across."""
    heads = [f"{row.classifier}, {row.stars}" for row in rows]
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "---|" * len(rows)]
    for metric in METRICS:
        cells = [_with_interval(metric.name)(row) for row in rows]
        lines.append(f"| {metric.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _difference_table(report: Report) -> str:
    titles = {metric.name: metric.title for metric in METRICS}
    lines = ["| stars | figure | difference [95 %] | p |", "|---|---|---|---|"]
    for c in report.comparisons:
        d = c.difference
        lines.append(
            f"| {c.stars} | {titles[c.metric]}: {c.first} − {c.second} | "
            f"{d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}] | {d.p:.3f} |"
        )
    return "\n".join(lines)


def _robustness_table(robustness: Robustness) -> str:
    lines = [
        f"| {c.name} | {c.n_spectra} | {interval_text(c.figures['joint'])} | "
        f"{c.change.value:+.3f} [{c.change.low:+.3f}, {c.change.high:+.3f}] | {c.change.p:.3f} |"
        for c in robustness.conditions
    ]
    head = ["| made worse by | n | joint [95 %] | change [95 %] | p |", "|---|---|---|---|---|"]
    return "\n".join([*head, *lines])


def _faithful_table(found: Explanations) -> str:
    """What the order of the evidence gains over a random one."""
    lines = [
        f"| {f.strip} | {f.n_stars} | {_area(f.deletion_area)} | {_area(f.insertion_area)} |"
        for f in found.faithful
    ]
    head = [
        "| strip | n | area, pixels replaced: evidence / random | area, restored |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *lines])


def _area(areas: dict[str, Figure]) -> str:
    return " / ".join(interval_text(areas[order]) for order in ("evidence", "random"))


def _comparison_text(c: Comparison) -> str:
    d = c.difference
    return (
        f"{c.first} − {c.second}, {c.stars}: joint {d.value:+.3f} "
        f"[{d.low:+.3f}, {d.high:+.3f}], p {d.p:.3f}"
    )
