"""The MK grid as a heat map under its heading, by letters or by subtypes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from spectra_gui.data import Verdict
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.panels.segmented import Segmented
from spectra_gui.window.plots.map_canvas import MapCanvas, MapView

REFUSED = "No type is given, so there is nothing to show on the grid."


class MKMap(Section):
    """The map under its heading, with the choice of letters or subtypes."""

    cell_clicked = Signal(int, int)
    view_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._choice = Segmented(
            [
                ("letters", "letters", "Seven letters by six luminosity classes"),
                ("subtypes", "subtypes", "Seventy subtypes by six luminosity classes"),
            ],
            name="Detail of the MK grid",
        )
        super().__init__("MK grid", trailing=self._choice, parent=parent)
        self.canvas = MapCanvas(self)
        self.note = Words(token="text_muted", wrap=True)
        self.note.hide()
        self.body.addWidget(self.canvas)
        self.body.addWidget(self.note)
        self._choice.chosen.connect(self._take_view)
        self.canvas.cell_clicked.connect(self.cell_clicked)

    def show_verdict(self, verdict: Verdict | None, *, absent: str = "") -> None:
        """Show the probabilities of a verdict; none are shown where it is refused.

        ``absent`` says in the grid's place why there will be no verdict.
        """
        refused = verdict is not None and verdict.state == "refuse"
        words = REFUSED if refused else absent
        self.canvas.show_verdict(verdict)
        self.note.setText(words)
        self.note.setVisible(bool(words))
        for part in (self.canvas, self._choice):
            part.setVisible(not words)

    def set_trained_cells(self, mask: NDArray[np.bool_] | None) -> None:
        """``mask`` (70, 6), True where the bundle had training stars; the others are hatched."""
        self.canvas.set_trained(mask)

    def set_view(self, view: MapView) -> None:
        """Show letters or subtypes."""
        self._choice.choose(view)
        self.canvas.set_view(view)

    @property
    def view(self) -> str:
        return self._choice.key

    def _take_view(self, key: str) -> None:
        self.canvas.set_view("letters" if key == "letters" else "subtypes")
        self.view_changed.emit(key)
