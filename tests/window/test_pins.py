"""The Qt that is installed is one that does not corrupt Python, and pyqtgraph works on it.

PySide6 6.12.0 on Python 3.11 drops a reference to None with every call that returns nothing, until
the interpreter aborts; pyqtgraph 0.14 writes no SVG on PySide6 6.11 and later. Hence the pins.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyqtgraph
from pyqtgraph.exporters import SVGExporter
from PySide6.QtGui import QPainterPath
from pytestqt.qtbot import QtBot

VOID_CALLS = 1000


def test_void_calls_of_qt_keep_their_hands_off_none() -> None:
    path = QPainterPath()
    before = sys.getrefcount(None)
    for _ in range(VOID_CALLS):
        path.moveTo(0, 0)
    lost = before - sys.getrefcount(None)
    assert lost < VOID_CALLS / 10


def test_the_pinned_pair_is_the_one_installed() -> None:
    assert version("PySide6-Essentials") == "6.10.3"
    assert version("shiboken6") == "6.10.3"
    assert version("pyqtgraph") == "0.14.0"


def test_a_plot_is_exported_as_svg(qtbot: QtBot, tmp_path: Path) -> None:
    plot = pyqtgraph.PlotWidget()
    qtbot.addWidget(plot)
    wavelength_aa = np.linspace(4000.0, 7000.0, 50)
    plot.plot(wavelength_aa, np.sin(wavelength_aa / 300.0))
    plot.resize(400, 300)
    plot.show()
    qtbot.waitExposed(plot)
    picture = tmp_path / "plot.svg"

    SVGExporter(plot.getPlotItem()).export(str(picture))

    drawing = ElementTree.parse(picture).getroot()
    assert drawing.tag.endswith("svg")
    outlines = [element.get("d") or element.get("points") or "" for element in drawing.iter()]
    assert max(outline.count(",") for outline in outlines) >= wavelength_aa.size
