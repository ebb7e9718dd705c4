"""The parts of the page that lie behind the headline: by cell, box, probability, kind and star.

Computes nothing. Knows no bundle and no library file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, PreparationSpec, Templates
from spectra_gui.data.labels import fainter_class, read_labels
from spectra_gui.evaluation import html
from spectra_gui.evaluation.curves import (
    Line,
    Overlay,
    draw_answering,
    draw_intervals,
    draw_reliability,
    draw_sets,
    draw_spectrum,
)
from spectra_gui.evaluation.detail import GROUP_METRICS, Detail, Mistake
from spectra_gui.evaluation.grids import draw_cells, draw_confusion, draw_map
from spectra_gui.evaluation.render import interval_text
from spectra_gui.evaluation.table import Row


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


def sections_behind(row: Row, detail: Detail, pictures: Pictures | None) -> list[str]:
    """Confusion, map, probabilities, kinds of stars and mistakes of the report's first row."""
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
        [c.name, str(c.n_spectra), str(c.n_systems), str(c.n_answered), interval_text(c.recall, 2),
         interval_text(c.precision, 2), f"{c.f1:.2f}"]
        for c in detail.cells
    ]  # fmt: skip
    headings = ("cell", "labels", "systems", "answers", "recall", "precision", "F1")
    return html.section(
        "confusion", "Confusion", *parts,
        html.figure(draw_cells("confusion-cells", detail)),
        html.table(headings, rows, "letter + class cells"),
    )  # fmt: skip


def _map(detail: Detail) -> str:
    told = any(box.subtype_mean is not None for box in detail.boxes)
    rows = [
        [b.name, str(b.n_spectra), f"{b.joint:.2f}",
         "–" if b.subtype_mean is None else f"{b.subtype_mean:.2f}"]
        for b in detail.boxes
    ]  # fmt: skip
    return html.section(
        "map", "Error over the MK grid",
        html.paragraph(
            "Each box of the grid by its label; the number inside is how many spectra it holds. "
            "Where these are few, the colour says little."
        ),
        html.figure(draw_map("map-joint", detail.boxes, of_subtypes=False)),
        html.figure(draw_map("map-subtype", detail.boxes, of_subtypes=True)) if told else "",
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
        [
            f"{s.level:g}",
            interval_text(s.coverage),
            interval_text(s.coverage_any),
            interval_text(s.set_size, 1),
        ]
        for s in detail.sets
    ]
    surest = [
        [f"{a.fraction:.2f}", f"{a.probability:.3f}", interval_text(a.accuracy)]
        for a in detail.answering
    ]
    ece, debiased = row.figures["ece"], row.figures["ece_debiased"]
    band = "" if row.ece_band is None else f"{row.ece_band[0]:.3f} and {row.ece_band[2]:.3f}"
    return html.section(
        "probabilities", "What the probabilities mean",
        html.paragraph(
            f"Expected calibration error {interval_text(ece)}, debiased {interval_text(debiased)}; "
            f"95 % of perfectly calibrated models of this size have one between {band}. The shaded "
            "band is where such models have their bins."
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
        html.subheading("If only the surest answers counted"),
        html.beside(
            html.figure(draw_answering("answering", detail.answering)),
            html.table(("fraction answered", "least probability", "letter and class right"),
                       surest, "accuracy by fraction answered", folded=False),
        ),
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
             *(interval_text(g.figures.get(k), 2) for k in GROUP_METRICS)]
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
            "the star over the mean of the class that it was given, below over that of its label; "
            "the means are the bundle's, so the star may have a part in that of its label."
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
