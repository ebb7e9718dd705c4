"""An unknown table becomes a typed row; the next of its kind is read at once, and says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from spectra_gui.data import Override, mapping_in
from spectra_gui.engine.client import ReadDone, ReaderClient
from spectra_gui.engine.door import read
from spectra_gui.session import SetOverride, set_label
from spectra_gui.settings import load_mappings
from tests.unknown_tables import star, write_table, write_text_table

from .conftest import MappingBench

ODD = Override(columns=("beta", "alpha", "gamma"))


def test_an_unknown_table_is_mapped_and_typed_and_taken_back(
    bench: MappingBench, tmp_path: Path
) -> None:
    row = bench.open(write_table(tmp_path / "vega.fits"))
    assert row.state == "unreadable"
    assert bench.window.view.plots.absence.map_columns.isVisible()

    dialog = bench.dialog()
    assert not dialog.ok.isEnabled()
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    bench.preview(dialog)
    assert dialog.preview.curve.xData[0] == 3850.0
    assert "600 points from 3850.0 to 6900.0 Å" in dialog.preview.sentence.text()
    dialog.ok.click()

    row = bench.settle(tmp_path / "vega.fits")
    assert row.state == "typed"
    assert row.override == ODD
    assert len(load_mappings()) == 0
    bench.document.undo()
    assert bench.settle(tmp_path / "vega.fits").state == "unreadable"


def test_a_remembered_mapping_reads_the_next_file_and_tells_so_everywhere(
    bench: MappingBench, tmp_path: Path
) -> None:
    bench.open(write_text_table(tmp_path / "vega.csv"))
    dialog = bench.dialog()
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    unit = dialog.fields.combos["wavelength_unit"]
    unit.activated.emit(unit.findText("nm"))
    dialog.remember.setChecked(True)
    dialog.name.setText("at home")
    bench.preview(dialog)
    dialog.ok.click()
    bench.settle(tmp_path / "vega.csv")

    second = bench.open(write_text_table(tmp_path / "altair.csv", n=500))

    assert second.state == "typed"
    assert second.override == Override()
    assert second.reading_info is not None
    by = mapping_in(second.reading_info.decisions)
    assert by is not None
    assert (by.value, by.evidence) == ("at home", "same columns as vega.csv")
    assert "Mapping: at home, same columns as vega.csv" in (
        bench.window.view.how.accessibleDescription()
    )
    python = read(tmp_path / "altair.csv", mappings=load_mappings())
    assert python.decisions == second.reading_info.decisions
    assert second.spectrum is not None
    assert (python.spectra[0].wavelength_aa == second.spectrum.wavelength_aa).all()


def test_the_dialog_of_a_mapped_file_shows_the_mapping_and_changes_it(
    bench: MappingBench, tmp_path: Path
) -> None:
    test_a_remembered_mapping_reads_the_next_file_and_tells_so_everywhere(bench, tmp_path)

    dialog = bench.dialog()
    assert [combo.currentText() for combo in dialog.table.combos] == [
        "Flux",
        "Wavelength",
        "Uncertainty",
    ]
    assert dialog.name.text() == "at home"
    dialog.remember.setChecked(True)
    kind = dialog.fields.combos["uncertainty"]
    kind.activated.emit(kind.findText("variance"))
    bench.wait(lambda: "uncertainty variance" in dialog.preview.sentence.text())
    dialog.ok.click()

    (mapping,) = load_mappings()
    assert mapping.override.uncertainty == "variance"


def test_a_second_mapping_for_such_files_says_which_one_it_takes_over_from(
    bench: MappingBench, tmp_path: Path
) -> None:
    test_a_remembered_mapping_reads_the_next_file_and_tells_so_everywhere(bench, tmp_path)

    dialog = bench.dialog()
    dialog.remember.setChecked(True)
    assert "newer" not in dialog.note.text()  # the name is that of the one that it replaces
    dialog.name.setText("")
    bench.qtbot.keyClicks(dialog.name, "in winter")
    assert "read by “at home” now; this one, being newer, is used instead" in dialog.note.text()
    bench.preview(dialog)
    dialog.ok.click()

    mappings = load_mappings()
    assert mappings.names == ("at home", "in winter")
    newer = mappings.used_instead_of(mappings[0])
    assert newer is not None
    assert newer.name == "in winter"


def test_all_unread_files_of_the_shape_are_read_so_as_one_step(
    bench: MappingBench, tmp_path: Path
) -> None:
    alike = [write_table(tmp_path / f"star{i}.fits", seed=i) for i in range(3)]
    other = write_table(tmp_path / "other.npz")
    bench.open(other, *alike)

    dialog = bench.dialog()
    bench.wait(lambda: "2 other files" in dialog.also.text())
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    dialog.also.setChecked(True)
    bench.preview(dialog)
    dialog.ok.click()

    assert [bench.settle(path).state for path in alike] == ["typed"] * 3
    assert bench.settle(other).state == "unreadable"
    bench.document.undo()
    assert [bench.settle(path).state for path in alike] == ["unreadable"] * 3


def test_files_that_were_read_by_guess_follow_and_those_with_a_label_do_not(
    bench: MappingBench, tmp_path: Path
) -> None:
    texts = [tmp_path / f"star{i}.txt" for i in range(3)]
    for path in texts:
        flux, wavelength, sigma = star()
        rows = zip(wavelength, sigma, flux, strict=True)
        path.write_text("\n".join(f"{a:.2f} {b:.2f} {c:.2f}" for a, b, c in rows))
    bench.open(*texts)
    bench.document.do(set_label([bench.row(texts[0])], "G2 V"))

    dialog = bench.dialog()
    bench.wait(lambda: "the other file" in dialog.also.text())
    bench.choose(dialog, "Wavelength", "–", "Flux")
    dialog.also.setChecked(True)
    bench.preview(dialog)
    dialog.ok.click()

    told = [bench.settle(path).override.columns for path in texts]
    assert told == [None, ("0", "2"), ("0", "2")]


def test_what_is_of_one_star_is_not_said_of_the_others(bench: MappingBench, tmp_path: Path) -> None:
    other, one = (write_table(tmp_path / f"star{i}.fits", seed=i) for i in range(2))
    bench.open(other, one)
    bench.document.do(SetOverride(str(other), Override(velocity_kms=-20.0)))
    bench.settle(other)
    bench.document.do(SetOverride(str(one), Override(velocity_kms=35.0)))
    bench.settle(one)

    dialog = bench.dialog()
    bench.wait(lambda: "the other file" in dialog.also.text())
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    dialog.also.setChecked(True)
    bench.preview(dialog)
    dialog.ok.click()

    assert bench.settle(one).override == replace(ODD, velocity_kms=35.0)
    assert bench.settle(other).override == replace(ODD, velocity_kms=-20.0)


def test_a_file_that_is_read_so_already_outlives_undo(bench: MappingBench, tmp_path: Path) -> None:
    one, other = (write_table(tmp_path / f"star{i}.fits", seed=i) for i in range(2))
    bench.open(other, one)
    bench.document.do(SetOverride(str(one), ODD))
    bench.settle(one)
    bench.document.do(set_label([bench.row(one)], "G2 V"))

    dialog = bench.dialog()
    bench.wait(lambda: "the other file" in dialog.also.text())
    dialog.also.setChecked(True)
    bench.preview(dialog)
    dialog.ok.click()
    assert bench.settle(other).state == "typed"

    bench.document.undo()
    assert bench.settle(other).state == "unreadable"
    assert bench.row(one).label == "G2 V"
    bench.document.redo()
    assert bench.settle(other).state == "typed"


def test_a_label_of_a_file_that_is_not_read_any_more_is_not_taken_off_with_others(
    bench: MappingBench, tmp_path: Path
) -> None:
    labelled, other, one = (write_table(tmp_path / f"star{i}.fits", seed=i) for i in range(3))
    bench.open(labelled, other, one)
    bench.document.do(set_label([bench.row(labelled)], "K3 III"))

    dialog = bench.dialog()
    bench.wait(lambda: "the other file" in dialog.also.text())
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    dialog.also.setChecked(True)
    bench.preview(dialog)
    dialog.ok.click()

    assert bench.settle(other).state == "typed"
    assert bench.row(labelled).label == "K3 III"
    assert bench.row(labelled).override == Override()


def test_a_choice_that_reads_nothing_says_why_and_cannot_be_applied(
    bench: MappingBench, tmp_path: Path
) -> None:
    bench.open(write_table(tmp_path / "vega.fits"))
    dialog = bench.dialog()
    bench.choose(dialog, "Wavelength", "–", "Flux")

    bench.wait(lambda: "wavelengths cannot be recognised" in dialog.preview.sentence.text())
    assert not dialog.ok.isEnabled()
    bench.choose(dialog, "–", "–", "Flux")
    bench.wait(lambda: dialog.preview.sentence.text() == "Choose the column of the wavelengths.")


def test_an_answer_to_an_earlier_choice_does_not_allow_the_present_one(
    bench: MappingBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets: list[int] = []

    def ask(reader: ReaderClient, path: str, *, override: Override | None = None) -> int:
        tickets.append(real(reader, path, override=override))
        return tickets[-1]

    real = ReaderClient.read
    monkeypatch.setattr(ReaderClient, "read", ask)
    path = write_table(tmp_path / "vega.fits")
    bench.open(path)
    dialog = bench.dialog()
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    bench.preview(dialog)

    bench.choose(dialog, "–", "Wavelength", "Uncertainty")
    late = ReadDone(tickets[-1], str(path), read(path, override=ODD))
    bench.window.jobs.aside.emit(late)
    assert not dialog.ok.isEnabled()
    bench.wait(lambda: dialog.preview.sentence.text() == "Choose the column of the flux.")
    bench.window.jobs.aside.emit(late)
    assert not dialog.ok.isEnabled()
    assert dialog.preview.sentence.text() == "Choose the column of the flux."
    dialog.reject()


def test_lines_that_are_skipped_change_the_table(bench: MappingBench, tmp_path: Path) -> None:
    path = tmp_path / "noted.txt"
    path.write_text("1 2\n3 4\n5 6\n" + "\n".join(f"{4000 + 5 * i};{i % 7}" for i in range(500)))
    bench.open(path)
    dialog = bench.dialog()
    assert dialog.lines.toPlainText().splitlines()[3].endswith("4000;0")

    dialog.fields.skip.setValue(3)
    bench.wait(dialog.ok.isEnabled)
    item = dialog.table.item(1, 0)
    assert item is not None
    assert item.text() == "4000"
    dialog.ok.click()

    row = bench.settle(path)
    assert row.state == "typed"
    assert row.override == Override(skip_rows=3)


def test_a_name_that_is_taken_is_told_and_the_dialog_stays(
    bench: MappingBench, tmp_path: Path
) -> None:
    test_a_remembered_mapping_reads_the_next_file_and_tells_so_everywhere(bench, tmp_path)
    bench.open(write_table(tmp_path / "vega.fits"))
    dialog = bench.dialog()
    bench.choose(dialog, "Flux", "Wavelength", "–")
    dialog.remember.setChecked(True)
    dialog.name.setText("at home")
    bench.preview(dialog)
    dialog.ok.click()

    assert dialog.isVisible()
    assert "already" in dialog.note.text()
    dialog.reject()


def test_the_keyboard_reaches_every_role_and_escape_changes_nothing(
    bench: MappingBench, tmp_path: Path
) -> None:
    bench.open(write_table(tmp_path / "vega.fits"))
    dialog = bench.dialog()
    dialog.activateWindow()
    first = dialog.table.combos[0]
    first.setFocus()
    for combo in dialog.table.combos:
        assert combo.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert combo.accessibleName().startswith("Role of ")
    bench.qtbot.keyClick(first, Qt.Key.Key_Down)
    bench.qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    assert bench.row(tmp_path / "vega.fits").state == "unreadable"
    bench.wait(lambda: bench.window.parts["mapper"].dialog is None)


def test_tab_goes_from_role_to_role_and_on_through_the_dialog(
    bench: MappingBench, tmp_path: Path
) -> None:
    bench.open(write_text_table(tmp_path / "vega.csv"))
    dialog = bench.dialog()
    dialog.activateWindow()
    bench.wait(dialog.isActiveWindow)
    bench.choose(dialog, "Flux", "Wavelength", "Uncertainty")
    bench.preview(dialog)
    fields, combos = dialog.fields, dialog.table.combos
    assert combos[0].hasFocus()
    dialog.remember.setChecked(True)
    cancel = dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel)
    order = [
        *combos[1:], fields.skip, *fields.combos.values(), dialog.remember, dialog.name, dialog.ok,
        cancel, combos[0],
    ]  # fmt: skip
    for wanted in order:
        focused = dialog.focusWidget()
        assert focused is not None
        bench.qtbot.keyClick(focused, Qt.Key.Key_Tab)
        assert wanted.hasFocus(), f"{dialog.focusWidget()} instead of {wanted}"
    dialog.reject()


def test_tab_reaches_the_roles_of_another_form_of_the_table(
    bench: MappingBench, tmp_path: Path
) -> None:
    path = tmp_path / "noted.txt"
    path.write_text("1 2\n3 4\n5 6\n" + "\n".join(f"{4000 + i} {i % 7} 1" for i in range(500)))
    bench.open(path)
    dialog = bench.dialog()
    dialog.activateWindow()
    bench.wait(dialog.isActiveWindow)
    dialog.fields.skip.setValue(3)
    bench.wait(lambda: len(dialog.table.combos) == 3)
    dialog.table.combos[0].setFocus()
    for combo in dialog.table.combos[1:]:
        bench.qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        assert combo.hasFocus()
    bench.qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.fields.skip.hasFocus()
    dialog.reject()


@pytest.mark.parametrize("name", ["vega", "a night of many observers " * 8])
def test_the_dialog_fits_a_small_screen(bench: MappingBench, tmp_path: Path, name: str) -> None:
    bench.open(write_text_table(tmp_path / f"{name}.csv"))
    dialog = bench.dialog()
    assert dialog.width() <= 1280
    assert dialog.height() <= 760
    assert dialog.minimumSizeHint().height() <= 760
    assert dialog.findChild(QDialogButtonBox) is not None


def test_a_picture_offers_no_columns(bench: MappingBench, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert bench.open(path).state == "unreadable"
    assert not bench.window.view.plots.absence.map_columns.isVisible()
