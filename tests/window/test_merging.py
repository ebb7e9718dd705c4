"""Orders of an echelle in the window: a row each, one row for all, and back, labels with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox

from spectra_gui.engine.client import ReadDone
from spectra_gui.readers import read
from spectra_gui.session import set_label
from tests.echelle import linear_orders, multispec


def answer(bench: Any) -> None:
    """Read what is asked, as the child would, and type it."""
    while bench.window.jobs.is_busy:
        while bench.reader.asked:
            ticket, path, override = bench.reader.asked.pop(0)
            bench.reader.tell(ReadDone(ticket, path, read(path, override=override)))
        bench.settle()
        bench.engine.answer_all()
        bench.settle()


def choose(bench: Any, option: str) -> None:
    combo = bench.window.view.how.fields["merge"].field
    assert isinstance(combo, QComboBox)
    combo.activated.emit(combo.findData(option))
    answer(bench)


def test_orders_become_one_row_by_one_choice_and_come_back_with_their_labels(
    bench: Any, tmp_path: Path
) -> None:
    path = multispec(tmp_path, linear_orders(6))
    bench.start_engine()
    bench.window.files.open_paths([path])
    answer(bench)
    ids = bench.document.ids
    assert len(ids) == 6
    bench.window.list.select([ids[2]])
    bench.settle()
    bench.document.do(set_label(bench.document.rows([ids[2]]), "A0 V"))

    choose(bench, "merged")
    (row,) = bench.document
    assert (row.name, row.label, row.state) == ("HD 1", "A0 V", "typed")
    assert len(row.spectrum) > 3000
    assert bench.window.view.row.id == row.id
    shown = bench.window.view.how.fields["merge"].field
    assert (shown.currentText(), shown.itemText(0)) == ("merged", "as read")

    bench.act("edit.undo")
    answer(bench)
    assert bench.document.ids == ids
    assert [row.label for row in bench.document] == [None, None, "A0 V", None, None, None]

    bench.act("edit.redo")
    answer(bench)
    choose(bench, "separate")
    assert [row.index for row in bench.document] == [0, 1, 2, 3, 4, 5]
    assert [row.label for row in bench.document] == ["A0 V", None, None, None, None, None]
