"""The report as one HTML file: every figure as a picture and, beside it, in numbers.

Computes nothing; the same report gives the same bytes. Knows no bundle and no library file.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from spectra_gui.evaluation import html
from spectra_gui.evaluation.bootstrap import Figure
from spectra_gui.evaluation.curves import (
    Line,
    draw_intervals,
)
from spectra_gui.evaluation.entries import CATALOGUES, FOLDS, LEFT_OUT, MEMBER, SECTIONS, STRANGERS
from spectra_gui.evaluation.metrics import METRICS
from spectra_gui.evaluation.page_beside import pair_section, robustness_section
from spectra_gui.evaluation.page_detail import Pictures, sections_behind
from spectra_gui.evaluation.page_explanations import explanations_section
from spectra_gui.evaluation.render import headline_cells, interval_text, legend, provenance
from spectra_gui.evaluation.table import Report, Row


def to_html(report: Report, pictures: Pictures | None = None) -> str:
    """The whole report; without ``pictures`` the mistakes stand in their table alone."""
    detail, robustness, pair = report.detail, report.robustness, report.pair
    parts = [_headline(report), _classifiers(report)]
    parts += [] if pair is None else [pair_section(pair)]
    parts += [] if detail is None else sections_behind(report.rows[0], detail, pictures)
    parts += [] if robustness is None else [robustness_section(robustness)]
    parts += [] if report.explanations is None else [explanations_section(report.explanations)]
    parts += [_all_figures(report), _notes(report)]
    named = [(part, *_anchor(part)) for part in parts if part]
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for _, anchor, words in named)
    title = f"Scores of {report.bundle}"
    body = [
        "<header>",
        f"<h1>{escape(title)}</h1>",
        html.paragraph(provenance(report).replace("`", ""), muted=True),
        "</header>",
        f'<nav aria-label="Parts of the report"><ul>{links}</ul></nav>',
        "<main>",
        *(part for part, _, _ in named),
        "</main>",
    ]
    return html.page(title, "en", body)


def _anchor(part: str) -> tuple[str, str]:
    """Anchor and heading of a section."""
    anchor = part.split('id="', 1)[1].split('"', 1)[0]
    return anchor, part.split("<h2 ", 1)[1].split(">", 1)[1].split("</h2>", 1)[0]


def _headline(report: Report) -> str:
    """The figures of the first row in large."""
    if not report.rows:
        return ""
    row = report.rows[0]
    f = row.figures
    shown = [
        ("Letter and class right", "joint", ""),
        ("Letter right", "letter", ""),
        ("Luminosity class right", "luminosity", ""),
        ("Within 2 subtypes and 1 class", "close", ""),
        ("Mean subtype error", "subtype_mean",
         f", median {f['subtype_median'].value:.2f}" if "subtype_median" in f else ""),
        ("Macro-F1, cells with ≥ 5 stars", "macro_f1_5", ""),
        ("κ luminosity", "kappa_luminosity",
         f", quadratic {f['quadratic_kappa_luminosity'].value:.3f}"),
    ]  # fmt: skip
    items = [
        (name, f"{f[key].value:.3f}", _ends(f[key]) + more) for name, key, more in shown if key in f
    ]
    if row.ece_band is not None:
        low, _, high = row.ece_band
        items += [
            ("ECE", f"{f['ece'].value:.3f}",
             f"perfect model {low:.3f}–{high:.3f}; debiased {f['ece_debiased'].value:.3f}"),
            ("90 % credible set", f"{f['coverage'].value:.3f}",
             f"of the labels inside, {f['set_size'].value:.1f} of 420 cells"),
        ]  # fmt: skip
    return html.section(
        "headline", "Headline",
        html.paragraph(
            f"{row.classifier} on {row.stars}: {row.n_spectra} spectra of {row.n_systems} star "
            "systems that no network saw. In brackets: 95 % intervals by drawing star systems "
            "2000 times."
        ),
        html.tiles(items),
    )  # fmt: skip


def _ends(figure: Figure) -> str:
    return f"[{figure.low:.3f}, {figure.high:.3f}]"


def _classifiers(report: Report) -> str:
    """Everybody on the same stars: the joint figure as a picture, the table beside it."""
    lines: list[Line] = []
    for heading, rows in _compared(report):
        lines.append(Line(heading))
        lines += [
            Line(
                row.classifier if heading != CATALOGUES else row.stars,
                row.figures["joint"],
                note=f"n {row.n_spectra}",
                style="mark" if row is rows[0] and heading != CATALOGUES else "plain",
            )
            for row in rows
        ]
    if not lines:
        return ""
    low = min(line.figure.low for line in lines if line.figure is not None)
    ticks = [t / 10 for t in range(int(low * 10), 11)]
    picture = draw_intervals(
        "classifiers", lines, title="Share with letter and class right, by classifier",
        words="letter and class right (95 % interval)", ticks=ticks, digits=1,
    )  # fmt: skip
    named = [row for row in report.rows if not row.classifier.startswith(MEMBER)]
    headings, cells = headline_cells(named)
    return html.section(
        "classifiers", "Beside simple classifiers and catalogues",
        html.figure(picture),
        html.table(headings, cells, "all classifiers and stars; single members among all figures",
                   words=2, folded=False),
        html.paragraph(legend(headings), muted=True),
        _differences(report),
    )  # fmt: skip


def _compared(report: Report) -> list[tuple[str, list[Row]]]:
    """Headings and rows of the picture: the folds, both halves left out, the catalogues."""
    found: list[tuple[str, list[Row]]] = []
    for section in (FOLDS, STRANGERS, LEFT_OUT, CATALOGUES):
        rows = [r for r in report.of(section) if not r.classifier.startswith(MEMBER)]
        if section == LEFT_OUT:
            whole = [r for r in rows if r.stars.endswith("both halves")]
            for stars in dict.fromkeys(r.stars for r in whole):
                here = [r for r in whole if r.stars == stars]
                found.append((f"Left out: {stars.removesuffix(', both halves')}", here))
        elif rows:
            found.append((section, rows))
    return found


def _differences(report: Report) -> str:
    titles = {metric.name: metric.title for metric in METRICS}
    rows = [
        [f"{c.first} − {c.second}", c.stars, titles[c.metric], f"{c.difference.value:+.3f}",
         f"[{c.difference.low:+.3f}, {c.difference.high:+.3f}]", f"{c.difference.p:.3f}"]
        for c in report.comparisons
    ]  # fmt: skip
    headings = ("difference", "stars", "figure", "value", "95 % interval", "p")
    return html.table(headings, rows, "paired differences on the same stars", words=3)


def _all_figures(report: Report) -> str:
    parts: list[str] = []
    for section in SECTIONS:
        rows = list(report.of(section))
        if not rows:
            continue
        heads = ["figure", *(f"{row.classifier}, {row.stars}" for row in rows)]
        cells = [["n (star systems)", *(f"{r.n_spectra} ({r.n_systems})" for r in rows)]]
        cells += [
            [metric.title, *(interval_text(row.figures.get(metric.name)) for row in rows)]
            for metric in METRICS
        ]
        parts.append(html.table(heads, cells, section))
    return html.section("figures", "All figures", *parts)


def _notes(report: Report) -> str:
    sentences: Sequence[str] = (*(f"{kind}." for kind in report.apart), *report.notes)
    return html.section("notes", "Counted apart, and what is not here",
                        *(html.paragraph(s) for s in sentences))  # fmt: skip
