"""Which conditions of the actions' table hold, by what is in the list and what is selected."""

from __future__ import annotations

from spectra_gui.session import Document
from spectra_gui.window.spectra_list import SpectraList


def conditions(
    document: Document, spectra: SpectraList, *, busy: bool, has_bundle: bool, has_plots: bool
) -> set[str]:
    """Names of `actions.CONDITIONS` that hold."""
    row = None if spectra.current_id is None else document.row(spectra.current_id)
    selected = document.rows(spectra.selected_ids()) or ((row,) if row else ())
    holding = {
        "rows": len(document) > 0,
        "selection": bool(selected),
        "current": row is not None,
        "answer": any(one.answer for one in selected),
        "aside": any(one.asides for one in selected),
        "undo": bool(document.undo_text),
        "redo": bool(document.redo_text),
        "busy": busy,
        "bundle": has_bundle,
        "picture": has_plots and row is not None and row.spectrum is not None,
    }
    return {name for name, holds in holding.items() if holds}
