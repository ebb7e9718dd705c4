"""The list sorts and filters as an astronomer expects, and keeps selections on their rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel

from spectra_gui.data import ReadError
from spectra_gui.data.preparation import MOST_ESTIMATED_SNR
from spectra_gui.session import AddSpectra, Document, RemoveRows, set_label, set_reviewed
from spectra_gui.window import theme
from spectra_gui.window.list_model import (
    NAME,
    PROBABILITY,
    ROW_ID_ROLE,
    SNR,
    STATE_COLUMN,
    STATE_ROLE,
    TYPE,
    ListModel,
)
from spectra_gui.window.panels.words import snr_words
from spectra_gui.window.spectra_list import SpectraList
from tests.verdicts import make_verdict

from .fakes import make_reading

STARS = {"HD 10": "K3 III", "HD 9": "G2 V", "alf Dra": "A0 III", "HD 100": "M3 V"}


@pytest.fixture
def document() -> Document:
    made = Document()
    made.do(AddSpectra([f"/data/{name}.fits" for name in STARS]))
    for row_id, (name, type_) in zip(made.ids, STARS.items(), strict=True):
        path = f"/data/{name}.fits"
        made.store_reading(path, make_reading(path, name), revision=0)
        state = "caution" if name == "HD 9" else "accept"
        made.store_verdict(row_id, make_verdict(type_, state=state), None, revision=0)
    return made


@pytest.fixture
def model(qapp: object, document: Document):  # type: ignore[no-untyped-def]
    made = ListModel(document, is_pending=lambda row: True)
    made.tester = QAbstractItemModelTester(
        made, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    yield made
    made.close()


def _names(model: ListModel) -> list[str]:
    return [model.index(i, NAME).data() for i in range(model.rowCount())]


def test_names_sort_by_number(model: ListModel) -> None:
    model.sort(NAME)
    assert _names(model) == ["alf Dra", "HD 9", "HD 10", "HD 100"]


def test_types_sort_from_hot_to_cool(model: ListModel) -> None:
    model.sort(TYPE)
    assert _names(model) == ["alf Dra", "HD 9", "HD 10", "HD 100"]
    model.sort(TYPE, Qt.SortOrder.DescendingOrder)
    assert _names(model) == ["HD 100", "HD 10", "HD 9", "alf Dra"]


def test_no_column_gives_the_order_of_opening_back(model: ListModel) -> None:
    model.sort(NAME)
    model.sort(-1)
    assert _names(model) == list(STARS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hd", ["HD 10", "HD 9", "HD 100"]),
        ("G2 V", ["HD 9"]),
        ("k3", ["HD 10"]),
        ("caution", ["HD 9"]),
        ("state:accept type:m", ["HD 100"]),
        ("name:dra", ["alf Dra"]),
        ("nothing", []),
        ("  ", list(STARS)),
    ],
)
def test_the_filter_finds_name_type_and_state(
    model: ListModel, text: str, names: list[str]
) -> None:
    model.set_filter(text)
    assert _names(model) == names


def test_reviewed_rows_are_found_by_that_word(model: ListModel, document: Document) -> None:
    document.do(set_reviewed(document.rows(document.ids[:1]), reviewed=True))
    model.set_filter("reviewed")
    assert _names(model) == ["HD 10"]


def test_a_selection_stays_on_its_row_through_sort_filter_and_removal(
    model: ListModel, document: Document
) -> None:
    chosen = document.ids[3]
    index = QPersistentModelIndex(model.index(model.line_of(chosen), NAME))
    model.sort(TYPE, Qt.SortOrder.DescendingOrder)
    assert index.data(ROW_ID_ROLE) == chosen
    model.set_filter("hd")
    assert index.data(ROW_ID_ROLE) == chosen
    document.do(RemoveRows([document.ids[0], document.ids[2]]))
    assert index.data(ROW_ID_ROLE) == chosen
    document.undo()
    model.set_filter("")
    assert index.data(ROW_ID_ROLE) == chosen
    assert sorted(_names(model)) == sorted(STARS)


def test_a_persons_type_stands_before_the_models(model: ListModel, document: Document) -> None:
    document.do(set_label(document.rows(document.ids[:1]), "K5 III"))
    index = model.index(0, TYPE)
    assert index.data() == "K5 III"
    assert "The model says K3 III" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_an_unreadable_row_says_why(model: ListModel, document: Document) -> None:
    document.do(AddSpectra(["/data/broken.fits"]))
    error = ReadError("damaged", "The file ends in the header.", "Copy it again.")
    document.store_read_error("/data/broken.fits", error, revision=0)
    index = model.index(4, TYPE)
    assert index.data() == "unreadable"
    assert "ends in the header. Copy it again." in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_refused_spectrum_shows_no_type_and_no_probability(
    model: ListModel, document: Document
) -> None:
    document.forget_verdicts(document.ids[:1])
    document.store_verdict(document.ids[0], make_verdict(state="refuse"), None, revision=1)
    assert model.index(0, TYPE).data() == "\N{EN DASH}"
    assert model.index(0, PROBABILITY).data() == ""
    assert model.index(0, SNR).data() == "180"


def test_a_probability_never_claims_certainty(model: ListModel, document: Document) -> None:
    document.forget_verdicts(document.ids[:1])
    verdict = replace(make_verdict(), probability=0.9987)
    document.store_verdict(document.ids[0], verdict, None, revision=1)
    assert model.index(0, PROBABILITY).data() == ">99"


def test_states_tell_what_is_under_way(qapp: object, document: Document) -> None:
    pending = {document.ids[0]}
    made = ListModel(document, is_pending=lambda row: row.id in pending)
    document.forget_verdicts()
    states = [made.index(i, STATE_COLUMN).data(STATE_ROLE) for i in range(4)]
    assert states == ["typing", "stopped", "stopped", "stopped"]
    made.close()


def test_new_verdicts_find_their_place_in_a_sorted_list(
    qtbot,  # type: ignore[no-untyped-def]
    model: ListModel,
    document: Document,
) -> None:
    model.sort(TYPE)
    assert _names(model) == ["alf Dra", "HD 9", "HD 10", "HD 100"]
    document.forget_verdicts(document.ids[:1])
    document.store_verdict(document.ids[0], make_verdict("O5 V"), None, revision=1)
    wanted = [("HD 10", "O5 V"), ("alf Dra", "A0 III"), ("HD 9", "G2 V"), ("HD 100", "M3 V")]
    qtbot.waitUntil(
        lambda: (
            [(model.index(i, NAME).data(), model.index(i, TYPE).data()) for i in range(4)] == wanted
        )
    )


def test_the_selection_outlives_the_removal_of_many_scattered_rows(qtbot) -> None:  # type: ignore[no-untyped-def]
    document = Document()
    document.do(AddSpectra([f"/data/{i}.fits" for i in range(400)]))
    model = ListModel(document, is_pending=lambda row: True)
    spectra = SpectraList(model)
    qtbot.addWidget(spectra)
    spectra.select([document.ids[101], document.ids[103]])
    chosen = spectra.selected_ids()
    document.do(RemoveRows(document.ids[::2]))
    assert spectra.selected_ids() == chosen
    assert spectra.current_id == chosen[0]
    document.undo()
    assert spectra.selected_ids() == chosen
    model.close()


def test_words_longer_than_their_column_and_names_are_shown_as_far_as_they_fit(
    qtbot,  # type: ignore[no-untyped-def]
    document: Document,
) -> None:
    document.do(AddSpectra(["/data/broken.fits"]))
    error = ReadError("damaged", "The file ends in the header.", "Copy it again.")
    document.store_read_error("/data/broken.fits", error, revision=0)
    model = ListModel(document, is_pending=lambda row: True)
    spectra = SpectraList(model)
    qtbot.addWidget(spectra)
    spectra.resize(300, 400)
    spectra.show()
    table = spectra.table
    assert table.columnWidth(NAME) > 110
    word, beside = (table.visualRect(model.index(4, column)) for column in (TYPE, PROBABILITY))
    image = spectra.table.viewport().grab().toImage()
    ground = image.pixelColor(word.left() + 1, word.top() + 1)
    inked = [
        x
        for x in range(beside.left(), beside.right())
        if any(image.pixelColor(x, y) != ground for y in range(beside.top(), beside.bottom()))
    ]
    assert inked, "the end of “unreadable” is cut off"
    model.close()


def test_several_selected_rows_are_counted_where_one_acts_on_them(
    qtbot,  # type: ignore[no-untyped-def]
    model: ListModel,
    document: Document,
) -> None:
    spectra = SpectraList(model)
    qtbot.addWidget(spectra)
    spectra.select(document.ids[:3])
    assert any("3 selected" in label.text() for label in spectra.findChildren(QLabel))
    spectra.select(document.ids[:1])
    assert not any("selected" in label.text() for label in spectra.findChildren(QLabel))


def test_filtering_the_current_row_away_shows_the_first_that_is_left(
    qtbot,  # type: ignore[no-untyped-def]
    model: ListModel,
    document: Document,
) -> None:
    spectra = SpectraList(model)
    qtbot.addWidget(spectra)
    spectra.select([document.ids[0]])
    spectra.filter.setText("name:dra")
    assert spectra.current_id == document.ids[2]
    spectra.filter.setText("nothing")
    assert spectra.current_id is None
    spectra.filter.setText("")
    assert spectra.current_id is not None


def test_a_click_on_a_heading_sorts_whatever_is_selected(
    qtbot,  # type: ignore[no-untyped-def]
    model: ListModel,
    document: Document,
) -> None:
    spectra = SpectraList(model)
    qtbot.addWidget(spectra)
    spectra.resize(330, 400)
    spectra.show()
    spectra.select(document.ids[:1])
    spectra.table.selectAll()
    chosen = spectra.selected_ids()
    header = spectra.table.horizontalHeader()
    x = header.sectionViewportPosition(NAME) + 20
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 8))
    assert _names(model) == ["alf Dra", "HD 9", "HD 10", "HD 100"]
    assert sorted(spectra.selected_ids()) == sorted(chosen)


def test_a_signal_to_noise_that_is_only_a_bound_is_shown_whole(bench) -> None:  # type: ignore[no-untyped-def]
    table = bench.window.list.table
    text = snr_words(MOST_ESTIMATED_SNR)
    room = table.columnWidth(SNR) - 2 * 6
    assert QFontMetrics(theme.font("body")).elidedText(text, Qt.TextElideMode.ElideRight, room) == (
        text
    )
