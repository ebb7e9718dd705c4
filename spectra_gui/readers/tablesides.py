"""Tables of any container, whose columns may hold several spectra side by side.

Knows the roles of columns; knows no container.
"""

from __future__ import annotations

from collections.abc import Callable

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.found import Found
from spectra_gui.readers.onedim import Habits
from spectra_gui.readers.sides import Side, find_sides
from spectra_gui.readers.sisters import are_alike, left_out, take_in
from spectra_gui.readers.tables import read_view
from spectra_gui.readers.views import View


def read_table(
    view: View,
    override: Override,
    *,
    description: str,
    evidence: str,
    habits: Habits | None = None,
) -> Found:
    """The spectra of a table; those side by side too, where each is one.

    Raises ``ReadError`` as `tables.read_view` does.
    """

    def read_side(side: Side | None) -> Found:
        return read_view(
            view,
            override,
            description=description,
            evidence=evidence,
            habits=habits,
            known=None if side is None else side.roles,
        )

    names = [column.name for column in view.columns]
    sides = find_sides(names) if override.columns is None else []
    if not sides:
        return read_side(None)
    found = read_side(sides[0])
    own: list[tuple[str, Found]] = []
    others: list[str] = []
    for side in sides[1:]:
        other = _or_none(read_side, side) if len(found.pieces) == 1 else None
        if other is not None and are_alike(found, other):
            own.append((side.label, other))
        else:
            others.append(f"Column {names[side.roles.flux or 0]}")
    found.warnings += left_out(others, "its columns")
    take_in(found, own, label=sides[0].label)
    return found


def _or_none(read_side: Callable[[Side | None], Found], side: Side) -> Found | None:
    try:
        return read_side(side)
    except ReadError:
        return None
