"""Live curves of a training: loss and accuracy by epoch, one pair of plots for one network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from spectra_gui.recipes import EpochDone
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.plots.axes import ValueAxis

_LOSSES: Final = (("train_loss", "training loss", "branch_1"),
                  ("validation_nll", "validation NLL", "branch_2"))  # fmt: skip
_SHARES: Final = (("letter", "letter", "branch_1"), ("luminosity", "class", "branch_2"),
                  ("joint", "both", "branch_3"))  # fmt: skip


class Curves(QWidget):
    """Two plots beside each other with their curves named above, in the curves' colours.

    A plot takes its time, so that `build` makes them one by one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self.epochs: list[EpochDone] = []
        self._items: dict[str, pg.PlotDataItem] = {}
        self._plots: list[pg.PlotWidget] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(of.space_4)
        theme.notifier().changed.connect(self._restyle)

    def build(self) -> Iterator[None]:
        """Make the plots, one at each step."""
        of = theme.current()
        for title, curves in (("Loss", _LOSSES), ("Share right", _SHARES)):
            column = QVBoxLayout()
            names = QHBoxLayout()
            names.setSpacing(of.space_3)
            names.addWidget(Words(title, bold=True))
            for _, name, token in curves:
                names.addWidget(Words(name, size="small", token=token))
            names.addStretch(1)
            column.addLayout(names)
            column.addWidget(self._plot(title, curves))
            self._row.addLayout(column, 1)
            if title == "Share right":
                self._plots[-1].setYRange(0, 1, padding=0.04)
            self._restyle()
            yield

    def _plot(self, title: str, curves: tuple[tuple[str, str, str], ...]) -> pg.PlotWidget:
        axes = {"left": ValueAxis("left"), "bottom": ValueAxis("bottom")}
        plot = pg.PlotWidget(axisItems=axes)
        axes["left"].setWidth(48)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setAccessibleName(f"{title} by epoch")
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMinimumHeight(180)
        for key, _, _ in curves:
            self._items[key] = plot.plot(antialias=True)
        self._plots.append(plot)
        return plot

    def show_epochs(self, epochs: list[EpochDone]) -> None:
        """Draw the epochs of one network."""
        self.epochs = epochs
        x = np.array([event.epoch for event in epochs], dtype=float)
        for key, item in self._items.items():
            y = np.array([getattr(event, key) for event in epochs], dtype=float)
            known = np.isfinite(y)  # a base has no training loss yet
            item.setData(x[known], y[known])
        last = max((event.epochs for event in epochs), default=1)
        for plot in self._plots:
            plot.setXRange(0, last, padding=0.05)
        if epochs:
            newest = epochs[-1]
            self.setAccessibleDescription(
                f"Epoch {newest.epoch}: validation NLL {newest.validation_nll:.2f}, letter "
                f"{newest.letter:.2f}, class {newest.luminosity:.2f}, both {newest.joint:.2f}"
            )

    def _restyle(self) -> None:
        for plot in self._plots:
            plot.setBackground(theme.color("surface"))
            plot.getAxis("left").restyle()
            plot.getAxis("left").setWidth(48)
            plot.getAxis("bottom").restyle()
            plot.getAxis("bottom").set_words("epoch")
        for key, _, token in (*_LOSSES, *_SHARES):
            if key not in self._items:
                continue
            pen = pg.mkPen(theme.color(token), width=1)
            self._items[key].setPen(pen)
            self._items[key].setSymbol("o")
            self._items[key].setSymbolSize(4)
            self._items[key].setSymbolPen(None)
            self._items[key].setSymbolBrush(pg.mkBrush(theme.color(token)))
