"""Pictures whose axes are numbers: shares with intervals, reliability, credible sets, spectra.

Computes no score; knows no page and no format of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.evaluation.bootstrap import Figure
from spectra_gui.evaluation.detail import Answering, SetLevel
from spectra_gui.evaluation.ece import ReliabilityBin
from spectra_gui.evaluation.svg import Drawing, Point, Scale

_SIDE: Final = 330.0
"""Height and width of a square plot."""

_SHARES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

PIXELS_TOGETHER: Final = 4
"""Pixels of the grid that a drawn point of a spectrum is the mean of."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its interval in a picture of several; without ``figure`` a heading."""

    text: str
    figure: Figure | None = None
    note: str = ""
    style: str = "mark"


def draw_intervals(
    name: str,
    lines: Sequence[Line],
    *,
    title: str,
    words: str,
    ticks: Sequence[float],
    reference: float | None = None,
    digits: int = 2,
) -> str:
    """A dot and a 95 % interval a line, its name before it and its number behind it."""
    left, right, top, high = 330.0, 120.0, 12.0, 22.0
    width = left + 340.0 + right
    bottom = top + high * len(lines)
    scale = Scale(ticks[0], ticks[-1], left, width - right)
    shown = [line for line in lines if line.figure is not None]
    drawing = Drawing(
        name, width, bottom + 44, title=title,
        description=f"{len(shown)} figures with 95 % intervals; the numbers stand at the right.",
    )  # fmt: skip
    drawing.x_axis(scale, ticks, bottom, words, digits=digits, top=top)
    if reference is not None:
        drawing.line((scale(reference), top), (scale(reference), bottom), "reference")
    for k, line in enumerate(lines):
        y = top + high * (k + 0.5)
        if line.figure is None:
            drawing.text((8, y + 4), line.text, style="heading")
            continue
        f = line.figure
        ends = [min(max(v, scale.low), scale.high) for v in (f.low, f.value, f.high)]
        tip = f"{line.text}: {f.value:.3f} [{f.low:.3f}, {f.high:.3f}]"
        drawing.text((left - 10, y + 4), line.text, anchor="end", style="tick")
        drawing.line((scale(ends[0]), y), (scale(ends[2]), y), f"whisker {line.style}")
        drawing.dot((scale(ends[1]), y), 4.5, line.style, tip=tip)
        number = f"{f.value:.{digits + 1}f}".replace("-", "\N{MINUS SIGN}")
        drawing.text((width - right + 54, y + 4), number, anchor="end", style="tick")
        drawing.text((width - right + 64, y + 4), line.note, style="axis")
    return drawing.to_svg()


def draw_reliability(
    name: str, bins: Sequence[ReliabilityBin], perfect: Sequence[tuple[float, float]]
) -> str:
    """Accuracy against probability, inside the band of perfectly calibrated models or not."""
    left, top = 60.0, 12.0
    x, y = Scale(0, 1, left, left + _SIDE), Scale(0, 1, top + _SIDE, top)
    inside = sum(low <= b.accuracy <= high for b, (low, high) in zip(bins, perfect, strict=True))
    drawing = Drawing(
        name, left + _SIDE + 14, top + _SIDE + 84, title="Reliability diagram",
        description=f"In {inside} of {len(bins)} bins the accuracy lies where 95 % of perfectly "
        "calibrated models have it; the table beside gives every bin.",
    )  # fmt: skip
    upper = [(x(b.confidence), y(high)) for b, (_, high) in zip(bins, perfect, strict=True)]
    lower = [(x(b.confidence), y(low)) for b, (low, _) in zip(bins, perfect, strict=True)]
    drawing.path([*upper, *reversed(lower)], "band", closed=True)
    drawing.y_axis(y, _SHARES, left, "share that is right", right=left + _SIDE, gap=40)
    drawing.line((x(0), y(0)), (x(1), y(1)), "reference")
    drawing.path([(x(b.confidence), y(b.accuracy)) for b in bins], "curve")
    for b in bins:
        tip = f"probability {b.confidence:.3f}: {b.accuracy:.3f} right of {b.n}"
        drawing.dot((x(b.confidence), y(b.accuracy)), 4.0, "mark", tip=tip)
    most = max((b.n for b in bins), default=1)
    foot = top + _SIDE + 40.0
    for b in bins:
        tall = 36.0 * b.n / most
        drawing.box((x(b.confidence) - 6, foot - tall), (12, tall), "count", tip=f"{b.n} stars")
    drawing.x_axis(x, _SHARES, foot, "probability of the answer (below the plot: how many)")
    return drawing.to_svg()


def draw_sets(name: str, sets: Sequence[SetLevel]) -> str:
    """Two plots: share of labels inside the credible sets, and the sets' mean size."""
    left, top, apart = 60.0, 12.0, 90.0
    x1 = Scale(0.45, 1, left, left + _SIDE)
    x2 = Scale(0.45, 1, left + _SIDE + apart, left + 2 * _SIDE + apart)
    y1 = Scale(0.45, 1, top + _SIDE, top)
    largest = max(s.set_size.high for s in sets)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if largest <= 6 * s)
    sizes = [float(step * k) for k in range(int(np.ceil(largest / step)) + 1)]
    y2 = Scale(0, sizes[-1], top + _SIDE, top)
    drawing = Drawing(
        name, left + 2 * _SIDE + apart + 14, top + _SIDE + 46, title="Credible sets",
        description="Left the share of labels inside against the level asked for, right the mean "
        "number of the 420 cells; the table beside gives all of them.",
    )  # fmt: skip
    ticks = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    drawing.y_axis(y1, ticks, left, "share of labels inside", right=left + _SIDE, gap=40)
    drawing.y_axis(
        y2, sizes, x2.start, "mean number of cells", digits=0, right=x2.end, gap=40
    )  # fmt: skip
    for scale in (x1, x2):
        drawing.x_axis(scale, ticks, top + _SIDE, "level of the set")
    drawing.line((x1(0.45), y1(0.45)), (x1(1), y1(1)), "reference")
    for x, y, name_ in ((x1, y1, "coverage"), (x2, y2, "set_size")):
        figures: list[tuple[float, Figure]] = [(s.level, getattr(s, name_)) for s in sets]
        drawing.path([(x(level), y(f.value)) for level, f in figures], "curve")
        for level, f in figures:
            drawing.line((x(level), y(f.low)), (x(level), y(f.high)), "whisker mark")
            tip = f"level {level:g}: {f.value:.3f} [{f.low:.3f}, {f.high:.3f}]"
            drawing.dot((x(level), y(f.value)), 4.0, "mark", tip=tip)
    return drawing.to_svg()


def draw_answering(name: str, points: Sequence[Answering]) -> str:
    """Share right among the surest answers, against how many are answered."""
    left, top, wide = 66.0, 12.0, 440.0
    least = min((p.accuracy.low for p in points), default=0.0)
    low = min(np.floor(least * 20) / 20, 0.95)
    x, y = Scale(0, 1, left, left + wide), Scale(low, 1, top + _SIDE, top)
    drawing = Drawing(
        name, left + wide + 14, top + _SIDE + 46,
        title="Accuracy against the fraction answered",
        description="How many letters and classes are right where only the surest answers count; "
        "the table beside gives the points.",
    )  # fmt: skip
    step = 1 if low > 0.7 else 2
    ticks = [k / 20 for k in range(20, round(low * 20) - 1, -step)]
    upper = [(x(p.fraction), y(p.accuracy.high)) for p in points]
    lower = [(x(p.fraction), y(p.accuracy.low)) for p in points]
    drawing.path([*upper, *reversed(lower)], "band", closed=True)
    drawing.y_axis(y, ticks, left, "share right of the answered", digits=2, right=left + wide,
                   gap=46)  # fmt: skip
    drawing.x_axis(x, _SHARES, top + _SIDE, "fraction answered, the surest first")
    drawing.path([(x(p.fraction), y(p.accuracy.value)) for p in points], "curve")
    for p in points:
        tip = f"{100 * p.fraction:.0f} % answered, probability ≥ {p.probability:.2f}: "
        tip += f"{p.accuracy.value:.3f} right"
        drawing.dot((x(p.fraction), y(p.accuracy.value)), 3.0, "mark", tip=tip)
    return drawing.to_svg()


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A star's spectrum and the class mean that it is laid over; (n_pixels,) each."""

    flux: NDArray[np.floating]
    valid: NDArray[np.bool_]
    mean: NDArray[np.floating] | None
    text: str
    style: str


def draw_spectrum(
    name: str, wavelength_aa: NDArray[np.float64], overlays: Sequence[Overlay], *, title: str
) -> str:
    """The star over the class means, one below the other."""
    left, top, wide, high = 44.0, 8.0, 820.0, 108.0
    x = Scale(float(wavelength_aa[0]), float(wavelength_aa[-1]), left, left + wide)
    bottom = top + high * len(overlays)
    texts = ", ".join(overlay.text for overlay in overlays)
    drawing = Drawing(
        name, left + wide + 10, bottom + 40, title=title,
        description=f"The prepared spectrum, its continuum at 1, beside: {texts}.",
    )  # fmt: skip
    ticks = [float(t) for t in range(4000, 7000, 500) if x.low <= t <= x.high]
    drawing.x_axis(x, ticks, bottom, "wavelength (Å, air, at rest)", digits=0, top=top)
    for k, overlay in enumerate(overlays):
        seen = overlay.flux[overlay.valid]
        floor, roof = (float(v) for v in np.quantile(seen, (0.002, 0.998)))
        margin = 0.08 * max(roof - floor, 0.05)
        y = Scale(floor - margin, roof + margin, top + high * (k + 1) - 4, top + high * k + 16)
        if overlay.mean is not None:
            known = np.ones(len(overlay.mean), dtype=bool)
            for run in _runs(wavelength_aa, overlay.mean, known, x, y):
                drawing.path(run, overlay.style)
        for run in _runs(wavelength_aa, overlay.flux, overlay.valid, x, y):
            drawing.path(run, "spectrum")
        drawing.text(
            (left + 4, top + high * k + 11), overlay.text, style=f"tick {overlay.style}-text"
        )
        if floor < 1.0 < roof:
            drawing.text((left - 6, y(1.0) + 4), "1", anchor="end", style="tick")
    return drawing.to_svg()


def _runs(
    wavelength_aa: NDArray[np.float64],
    flux: NDArray[np.floating],
    valid: NDArray[np.bool_],
    x: Scale,
    y: Scale,
) -> list[list[Point]]:
    """Connected pieces of a spectrum, in means of a few pixels, cut at the frame."""
    n = len(flux) // PIXELS_TOGETHER * PIXELS_TOGETHER
    parts = [a[:n].reshape(-1, PIXELS_TOGETHER) for a in (wavelength_aa, flux, valid)]
    whole: NDArray[np.bool_] = np.all(parts[2], axis=1)
    middle, mean = parts[0].mean(axis=1), np.clip(parts[1].mean(axis=1), y.low, y.high)
    runs: list[list[Point]] = []
    for k in np.flatnonzero(whole):
        if not runs or k == 0 or not whole[k - 1]:
            runs.append([])
        runs[-1].append((x(float(middle[k])), y(float(mean[k]))))
    return [run for run in runs if len(run) > 1]
