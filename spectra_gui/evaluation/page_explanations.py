"""The part of the page about explanations: whether they can be believed, and what they look at.

Computes nothing. Knows no bundle and no library file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from spectra_gui.evaluation import html
from spectra_gui.evaluation.bootstrap import Difference, Figure
from spectra_gui.evaluation.curves import Line, draw_intervals
from spectra_gui.evaluation.diagnostics import EVERY_GROUP, TEXTBOOK
from spectra_gui.evaluation.evidence_pictures import draw_evidence, draw_removal
from spectra_gui.evaluation.explanations import (
    EVIDENCE,
    HEAD,
    ORDERS,
    PEAK_FWHM,
    RANDOM,
    TOGETHER,
    Diagnosed,
    Explanations,
    Faithful,
    Likeness,
    Trait,
)
from spectra_gui.evaluation.render import interval_text


def explanations_section(found: Explanations) -> str:
    """Faithfulness, randomisation, stability, evidence over the MK grid, textbook lines."""
    return html.section(
        "explanations", "Explanations",
        html.paragraph(found.origin),
        html.tiles(_summary(found)),
        *_faithful(found),
        *_randomised(found),
        *_stable(found),
        *_grids(found),
        *_traits(found.traits),
        *_diagnosed(found.diagnosed),
    )  # fmt: skip


def _summary(found: Explanations) -> list[tuple[str, str, str]]:
    """The figures to know first, of the strips together or on average over the branches."""
    items = []
    for f in found.faithful:
        if f.strip == TOGETHER:
            for words, areas in (
                ("Area left as pixels are replaced", f.deletion_area),
                ("Area won as pixels are restored", f.insertion_area),
            ):
                other = f"in random order {areas[RANDOM].value:.2f}, all together"
                items.append((words, f"{areas[EVIDENCE].value:.2f}", other))
    head = [
        r.correlation.value for r in found.randomised if r.of == "evidence" and r.change == HEAD
    ]
    if head:
        mean = sum(head) / len(head)
        items.append(("Correlation with a random head", f"{mean:.2f}", "mean over the branches"))
    items += [
        (f"Correlation under {s.change}", f"{s.correlation.value:.2f}", s.strip)
        for s in found.stable
        if s.strip == TOGETHER and s.change.startswith("S/N")
    ]
    for d in found.diagnosed:
        if d.strip == TOGETHER and d.group == EVERY_GROUP:
            words = f"strips of other stars {d.permuted:.2f}, any place {d.chance:.2f}"
            items.append(("Strongest peak on a textbook line", f"{d.first.value:.2f}", words))
    return items


def _faithful(found: Explanations) -> list[str]:
    shown = [f for f in found.faithful if f.strip == TOGETHER] or list(found.faithful[:1])
    lines: list[Line] = []
    rows = []
    for f in found.faithful:
        lines.append(Line(_heading(f.strip)))
        for words, gains in (("replaced", f.deletion_gain), ("restored", f.insertion_gain)):
            lines += [_gain(f"{words}, against {name}", gains[name]) for name in gains]
        rows += [_areas(f, order) for order in ORDERS]
    ends = [e for f in found.faithful for g in (f.deletion_gain, f.insertion_gain)
            for d in g.values() for e in (d.low, d.high)]  # fmt: skip
    picture = draw_intervals(
        "faithful", lines, title="Gain of the evidence over other orders of pixels",
        words="gain in area (95 % interval); above 0 the evidence is the better order",
        ticks=_ticks(ends), reference=0.0,
    )  # fmt: skip
    headings = ("strip", "order", "area, replaced", "gain", "p", "area, restored", "gain", "p")
    return [
        html.subheading("Does the answer hang on what a strip marks?"),
        html.paragraph(
            "Pixels are replaced by the continuum, those with most evidence first, or restored on "
            "a flat spectrum; a faithful strip has a small area below the curve of replacing and a "
            "large one below that of restoring (Petsiuk et al. 2018). Beside it the order of the "
            "plain gradient, a random one, and the evidence shifted along the spectrum, which is "
            "as clustered as the evidence. A branch's strip is tested on the input of that branch "
            "alone, while the other branches see the whole spectrum; so little can be lost there."
        ),
        *(html.figure(draw_removal("removal", f, found.fractions)) for f in shown),
        html.figure(picture),
        html.table(headings, rows, "areas below the curves", words=2),
    ]


def _heading(strip: str) -> str:
    return f"Branch {strip}" if strip.startswith("k =") else strip[0].upper() + strip[1:]


def _gain(text: str, difference: Difference) -> Line:
    style = "mark" if difference.low > 0 else "bad" if difference.high < 0 else "plain"
    figure = Figure(difference.value, difference.low, difference.high)
    return Line(text, figure, style=style)


def _areas(f: Faithful, order: str) -> list[str]:
    cells = [f.strip, order]
    for area, gain in ((f.deletion_area, f.deletion_gain), (f.insertion_area, f.insertion_gain)):
        cells.append(interval_text(area[order]))
        cells += ["–", "–"] if order == EVIDENCE else _difference(gain[order])
    return cells


def _randomised(found: Explanations) -> list[str]:
    kinds = list(dict.fromkeys(r.of for r in found.randomised))
    tables = [
        _likeness_table(
            [r for r in found.randomised if r.of == of],
            f"correlation of the {of} with that of a network whose weights are drawn anew",
        )
        for of in kinds
    ]
    return [
        html.subheading("Does a strip change with what was learnt?"),
        html.paragraph(
            "The head, then in addition layer after layer, gets new random weights; the map should "
            "become another (Adebayo et al. 2018). Guided Grad-CAM is the product of the guided "
            "gradient, which is known to change little, and of Grad-CAM. For comparison the same "
            "network asked for the neighbouring letter, and another member of the same kind, "
            "trained from another seed. Spearman's correlation over the pixels of strips smoothed "
            "to the resolution, mean over stars."
        ),
        *tables,
    ]


def _stable(found: Explanations) -> list[str]:
    moved = [
        [s.strip, s.change, str(s.n_stars), interval_text(s.correlation, 2),
         interval_text(s.peak_stays, 2)]
        for s in found.stable
    ]  # fmt: skip
    headings = ("strip", "change", "n", "correlation", "highest peak stays")
    return [
        html.subheading("Does a strip stay where nothing but noise changes?"),
        html.paragraph(
            f"A peak stays where it moves by at most {PEAK_FWHM:g} resolution elements. The target "
            "is that of the spectrum without noise."
        ),
        html.table(headings, moved, "stability of the strips", words=2),
    ]


def _likeness_table(rows: Sequence[Likeness], caption: str) -> str:
    """Changes down, strips across."""
    strips = list(dict.fromkeys(r.strip for r in rows))
    by = {(r.strip, r.change): r for r in rows}
    # The deepest network first, so that its layers stand in their order.
    deepest = max(strips, key=lambda strip: sum(r.strip == strip for r in rows))
    ordered = sorted(rows, key=lambda r: r.strip != deepest)
    changes = list(dict.fromkeys(r.change for r in ordered))

    def cell(strip: str, change: str) -> str:
        found = by.get((strip, change))
        return "–" if found is None else interval_text(found.correlation, 2)

    cells = [[change, *(cell(strip, change) for strip in strips)] for change in changes]
    return html.table(("change", *strips), cells, caption)


def _grids(found: Explanations) -> list[str]:
    if not found.grids:
        return []
    letters = [g for g in found.grids[0].groups if " " not in g]
    named = [
        [letter, grid.strip, ", ".join(grid.peaks[grid.groups.index(letter)])]
        for letter in letters
        for grid in found.grids
        if letter in grid.groups
    ]
    return [
        html.subheading("Which lines each branch uses"),
        html.paragraph(
            "Mean strips of each letter and of its giants and dwarfs, by the answer, with the "
            "number of stars. Every star counts the same. The names above are lines and bands of "
            "the first rank, short ticks those of the second."
        ),
        *(html.figure(draw_evidence(f"grid-{k}", g), g.strip) for k, g in enumerate(found.grids)),
        html.table(("letter", "strip", "strongest peaks of the mean strip"), named,
                   "what the mean strips look at", words=3),
    ]  # fmt: skip


def _traits(traits: Sequence[Trait]) -> list[str]:
    if not traits:
        return []
    sizes = traits[0].kernels
    steps = [f"{a} → {b}" for a, b in pairwise(sizes)]
    rows = []
    for t in traits:
        alone = "; ".join(", ".join(_short(value) for value in member) for member in t.members)
        bend = ["–", "–"] if t.bend is None else _difference(t.bend, 3)
        rows.append(
            [t.name, alone, str(t.n_stars), *(interval_text(f, 2) for f in t.figures),
             f"{_differ(t):.2f}", *(text for step in t.steps for text in _difference(step, 2)),
             *bend]
        )  # fmt: skip
    headings = (
        "property", "members alone", "n", *(f"k = {k}" for k in sizes), "members differ by",
        *(text for step in steps for text in (step, "p")), "bend", "p",
    )  # fmt: skip
    return [
        html.subheading("Kernel size and what is looked at"),
        html.paragraph(_verdict(traits)),
        html.table(headings, rows, "properties of the evidence by kernel size", words=2),
        html.paragraph("; ".join(f"{t.name}: {t.words}" for t in traits) + ".", muted=True),
    ]


def _verdict(traits: Sequence[Trait]) -> str:
    """What the figures say of the published claim, with what they cannot say."""
    bent = [t for t in traits if t.bend is not None and not t.bend.low <= 0 <= t.bend.high]
    same = [t for t in bent if _alike(t)]
    wide = [t for t in traits if _range(t) > _differ(t)]
    members = len(traits[0].members)
    return (
        "Sezen 2025 saw a non-linear relation between the kernel size of a branch and the features "
        "it marks, without a figure for it. Three sizes tell no more than whether a property bends "
        "between them: the slope per pixel of kernel from the middle to the largest size minus "
        f"that from the smallest to the middle one. Of {len(traits)} properties {len(bent)} bend "
        f"beyond the 95 % interval over stars{_listed(bent)}, and {len(same)} of these in each of "
        f"the {members} members alone{_listed(same)}. But the intervals are over stars and do not "
        "hold what another seed of the same network changes: the means of the sizes lie further "
        "apart than members of one size do on average in "
        f"{len(wide)} of {len(traits)} properties{_listed(wide)}, and the strip of one member says "
        "little about that of another with the same kernel (see another member, above)."
    )


def _range(trait: Trait) -> float:
    """How far apart the means of the kernel sizes are."""
    means = [figure.value for figure in trait.figures]
    return max(means) - min(means)


def _differ(trait: Trait) -> float:
    """How far apart the members of one kernel size are, on average over the sizes."""
    spans: list[float] = [max(size) - min(size) for size in zip(*trait.members, strict=True)]
    return sum(spans) / len(spans)


def _listed(traits: Sequence[Trait]) -> str:
    return f" ({', '.join(t.name.removesuffix(', Å') for t in traits)})" if traits else ""


def _alike(trait: Trait) -> bool:
    """Whether every member alone bends as the mean does."""
    (a, b, c), bend = trait.kernels, trait.bend
    if bend is None:
        return False
    alone = [(m[2] - m[1]) / (c - b) - (m[1] - m[0]) / (b - a) for m in trait.members]
    return all(value * bend.value > 0 for value in alone)


def _diagnosed(rows: Sequence[Diagnosed]) -> list[str]:
    whole = [d for d in rows if d.group == EVERY_GROUP]
    lines: list[Line] = []
    for d in whole:
        lines.append(Line(_heading(d.strip)))
        lines += [
            Line("strongest peak", d.first, note=f"{d.permuted:.2f}"),
            Line("three strongest", d.three, note=f"{d.permuted_three:.2f}"),
        ]
    picture = draw_intervals(
        "diagnosed", lines, title="Share of peaks on the textbook lines of the star's group",
        words="share on a textbook line (95 % interval); right: strips of stars drawn from all "
        "groups", ticks=[t / 5 for t in range(6)], digits=1,
    )  # fmt: skip
    cells = [
        [d.group, d.strip, str(d.n_stars), interval_text(d.first, 2), f"{d.permuted:.2f}",
         f"{d.p:.4f}", f"{d.deepest:.2f}", interval_text(d.three, 2), f"{d.permuted_three:.2f}",
         f"{d.p_three:.4f}", f"{d.deepest_three:.2f}", f"{d.chance:.2f}"]
        for d in rows
    ]  # fmt: skip
    headings = ("group", "strip", "n", "strongest peak", "others'", "p", "deepest lines",
                "three strongest", "others'", "p", "deepest lines", "any place")  # fmt: skip
    book = [[group, ", ".join(names)] for group, names in TEXTBOOK.items()]
    return [
        html.subheading("Do the peaks lie on the lines of the textbook?"),
        html.paragraph(
            "Lines and bands that Gray & Corbally 2009 (for O and B stars also Walborn & "
            "Fitzpatrick 1990) judge each letter's giants and dwarfs by. A peak lies on one within "
            f"{PEAK_FWHM:g} resolution elements. Chance is told in three ways: any place of the "
            "valid spectrum, the strips of stars drawn from all groups (p: how often these do as "
            "well), and the places where the star absorbs most, whatever the network says."
        ),
        html.figure(picture) if lines else "",
        html.table(headings, cells, "peaks on textbook lines", words=2),
        html.table(("group", "lines and bands"), book, "the textbook's lines", words=2),
    ]


def _difference(difference: Difference, digits: int = 3) -> list[str]:
    d = difference
    return [
        f"{d.value:+.{digits}f} [{d.low:+.{digits}f}, {d.high:+.{digits}f}]",
        f"{d.p:.3f}",
    ]


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _ticks(ends: Iterable[float]) -> list[float]:
    """Even steps that hold all ends and 0."""
    low, high = min([0.0, *ends]), max([0.0, *ends])
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if high - low <= 8 * s)
    first, last = int(low / step) - (low < 0), int(high / step) + 1
    return [step * k for k in range(first, last + 1)]
