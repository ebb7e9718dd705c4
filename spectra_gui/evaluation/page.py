"""The report as one HTML file: every figure as a picture and, beside it, in numbers.

Computes nothing; the same report gives the same bytes. Knows no bundle and no library file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, PreparationSpec, Templates
from spectra_gui.data.labels import fainter_class, read_labels
from spectra_gui.evaluation import html
from spectra_gui.evaluation.bootstrap import Figure
from spectra_gui.evaluation.curves import (
    Line,
    Overlay,
    draw_intervals,
    draw_reliability,
    draw_sets,
    draw_spectrum,
)
from spectra_gui.evaluation.detail import Detail, Mistake
from spectra_gui.evaluation.entries import CATALOGUES, FOLDS, LEFT_OUT, MEMBER, PARTS
from spectra_gui.evaluation.grids import draw_cells, draw_confusion, draw_map
from spectra_gui.evaluation.metrics import METRICS
from spectra_gui.evaluation.render import headline_cells, legend, provenance
from spectra_gui.evaluation.table import Report, Row


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Spectra for the mistakes: ``ids`` (k,), ``flux`` and ``valid`` (k, n_pixels) prepared by
    ``spec``, beside the bundle's class means.
    """

    spec: PreparationSpec
    templates: Templates
    ids: NDArray[np.str_]
    flux: NDArray[np.floating]
    valid: NDArray[np.bool_]


def to_html(report: Report, pictures: Pictures | None = None) -> str:
    """The whole report; without ``pictures`` the mistakes stand in their table alone."""
    parts = [
        _headline(report),
        _classifiers(report),
        *([] if report.detail is None else _behind(report, report.detail, pictures)),
        _all_figures(report),
        _notes(report),
    ]
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


def interval(figure: Figure | None, digits: int = 3) -> str:
    """A figure with the ends of its interval, – for none."""
    if figure is None or np.isnan(figure.value):
        return "–"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


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
    headings, cells = headline_cells(report.rows)
    return html.section(
        "classifiers", "Beside simple classifiers and catalogues",
        html.figure(picture),
        html.table(headings, cells, "all classifiers and stars", words=2, folded=False),
        html.paragraph(legend(headings), muted=True),
        _differences(report),
    )  # fmt: skip


def _compared(report: Report) -> list[tuple[str, list[Row]]]:
    """Headings and rows of the picture: the folds, both halves left out, the catalogues."""
    found: list[tuple[str, list[Row]]] = []
    for section in (FOLDS, LEFT_OUT, CATALOGUES):
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


def _behind(report: Report, detail: Detail, pictures: Pictures | None) -> list[str]:
    row = report.rows[0]
    return [
        _confusion(row, detail),
        _map(detail),
        _probabilities(row, detail),
        _groups(detail),
        _mistakes(detail, pictures),
    ]


def _confusion(row: Row, detail: Detail) -> str:
    parts = [
        html.paragraph(
            "Label down, answer across. Blue is the share of a label that is found, orange what "
            "it is taken for."
        )
    ]
    axes = (("letter", "letters", tuple(LETTERS)), ("luminosity", "classes", LUMINOSITY_NAMES))
    for key, what, names in axes:
        counts = row.confusion[key]
        rows = [[names[i], *map(str, counts[i])] for i in range(len(names)) if sum(counts[i])]
        parts.append(
            html.beside(
                html.figure(draw_confusion(f"confusion-{key}", counts, names, what)),
                html.table(("label", *names), rows, f"{what}: counts of label by answer"),
            )
        )
    rows = [
        [c.name, str(c.n_spectra), str(c.n_systems), str(c.n_answered), interval(c.recall, 2),
         interval(c.precision, 2), f"{c.f1:.2f}"]
        for c in detail.cells
    ]  # fmt: skip
    headings = ("cell", "labels", "systems", "answers", "recall", "precision", "F1")
    return html.section(
        "confusion", "Confusion", *parts,
        html.figure(draw_cells("confusion-cells", detail)),
        html.table(headings, rows, "letter + class cells"),
    )  # fmt: skip


def _map(detail: Detail) -> str:
    rows = [
        [b.name, str(b.n_spectra), f"{b.joint:.2f}", f"{b.subtype_mean:.2f}"]
        for b in detail.boxes
    ]  # fmt: skip
    return html.section(
        "map", "Error over the MK grid",
        html.paragraph(
            "Each box of the grid by its label; the number inside is how many spectra it holds. "
            "Where these are few, the colour says little."
        ),
        html.figure(draw_map("map-joint", detail.boxes, of_subtypes=False)),
        html.figure(draw_map("map-subtype", detail.boxes, of_subtypes=True)),
        html.table(("box", "n", "letter and class right", "subtype error"), rows,
                   "boxes of the MK grid"),
    )  # fmt: skip


def _probabilities(row: Row, detail: Detail) -> str:
    bins = [
        [str(b.n), f"{b.confidence:.3f}", f"{b.accuracy:.3f}", f"[{b.low:.3f}, {b.high:.3f}]",
         f"{low:.3f}–{high:.3f}"]
        for b, (low, high) in zip(row.reliability, detail.perfect, strict=True)
    ]  # fmt: skip
    sets = [
        [f"{s.level:g}", interval(s.coverage), interval(s.coverage_any), interval(s.set_size, 1)]
        for s in detail.sets
    ]
    ece, debiased = row.figures["ece"], row.figures["ece_debiased"]
    band = "" if row.ece_band is None else f"{row.ece_band[0]:.3f} and {row.ece_band[2]:.3f}"
    return html.section(
        "probabilities", "What the probabilities mean",
        html.paragraph(
            f"Expected calibration error {interval(ece)}, debiased {interval(debiased)}; 95 % of "
            f"perfectly calibrated models of this size have one between {band}. The shaded band "
            "is where such models have their bins."
        ),
        html.beside(
            html.figure(draw_reliability("reliability", row.reliability, detail.perfect)),
            html.table(("n", "probability", "right", "95 % interval", "perfect model"), bins,
                       "bins of the reliability diagram", words=0),
        ),
        html.subheading("Credible sets"),
        html.figure(draw_sets("sets", detail.sets)),
        html.table(("level", "share of the label inside", "any cell of it inside",
                    "mean number of cells"), sets, "credible sets by level"),
    )  # fmt: skip


def _groups(detail: Detail) -> str:
    lines: list[Line] = []
    rows = []
    axis = ""
    for g in detail.groups:
        if g.axis != axis:
            axis = g.axis
            lines.append(Line(axis[0].upper() + axis[1:]))
        lines.append(Line(g.name, g.figures["joint"], note=f"n {g.n_spectra}"))
        rows.append(
            [f"{g.axis}: {g.name}", str(g.n_spectra), str(g.n_systems),
             *(interval(g.figures[k], 2) for k in ("joint", "letter", "luminosity", "close")),
             interval(g.figures["subtype_mean"], 2)]
        )  # fmt: skip
    whole = Line("All", None)
    ticks = [t / 10 for t in range(0, 11, 2)]
    picture = draw_intervals(
        "groups", lines or [whole], title="Share with letter and class right, by kind of star",
        words="letter and class right (95 % interval)", ticks=ticks, digits=1,
    )  # fmt: skip
    headings = ("stars", "n", "systems", "joint", "letter", "class", "≤ 2 sub., ≤ 1 cl.",
                "subtype error")  # fmt: skip
    return html.section(
        "kinds", "By kind of star", html.figure(picture),
        html.table(headings, rows, "kinds of stars"),
    )  # fmt: skip


def _mistakes(detail: Detail, pictures: Pictures | None) -> str:
    if not detail.mistakes:
        return ""
    rows = [
        [m.id, m.system, m.label, m.second_label or "–", m.answer, f"{m.probability:.2f}",
         _small(m.probability_of_label), m.credible_set]
        for m in detail.mistakes
    ]  # fmt: skip
    headings = ("spectrum", "star system", "label", "second catalogue", "answer",
                "its probability", "of the label", "90 % credible set")  # fmt: skip
    drawn = [] if pictures is None else [_draw_mistake(m, pictures) for m in detail.mistakes]
    return html.section(
        "mistakes", "Worst mistakes",
        html.paragraph(
            "The answers that differ from a label which the ensemble held for least likely. Some "
            "are errors of the ensemble, some of the label; the spectra let a reader judge. Above "
            "the star over the mean of the class that it was given, below over that of its label."
        ),
        html.table(headings, rows, "worst mistakes", words=8),
        *drawn,
    )  # fmt: skip


def _small(probability: float) -> str:
    return f"{probability:.4f}" if probability >= 5e-5 else "< 0.0001"


def _draw_mistake(mistake: Mistake, pictures: Pictures) -> str:
    found = np.flatnonzero(pictures.ids == mistake.id)
    if not len(found):
        return ""
    flux, valid = pictures.flux[found[0]], pictures.valid[found[0]]
    overlays = [
        _overlay(flux, valid, pictures.templates, text, what, style)
        for text, what, style in (
            (mistake.answer, "answer", "answer"),
            (mistake.label, "label", "label"),
        )
    ]
    title = f"{mistake.system} ({mistake.id}): label {mistake.label}, answer {mistake.answer}"
    name = f"mistake-{mistake.id.replace(':', '-')}"
    picture = draw_spectrum(name, pictures.spec.wavelength_aa, overlays, title=title)
    return html.figure(picture, title)


def _overlay(
    flux: NDArray[np.floating], valid: NDArray[np.bool_], templates: Templates, text: str,
    what: str, style: str,
) -> Overlay:  # fmt: skip
    """The star with the class mean nearest to a type, and how far apart they are."""
    code, luminosity = read_labels([text])
    if not len(templates.names) or not np.isfinite(code[0]):
        return Overlay(flux, valid, None, f"{what} {text} – no class mean", style)
    box = templates.nearest_box(float(code[0]), int(fainter_class(luminosity)[0]))
    mean = templates.flux[box]
    rms = float(np.sqrt(np.mean((flux[valid] - mean[valid]) ** 2)))
    words = f"{what} {text} – mean of {templates.names[box]}, rms difference {rms:.3f}"
    return Overlay(flux, valid, mean, words, style)


def _all_figures(report: Report) -> str:
    parts: list[str] = []
    for section in (FOLDS, PARTS, LEFT_OUT, CATALOGUES):
        rows = list(report.of(section))
        if not rows:
            continue
        heads = ["figure", *(f"{row.classifier}, {row.stars}" for row in rows)]
        cells = [["n (star systems)", *(f"{r.n_spectra} ({r.n_systems})" for r in rows)]]
        cells += [
            [metric.title, *(interval(row.figures.get(metric.name)) for row in rows)]
            for metric in METRICS
        ]
        parts.append(html.table(heads, cells, section))
    return html.section("figures", "All figures", *parts)


def _notes(report: Report) -> str:
    sentences: Sequence[str] = (*(f"{kind}." for kind in report.apart), *report.notes)
    return html.section("notes", "Counted apart, and what is not here",
                        *(html.paragraph(s) for s in sentences))  # fmt: skip
