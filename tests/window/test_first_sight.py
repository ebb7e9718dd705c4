"""What a person sees when the first spectrum comes."""

from __future__ import annotations

from spectra_gui.engine.client import Explained

from .fakes import make_explanation


def test_all_panes_come_into_sight(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    window = bench.window
    bench.open("a.txt")
    window.refresh()
    panes = (window.list.table, window.view.plots, window.view.details, window.view.right)
    qtbot.waitUntil(lambda: all(pane.isVisible() and pane.updatesEnabled() for pane in panes))


def test_the_evidence_has_room_for_several_lines_at_first(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    window = bench.window
    window.resize(1440, 900)
    bench.open("a.txt")
    ((ticket, key, revision),) = bench.engine.explained
    bench.engine.tell(Explained(ticket, key, revision, make_explanation()))
    bench.settle()
    table = window.view.evidence.table
    room = window.view.details.height() - table.mapTo(window.view.details, table.pos()).y()
    row = table.verticalHeader().defaultSectionSize()
    qtbot.waitUntil(lambda: room > 5 * row)
    assert window.view.plots.spectrum.height() > window.view.details.height()
