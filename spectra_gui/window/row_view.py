"""The chosen row in all panels: headline, plots and tables in the middle, answers at the right.

Repaints only the panels that a change names. Knows the document (to look at) and the panels; what
a person does in a panel leaves as a signal. Imports the plots, so it is imported after the first
paint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from spectra_gui.bundles import Bundle
from spectra_gui.data import Reading
from spectra_gui.data.explanation import Target
from spectra_gui.session import Changes, Document, Row
from spectra_gui.window import theme
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.panels.alternatives import Alternatives
from spectra_gui.window.panels.answer_header import AnswerHeader
from spectra_gui.window.panels.evidence_table import EvidenceTable
from spectra_gui.window.panels.how_read import HowRead
from spectra_gui.window.panels.members import Members
from spectra_gui.window.panels.second_opinion import SecondOpinion
from spectra_gui.window.plots.evidence_strips import EvidenceStrips
from spectra_gui.window.plots.mk_map import MKMap
from spectra_gui.window.plots.spectrum_plot import SpectrumPlot
from spectra_gui.window.plots.spectrum_scene import SpectrumScene, residual_plot
from spectra_gui.window.plots.stack import PlotStack
from spectra_gui.window.turns import NextTurn
from spectra_gui.window.work import Wish
from spectra_gui.window.your_answer import YourAnswer

RIGHT_WIDTH: Final = 304
PLOTS_WIDTH: Final = 480
"""The least; the toggles above the plots draw together before the window grows."""
SHARES: Final = (74, 26)
"""Of the height: plots, and the tables below them."""
NO_TYPE: Final = "No type is given, so there is no evidence to show."
_PANELS: Final = ("spectrum", "map", "evidence", "answers", "reading")
"""What is brought up to date first stands first."""


class RowView(QObject):
    """Builds the panels in steps (`building_steps`), then shows rows in them.

    ``override_changed(str, object)``: a file and the `Override` to read it with from now on.
    """

    override_changed = Signal(str, object)
    type_chosen = Signal(str)
    cursor_moved = Signal(object)

    def __init__(
        self, document: Document, jobs: Jobs, answer: YourAnswer, *, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = jobs
        self._row: Row | None = None
        self._bundle: Bundle | None = None
        self.target: Target = "joint"
        self.method = "guided_grad_cam"
        self.strips_wanted = True
        self.answer = answer
        self.middle, self.details, self.right = QWidget(), QWidget(), QWidget()
        self._owed: set[str] = set()
        self._closed = False
        self._turn = NextTurn(self._pay_one, self)
        jobs.explanation_failed.connect(self._tell_no_explanation)

    def building_steps(self) -> list[Callable[[], None]]:
        """What makes the panels, each step short enough for one turn of the event loop."""
        self.how = HowRead()
        return [
            self._build_residual, self._build_scene, self._build_spectrum, self._build_strips,
            self._build_plots, *self.how.making_steps(), self._build_details, self._build_how,
            self._build_map, self._build_right,
        ]  # fmt: skip

    # What the window asks

    @property
    def row(self) -> Row | None:
        return self._row

    @property
    def is_settled(self) -> bool:
        """True where nothing that the panels show of the row is still being found."""
        row = self._row
        if self._owed:
            return False
        if row is None or row.state == "unreadable" or row.verdict is None:
            return row is None or not self._jobs.is_pending(row)
        if row.prepared is None and row.verdict.state != "refuse":
            return False
        key = (self.target, self.method)
        return not self._explains(row) or self._document.explanation(row.id, key) is not None

    def _explains(self, row: Row) -> bool:
        """Explanations are for verdicts that give a type, and only where strips are visible."""
        return self.strips_wanted and row.verdict is not None and row.verdict.state != "refuse"

    def use_bundle(self, bundle: Bundle | None) -> None:
        """Templates, grid and trained boxes of the bundle in use."""
        self._bundle = bundle
        self.map.set_trained_cells(None if bundle is None else bundle.populated)
        self.show_row(self._row.id if self._row is not None else None)

    def show_row(self, row_id: int | None) -> None:
        """Show a row in all panels, None clears them."""
        self._leave_row(row_id)
        self._row = None if row_id is None else self._document.row(row_id)
        if self._row is not None:
            self._jobs.need_arrays(self._row.id)
        self._show_head()
        self.answer.show_row(self._row)
        self._wish()
        self._owe(*_PANELS)

    def _leave_row(self, row_id: int | None) -> None:
        """What is being written of a row is said of it, though Enter was not pressed yet."""
        row = self._row
        if row is not None and row.id != row_id and self._document.row(row.id) is not None:
            self.how.finish()

    def follow(self, changes: Changes) -> None:
        """Take over what changed about the shown row."""
        if self._row is None or self._row.id not in changes.rows:
            return
        before, self._row = self._row, self._document.row(self._row.id)
        row = self._row
        if row is None:
            self.show_row(None)
            return
        kinds = changes.kinds
        if kinds & {"state", "verdict", "review"}:
            self._show_head()
        if row.spectrum is not before.spectrum or row.prepared is not before.prepared:
            self._owe("spectrum")
            self._jobs.need_arrays(row.id)
        is_same = row.reading_info is before.reading_info and row.prepared is before.prepared
        if not is_same or row.override != before.override:
            self._owe("reading")
        if row.verdict is not before.verdict or row.error is not before.error:
            self._owe("spectrum", "map", "answers")
        if kinds & {"explanation", "verdict"} or row.revision != before.revision:
            self._wish()
            self._owe("evidence")
        if kinds & {"review", "verdict", "set_aside"}:
            self.answer.show_row(row)

    def explain_as(self, *, target: Target | None = None, method: str | None = None) -> None:
        """Explain another part of the answer, or in another way."""
        self.target, self.method = target or self.target, method or self.method
        self._wish()
        self._owe("evidence")

    def set_strips_wanted(self, wanted: bool) -> None:
        """Explanations are computed only where the strips are visible."""
        self.strips_wanted = wanted
        self._wish()
        self._owe("evidence")

    @property
    def is_up_to_date(self) -> bool:
        """True where every panel shows what the document holds."""
        return not self._owed

    def close(self) -> None:
        """The window closes: nothing more is shown."""
        self._closed = True
        self._owed.clear()
        self._turn.stop()

    # Panel by panel, one a turn of the event loop, so that no turn is long

    def _owe(self, *panels: str) -> None:
        if self._closed:
            return
        self._owed.update(panels)
        self._turn.start()

    def _pay_one(self) -> None:
        show = {
            "spectrum": self._show_spectrum,
            "map": self._show_map,
            "evidence": self._show_explanation,
            "answers": self._show_answers,
            "reading": self._show_reading,
        }
        for panel in _PANELS:
            if panel in self._owed:
                self._owed.discard(panel)
                show[panel]()
                break
        if self._owed:
            self._turn.start()

    def _wish(self) -> None:
        """Ask for the evidence that the panels will show."""
        row = self._row
        wanted = row is not None and self._explains(row)
        wish = Wish(row.id, self.target, self.method) if row is not None and wanted else None
        self._jobs.wish_explanation(wish)

    def _show_head(self) -> None:
        row = self._row
        if row is None:
            self.head.clear()
        elif row.state == "unreadable" and row.error is not None:
            self.head.show_unreadable(row.title, row.error)
        elif row.verdict is not None:
            self.head.show_verdict(row.title, row.verdict, label=row.label)
        elif row.state == "reading":
            self.head.show_working(row.title, "Reading…")
        else:
            self.head.show_working(row.title, row.problem or self._working_text(row))

    def _working_text(self, row: Row) -> str:
        state = self._jobs.engine_state
        if state == "ready":
            return "Typing…" if self._jobs.is_pending(row) else "Not typed. F5 types it."
        if state == "failed":
            return "Not typed: there is no model."
        return "Waiting for the model…"

    def refresh_head(self) -> None:
        """The engine became ready or failed."""
        self._show_head()

    def _show_spectrum(self) -> None:
        row = self._row
        if row is not None and row.state == "unreadable" and row.error is not None:
            error = row.error
            self.plots.show_nothing(error.reason, error.advice, has_columns=error.has_columns)
            return
        if row is None or row.spectrum is None:
            self.plots.show_spectrum(None)
            return
        spec = self._bundle.preparation if self._bundle is not None else None
        templates = None if self._bundle is None else self._bundle.templates
        self.plots.show_spectrum(row.spectrum, row.prepared, spec)
        self.plots.show_verdict(row.verdict, templates)

    def _show_reading(self) -> None:
        row = self._row
        reading = None if row is None else reading_of(row)
        prepared = None if row is None else row.prepared
        self.how.show_reading(reading, prepared)
        self.how.follow_in_tab_order(self.evidence.table)

    def _show_map(self) -> None:
        row = self._row
        unread = row is not None and row.state == "unreadable"
        absent = "Not read, so there is no type." if unread else ""
        self.map.show_verdict(None if row is None else row.verdict, absent=absent)

    def _show_answers(self) -> None:
        verdict = None if self._row is None else self._row.verdict
        self.alternatives.show_verdict(verdict)
        self.members.show_verdict(verdict)
        self.second.show_verdict(
            verdict,
            spectrum=None if self._row is None else self._row.spectrum,
            templates=None if self._bundle is None else self._bundle.templates,
        )
        for panel in (self.alternatives, self.second, self.members):
            panel.setVisible(not panel.is_empty)

    def _show_explanation(self) -> None:
        row = self._row
        if row is None or not row.verdict or row.verdict.state == "refuse":
            self.plots.show_explanation(None)
            settled = row is not None and (row.verdict or row.state == "unreadable")
            self.evidence.show_waiting(NO_TYPE if settled else "")
            return
        found = self._document.explanation(row.id, (self.target, self.method))
        if found is not None:
            self.plots.show_explanation(found)
            self.evidence.show_explanation(found)
        elif self.strips_wanted:
            self.plots.show_explaining()
            self.evidence.show_waiting("Looking for the evidence…")
        self.plots.set_strips_visible(self.strips_wanted)

    def _tell_no_explanation(self, row_id: int, message: str) -> None:
        if self._row is not None and row_id == self._row.id:
            self.plots.show_no_evidence(message)
            self.evidence.show_waiting(message)

    # Building

    def _build_residual(self) -> None:
        self._residual = residual_plot()

    def _build_scene(self) -> None:
        self._scene = SpectrumScene(residual=self._residual)

    def _build_spectrum(self) -> None:
        self._spectrum = SpectrumPlot(scene=self._scene)

    def _build_strips(self) -> None:
        self._strips = EvidenceStrips()

    def _build_plots(self) -> None:
        tokens = theme.current()
        self.head = AnswerHeader()
        self.plots = PlotStack(spectrum=self._spectrum, strips=self._strips)
        self.plots.setMinimumWidth(PLOTS_WIDTH)
        self.plots.cursor_moved.connect(self.cursor_moved)
        head = QHBoxLayout()
        head.setContentsMargins(tokens.space_4, tokens.space_2, tokens.space_4, 0)
        head.addWidget(self.head)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        for part, share in zip((self.plots, self.details), SHARES, strict=True):
            self.split.addWidget(part)
            self.split.setStretchFactor(self.split.indexOf(part), share)
        self.split.setSizes(list(SHARES))
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.space_2)
        column.addLayout(head)
        column.addWidget(self.split, 1)

    def _build_details(self) -> None:
        self.evidence = EvidenceTable()
        self.evidence.peak_activated.connect(self.plots.go_to)
        self.evidence.strip_selected.connect(self.plots.select_strip)
        self._tables = QHBoxLayout(self.details)
        self._tables.setContentsMargins(0, 0, 0, 0)
        self._tables.setSpacing(0)
        self._tables.addWidget(_scrolling(self.evidence), 1)

    def _build_how(self) -> None:
        # The panel is brought up to date a little later than the row is chosen: the file is its.
        self.how.override_changed.connect(
            lambda override: self.override_changed.emit(self.how.path, override)
        )
        self._tables.addWidget(_scrolling(self.how), 1)

    def _build_map(self) -> None:
        self.map = MKMap()
        self.alternatives = Alternatives()
        self.alternatives.alternative_chosen.connect(self.type_chosen)

    def _build_right(self) -> None:
        tokens = theme.current()
        self.second, self.members = SecondOpinion(), Members()
        self.right.setMinimumWidth(RIGHT_WIDTH)
        whole = QVBoxLayout(self.right)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.space_1)
        panels = (self.map, self.alternatives, self.second, self.members)
        whole.addWidget(_scrolling(*panels), 1)
        whole.addWidget(self.answer)


def _scrolling(*panels: QWidget) -> QScrollArea:
    """Panels one above the other that scroll where they do not fit."""
    tokens = theme.current()
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(tokens.space_4, tokens.space_3, tokens.space_4, tokens.space_2)
    column.setSpacing(tokens.space_4)
    for panel in panels:
        column.addWidget(panel)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidget(inner)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setMinimumWidth(120)
    return scroll


def reading_of(row: Row) -> Reading | None:
    """The row's own spectrum as a `Reading`, for the panel that tells how it was read."""
    info = row.reading_info
    if info is None:
        return None
    return Reading(
        path=row.path,
        format=info.format,
        reader=info.reader,
        spectra=() if row.spectrum is None else (row.spectrum,),
        decisions=info.decisions,
        warnings=info.warnings,
        choices=info.choices,
        override=row.override,
    )
