"""Pictures of explanations: what replacing pixels does, and evidence over the MK grid.

Computes no score; knows no page and no format of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

from spectra_gui.data.lines import BALMER, lines_between
from spectra_gui.evaluation.explanations import (
    EVIDENCE,
    GRADIENT,
    ORDERS,
    RANDOM,
    SHIFTED,
    EvidenceGrid,
    Faithful,
)
from spectra_gui.evaluation.svg import Drawing, Point, Scale

_STYLES: Final = {
    EVIDENCE: "curve",
    GRADIENT: "label",
    SHIFTED: "reference",
    RANDOM: "spectrum",
}
_NAMES: Final = {
    EVIDENCE: "evidence",
    GRADIENT: "plain gradient",
    SHIFTED: "evidence, shifted",
    RANDOM: "random",
}
LEVELS: Final = 8
"""Shades of a heat map; neighbouring bins of one shade are drawn as one."""
FULL: Final = 4.0
"""Times what even spreading would give, from which on a bin has the full colour."""


def draw_removal(name: str, found: Faithful, fractions: Sequence[float]) -> str:
    """Two plots: pixels replaced by the continuum, and pixels restored on it."""
    left, top, side, apart = 60.0, 30.0, 320.0, 80.0
    drawing = Drawing(
        name, 2 * (left + side) + apart - 20, top + side + 46,
        title=f"The target's probability as pixels are replaced or restored: {found.strip}",
        description="A faithful strip falls fastest when its pixels are replaced first and rises "
        "fastest when they are restored first; the table gives the areas.",
    )  # fmt: skip
    highest = max(max(v) for c in (found.deletion, found.insertion) for v in c.values())
    roof = min(1.0, int(highest * 10 + 1) / 10)
    panels = (("replaced", found.deletion), ("restored", found.insertion))
    for k, (what, curves) in enumerate(panels):
        start = left + k * (side + apart)
        x, y = Scale(0, 1, start, start + side), Scale(0, roof, top + side, top)
        ticks = [t / 5 for t in range(round(roof * 5) + 1)]
        drawing.y_axis(y, ticks, start, "probability of the target", right=start + side, gap=40)
        drawing.x_axis(x, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), top + side, f"share of pixels {what}")
        for order in ORDERS:
            points = [(x(f), y(v)) for f, v in zip(fractions, curves[order], strict=True)]
            for first, second in pairwise(points):
                drawing.line(first, second, _STYLES[order])
    for k, order in enumerate(ORDERS):
        at = left + 150.0 * k
        drawing.line((at, 10), (at + 26, 10), _STYLES[order])
        drawing.text((at + 32, 14), _NAMES[order], style="tick")
    return drawing.to_svg()


def draw_evidence(name: str, grid: EvidenceGrid) -> str:
    """Mean evidence of each group (down) over the wavelength (across), the lines on top."""
    left, top, high, right = 92.0, 64.0, 13.0, 8.0
    wide = 820.0
    n_bins = len(grid.values[0])
    end_aa = grid.start_aa + n_bins * grid.bin_aa
    x = Scale(grid.start_aa, end_aa, left, left + wide)
    rows = _spaced(grid.groups)
    bottom = top + high * (rows[-1] + 1) if rows else top
    drawing = Drawing(
        name, left + wide + right, bottom + 70,
        title=f"Evidence over the MK grid: {grid.strip}",
        description=f"{len(grid.groups)} groups of stars in bins of {grid.bin_aa:g} Å; the darker, "
        "the more evidence, in multiples of evenly spread evidence.",
    )  # fmt: skip
    _draw_lines(drawing, x, top, bottom)
    bin_px = wide / n_bins
    shades: list[list[tuple[Point, Point]]] = [[] for _ in range(LEVELS + 1)]
    for place, group, n, values in zip(rows, grid.groups, grid.n_stars, grid.values, strict=True):
        y = top + high * place
        style = "heading" if " " not in group else "small"
        drawing.text((left - 8, y + 10), f"{group}, {n}", anchor="end", style=style)
        for level, first, count in _runs(values):
            corner = (x(grid.start_aa + first * grid.bin_aa), y)
            shades[level].append((corner, (count * bin_px, high - 1)))
    for level, cells in enumerate(shades):
        if cells:
            corners, sizes = zip(*cells, strict=True)
            drawing.boxes(corners, sizes, "heat", level / LEVELS)
    ticks = [float(t) for t in range(4000, 7000, 500) if x.low <= t <= x.high]
    drawing.x_axis(x, ticks, bottom, "wavelength (Å, at rest)", digits=0)
    _draw_ramp(drawing, (left, bottom + 44))
    return drawing.to_svg()


def _spaced(groups: Sequence[str]) -> list[float]:
    """Rows of the groups, with a little room before every letter."""
    places, at = [], 0.0
    for k, group in enumerate(groups):
        at += 0.35 if k and " " not in group else 0.0
        places.append(at)
        at += 1.0
    return places


def _runs(values: Sequence[float]) -> list[tuple[int, int, int]]:
    """(level, first bin, bins) of what is not blank."""
    levels = [min(LEVELS, int(LEVELS * value / FULL)) for value in values]
    found, first = [], 0
    for level, members in groupby(levels):
        count = len(list(members))
        if level:
            found.append((level, first, count))
        first += count
    return found


def _draw_lines(drawing: Drawing, x: Scale, top: float, bottom: float) -> None:
    """The lines of the first rank by name where there is room, those of the second as ticks."""
    known = [
        line
        for line in lines_between(x.low, x.high, "air")
        if line.kind in ("line", "band") and line.rank <= 2 and x.low <= line.air_aa <= x.high
    ]
    named: list[float] = []
    for line in sorted(known, key=lambda line: (line.rank, line.name not in BALMER)):
        at = x(line.air_aa)
        drawing.line((at, top - (8 if line.rank == 1 else 4)), (at, top - 1), "rule")
        if line.rank == 1 and all(abs(at - other) >= 10.0 for other in named):
            drawing.line((at, top), (at, bottom), "grid")
            drawing.text((at + 3, top - 11), line.label, style="small", upright=True)
            named.append(at)


def _draw_ramp(drawing: Drawing, corner: tuple[float, float]) -> None:
    x, y = corner
    drawing.text((x, y + 11), "multiple of evenly spread evidence:  0", style="tick")
    start = x + 232.0
    for level in range(1, LEVELS + 1):
        drawing.box((start + 20 * (level - 1), y), (19, 14), "heat", opacity=level / LEVELS)
    drawing.text((start + 20 * LEVELS + 6, y + 11), f"≥ {FULL:g}", style="tick")
