"""The tables of formats in README and READERS.md are those that `formats()` gives today."""

from __future__ import annotations

import pytest

from spectra_gui.readers import formats
from spectra_gui.readers.listing import built_in_formats

from .page import GROUPS, MARKS, PAGE, README, full_table, short_table, source


def test_each_format_stands_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names.split()]
    assert sorted(grouped) == sorted(info.name for info in built_in_formats())
    assert {info.name for info in built_in_formats()} <= {info.name for info in formats()}


@pytest.mark.parametrize(("page", "table"), [(README, short_table()), (PAGE, full_table())])
def test_pages_hold_the_tables_of_today(page: object, table: str) -> None:
    """Made anew by ``python -m tests.readers.page --write``."""
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    _, _, rest = text.partition(MARKS[0] + "\n")
    assert rest.partition(MARKS[1])[0] == table


def test_what_has_a_specification_names_it() -> None:
    """What many programs write has none."""
    bare = {info.name for info in built_in_formats() if not source(info.name)}
    assert bare == {"fits-matrix", "fits-rows", "text"}
