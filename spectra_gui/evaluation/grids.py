"""Pictures whose axes are types: confusion of letters, of classes and of both, and the MK grid.

Computes no score; knows no page and no format of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spectra_gui.data.mk import LUMINOSITY_NAMES, N_LUMINOSITY, N_SUBTYPES, subtype_name
from spectra_gui.evaluation.detail import Box, Detail, cell_name
from spectra_gui.evaluation.svg import Drawing

_CELL: Final = 46.0
_SMALL: Final = 17.0
_BOX: Final = (13.0, 30.0)

WORST_ERROR: Final = 3.0
"""Subtypes from which on a box of the map has the full colour."""


def draw_confusion(
    name: str, counts: Sequence[Sequence[int]], names: Sequence[str], what: str
) -> str:
    """Label (down) against answer (across): count, and in colour the share of the label's row.

    Labels without a star have no row.
    """
    rows = [i for i, row in enumerate(counts) if sum(row)]
    left, top = 64.0, 30.0
    right = sum(counts[i][i] for i in rows)
    total = sum(sum(row) for row in counts)
    drawing = Drawing(
        name, left + _CELL * len(names) + 8, top + _CELL * len(rows) + 34,
        title=f"Confusion of {what}",
        description=f"{right} of {total} labels have the answer on the diagonal; the table beside "
        "gives every count.",
    )  # fmt: skip
    for column, text in enumerate(names):
        drawing.text((left + _CELL * (column + 0.5), top - 8), text, anchor="middle", style="tick")
    for line, i in enumerate(rows):
        n = sum(counts[i])
        y = top + _CELL * line
        drawing.text((left - 8, y + 0.5 * _CELL + 4), names[i], anchor="end", style="tick")
        for j, count in enumerate(counts[i]):
            share = count / n
            x = left + _CELL * j
            tip = f"label {names[i]}, answer {names[j]}: {count} of {n}"
            style = "heat diagonal" if i == j else "heat"
            drawing.box((x, y), (_CELL - 1, _CELL - 1), style, opacity=_ramp(share), tip=tip)
            if count:
                style = "over" if share > 0.6 else "cell"
                middle = (x + 0.5 * _CELL, y + 0.5 * _CELL + 4)
                drawing.text(middle, str(count), anchor="middle", style=style)
    bottom = top + _CELL * len(rows)
    across = left + 0.5 * _CELL * len(names)
    drawing.text((across, bottom + 24), "answer", anchor="middle", style="axis")
    drawing.text((14, 0.5 * (top + bottom)), "label", anchor="middle", style="axis", upright=True)
    return drawing.to_svg()


def draw_cells(name: str, detail: Detail) -> str:
    """The letter + class cells that occur, label (down) against answer (across)."""
    counts = detail.confusion
    shown = [
        k for k in range(len(counts)) if sum(counts[k]) or any(row[k] for row in counts)
    ]  # fmt: skip
    rows = [k for k in shown if sum(counts[k])]
    left, top = 56.0, 56.0
    right = sum(counts[k][k] for k in rows)
    drawing = Drawing(
        name, left + _SMALL * len(shown) + 8, top + _SMALL * len(rows) + 28,
        title="Confusion of letter and class together",
        description=f"{right} of {detail.n_spectra} labels lie on the diagonal; the table beside "
        "gives recall and precision of every cell.",
    )  # fmt: skip
    for column, k in enumerate(shown):
        place = (left + _SMALL * (column + 0.5) + 4, top - 6)
        drawing.text(place, cell_name(k), style="small", upright=True)
    for line, i in enumerate(rows):
        y = top + _SMALL * line
        drawing.text((left - 6, y + 12), cell_name(i), anchor="end", style="small")
        n = sum(counts[i])
        for column, j in enumerate(shown):
            count = counts[i][j]
            if not count and i != j:
                continue
            x = left + _SMALL * column
            tip = f"label {cell_name(i)}, answer {cell_name(j)}: {count} of {n}"
            style = "heat diagonal" if i == j else "heat"
            size = (_SMALL - 1, _SMALL - 1)
            drawing.box((x, y), size, style, opacity=_ramp(count / n), tip=tip)
            style = "small over" if count / n > 0.6 else "small"
            drawing.text((x + 0.5 * _SMALL, y + 12), str(count), anchor="middle", style=style)
    _split_letters(drawing, rows, shown, left, top)
    across = left + 0.5 * _SMALL * len(shown)
    down = top + _SMALL * len(rows)
    drawing.text((across, down + 20), "answer", anchor="middle", style="axis")
    drawing.text((12, 0.5 * (top + down)), "label", anchor="middle", style="axis", upright=True)
    return drawing.to_svg()


def _split_letters(
    drawing: Drawing, rows: Sequence[int], columns: Sequence[int], left: float, top: float
) -> None:
    """Lines where a new letter begins."""
    width, height = _SMALL * len(columns), _SMALL * len(rows)
    for k in range(1, len(rows)):
        if rows[k] // N_LUMINOSITY != rows[k - 1] // N_LUMINOSITY:
            y = top + _SMALL * k - 0.5
            drawing.line((left, y), (left + width, y), "grid")
    for k in range(1, len(columns)):
        if columns[k] // N_LUMINOSITY != columns[k - 1] // N_LUMINOSITY:
            x = left + _SMALL * k - 0.5
            drawing.line((x, top), (x, top + height), "grid")


def draw_map(name: str, boxes: Sequence[Box], *, of_subtypes: bool) -> str:
    """The 70 × 6 grid by label: how many are wrong, or how far off the subtypes are; n in each."""
    wide, high = _BOX
    left, top = 34.0, 10.0
    columns = [k for k in range(N_LUMINOSITY) if any(box.column == k for box in boxes)]
    bottom = top + high * len(columns)
    what = "Mean subtype error" if of_subtypes else "Share with a wrong letter or class"
    drawing = Drawing(
        name, left + wide * N_SUBTYPES + 8, bottom + 58,
        title=f"{what} over the MK grid",
        description=f"{len(boxes)} boxes hold labels; the table beside gives half letters by class "
        "with intervals.",
    )  # fmt: skip
    for line, k in enumerate(columns):
        y = top + high * line
        drawing.text((left - 8, y + 19), LUMINOSITY_NAMES[k], anchor="end", style="tick")
        drawing.line((left, y - 0.5), (left + wide * N_SUBTYPES, y - 0.5), "grid")
    for box in boxes:
        corner = (left + wide * box.row, top + high * columns.index(box.column))
        off = 0.0 if box.subtype_mean is None else box.subtype_mean
        error = off / WORST_ERROR if of_subtypes else 1.0 - box.joint
        tip = f"{box.name}: n {box.n_spectra}, letter and class right {box.joint:.2f}"
        tip += "" if box.subtype_mean is None else f", subtype error {off:.2f}"
        size = (wide - 1, high - 1)
        drawing.box(corner, size, "error", opacity=_ramp(min(error, 1.0)), tip=tip)
        style = "tiny over" if error > 0.6 else "tiny"
        middle = (corner[0] + 0.5 * wide - 0.5, corner[1] + 18)
        drawing.text(middle, str(box.n_spectra), anchor="middle", style=style)
    for row in range(0, N_SUBTYPES, 5):
        x = left + wide * row
        drawing.line((x - 0.5, top), (x - 0.5, bottom), "grid" if row % 10 else "rule")
        drawing.text((x + 1, bottom + 14), subtype_name(row), style="tick")
    _draw_ramp(drawing, (left, bottom + 28), what, WORST_ERROR if of_subtypes else 1.0)
    return drawing.to_svg()


def _draw_ramp(drawing: Drawing, corner: tuple[float, float], what: str, most: float) -> None:
    """What the colours of a map mean."""
    x, y = corner
    steps = 5
    more = "≥ " if most > 1.0 else ""
    drawing.text((x, y + 11), f"{what}:  0", style="tick")
    start = x + 7.2 * (len(what) + 5)
    for k in range(steps):
        share = k / (steps - 1)
        drawing.box((start + 24 * k, y), (23, 14), "error", opacity=_ramp(share))
    drawing.text((start + 24 * steps + 6, y + 11), f"{more}{most:g}", style="tick")


def _ramp(share: float) -> float:
    """Opacity of a share: a little even at 0, so that the cell is seen to be there."""
    return 0.05 + 0.95 * share
