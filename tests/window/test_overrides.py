"""What a person writes into "How it was read" is said of the file that it was written for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spectra_gui.data import Decision, Override, OverrideChoice, ReadError, Reading
from spectra_gui.engine.client import ReadDone, ReadFailed

from .fakes import make_reading


def with_velocity(path: str, override: Override) -> Reading:
    """A reading that asks for the star's velocity."""
    reading = make_reading(path, override=override)
    decisions = (*reading.decisions, Decision("Velocity", "unknown", "the file has none"))
    choices = (*reading.choices, OverrideChoice("velocity_kms", "Velocity (km/s)", ""))
    return replace(reading, decisions=decisions, choices=choices)


def open_files(bench, *names: str) -> list[int]:  # type: ignore[no-untyped-def]
    bench.start_engine()
    bench.window.files.open_paths(bench.files(*names))
    answer(bench)
    return list(bench.document.ids)


def answer(bench) -> None:  # type: ignore[no-untyped-def]
    """Files named bad cannot be read; those named plain need no velocity."""
    while bench.window.jobs.is_busy:
        while bench.reader.asked:
            ticket, path, override = bench.reader.asked.pop(0)
            if "bad" in path:
                error = ReadError("not_a_spectrum", "It holds a picture.", "", path)
                bench.reader.tell(ReadFailed(ticket, path, error))
            else:
                plain = "plain" in path
                make = make_reading if plain else with_velocity
                bench.reader.tell(ReadDone(ticket, path, make(path, override=override)))
        bench.settle()
        bench.engine.answer_all()
        bench.settle()


def write(bench, text: str):  # type: ignore[no-untyped-def]
    """Write a velocity without pressing Enter."""
    bench.window.activateWindow()
    bench.qtbot.waitUntil(bench.window.isActiveWindow)
    field = bench.window.view.how.fields["velocity_kms"].field
    field.setFocus()
    bench.qtbot.keyClicks(field, text)
    return field


def overrides(bench) -> dict[str, Override]:  # type: ignore[no-untyped-def]
    return {Path(row.path).name: row.override for row in bench.document}


@pytest.mark.parametrize("next_file", ["star.txt", "plain.txt", "bad.txt"])
def test_a_velocity_that_is_being_written_is_its_stars_when_another_is_shown(  # type: ignore[no-untyped-def]
    bench, next_file: str
) -> None:
    first, second = open_files(bench, "vega.txt", next_file)
    bench.window.list.select([first])
    bench.settle()
    write(bench, "35")
    bench.window.list.select([second])
    bench.settle()
    assert overrides(bench) == {"vega.txt": Override(velocity_kms=35.0), next_file: Override()}
    fields = bench.window.view.how.fields
    assert "velocity_kms" not in fields or fields["velocity_kms"].field.text() == ""
    answer(bench)
    bench.document.undo()
    assert set(overrides(bench).values()) == {Override()}


def test_what_is_being_written_of_a_row_that_goes_is_said_of_none(bench) -> None:  # type: ignore[no-untyped-def]
    first, _ = open_files(bench, "vega.txt", "plain.txt")
    bench.window.list.select([first])
    bench.settle()
    write(bench, "35")
    bench.act("edit.remove")
    bench.settle()
    assert overrides(bench) == {"plain.txt": Override()}
    bench.document.undo()
    assert set(overrides(bench).values()) == {Override()}


def test_a_choice_in_the_panel_is_of_the_file_that_the_panel_tells_of(bench) -> None:  # type: ignore[no-untyped-def]
    """The panels follow the list a few milliseconds later."""
    first, second = open_files(bench, "vega.txt", "star.txt")
    bench.window.list.select([first])
    bench.settle()
    bench.window.list.select([second])
    combo = bench.window.view.how.fields["medium"].field
    combo.activated.emit(combo.findData("vacuum"))
    assert overrides(bench) == {"vega.txt": Override(medium="vacuum"), "star.txt": Override()}


def test_a_choice_that_was_undone_does_not_come_back_with_the_next(bench) -> None:  # type: ignore[no-untyped-def]
    """Though the file is still being read anew."""
    open_files(bench, "vega.txt")
    combo = bench.window.view.how.fields["medium"].field
    combo.activated.emit(combo.findData("vacuum"))
    answer(bench)
    bench.act("edit.undo")
    bench.settle()
    field = write(bench, "35")
    field.editingFinished.emit()
    assert overrides(bench) == {"vega.txt": Override(velocity_kms=35.0)}
