"""The Spectrum and View menus: how things are shown. Nothing here changes a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from spectra_gui.data.explanation import Target
from spectra_gui.settings import Settings
from spectra_gui.window import theme
from spectra_gui.window.actions import Actions
from spectra_gui.window.plots.display import AxisFrame, Scale
from spectra_gui.window.plots.stack import ViewState
from spectra_gui.window.row_view import RowView


class Display(QObject):
    """Connects the actions of both menus with the panels, in both directions."""

    def __init__(
        self,
        window: QMainWindow,
        view: RowView,
        settings: Settings,
        *,
        list_pane: QWidget,
        save_settings: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._view, self._settings = window, view, settings
        self._list_pane = list_pane
        self._save_settings = save_settings
        self._actions: Actions | None = None

    def start(self, actions: Actions) -> None:
        """Show what the settings say, and keep the check marks true from now on."""
        self._actions = actions
        self._view.target = _target(self._settings.text("explanation_target"))
        self._view.method = self._settings.text("explanation_method")
        self._view.plots.set_lines_visible(self._settings.flag("show_line_marks"))
        self._view.plots.view_changed.connect(self._mark)
        self._view.map.view_changed.connect(lambda name: actions.check_in_group("map", name))
        self._mark(self._view.plots.state)
        self.mark_settings()
        actions.check_in_group("map", "letters")
        for action_id in ("spectrum.strips", "view.details", "view.answers"):
            actions.check(action_id)

    def apply_settings(self, changed: set[str]) -> None:
        """Settings were changed in the dialog: show what they say now."""
        if "theme" in changed:
            self.set_scheme(_scheme(self._settings.text("theme")))
        if "show_line_marks" in changed:
            self._view.plots.set_lines_visible(self._settings.flag("show_line_marks"))
            self._mark(self._view.plots.state)
        if changed & {"explanation_target", "explanation_method"}:
            self._view.explain_as(
                target=_target(self._settings.text("explanation_target")),
                method=self._settings.text("explanation_method"),
            )
        self.mark_settings()

    def mark_settings(self) -> None:
        """Check marks of what the settings hold."""
        if self._actions is None:
            return
        self._actions.check_in_group("scheme", self._settings.text("theme"))
        self._actions.check_in_group("target", self._view.target)
        self._actions.check_in_group("method", self._view.method)
        self._actions.check_in_group("device", self._settings.text("device"))

    def set_scale(self, scale: Scale) -> None:
        self._view.plots.set_scale(scale)
        self._mark(self._view.plots.state)

    def switch_scale(self) -> None:
        now = self._view.plots.state.scale
        self.set_scale("flux" if now == "normalised" else "normalised")

    def set_frame(self, frame: AxisFrame) -> None:
        self._view.plots.set_frame(frame)
        self._mark(self._view.plots.state)

    def switch_frame(self) -> None:
        self.set_frame("observed" if self._view.plots.state.frame == "rest" else "rest")

    def set_lines(self, shown: bool) -> None:
        self._view.plots.set_lines_visible(shown)

    def set_sigma(self, shown: bool) -> None:
        self._view.plots.set_sigma_visible(shown)

    def set_template(self, shown: bool) -> None:
        self._view.plots.set_template_visible(shown)

    def set_strips(self, shown: bool) -> None:
        self._view.set_strips_wanted(shown)

    def home(self) -> None:
        self._view.plots.home()

    def fit_flux(self) -> None:
        self._view.plots.fit_flux()

    def zoom(self, factor: float) -> None:
        self._view.plots.zoom(factor)

    def set_target(self, target: Target) -> None:
        self._view.explain_as(target=target)
        self._keep("explanation_target", target)

    def set_method(self, method: str) -> None:
        self._view.explain_as(method=method)
        self._keep("explanation_method", method)

    def set_scheme(self, scheme: theme.Scheme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, scheme)
        self._keep("theme", scheme)

    def set_map(self, view: Literal["letters", "subtypes"]) -> None:
        self._view.map.set_view(view)

    def show_list(self, shown: bool) -> None:
        self._list_pane.setVisible(shown)

    def show_details(self, shown: bool) -> None:
        self._view.details.setVisible(shown)

    def show_answers(self, shown: bool) -> None:
        self._view.right.setVisible(shown)

    def set_full_screen(self, full: bool) -> None:
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _keep(self, key: str, value: str) -> None:
        self._settings.set(key, value)
        self._save_settings()

    def _mark(self, state: ViewState) -> None:
        if self._actions is None:
            return
        self._actions.check_in_group("scale", state.scale)
        self._actions.check_in_group("frame", state.frame)
        self._actions.check("spectrum.lines", checked=state.lines)
        self._actions.check("spectrum.sigma", checked=state.sigma)
        self._actions.check("spectrum.template", checked=state.template)


def _scheme(text: str) -> theme.Scheme:
    schemes: dict[str, theme.Scheme] = {"light": "light", "dark": "dark"}
    return schemes.get(text, "system")


def _target(text: str) -> Target:
    targets: dict[str, Target] = {"temperature": "temperature", "luminosity": "luminosity"}
    return targets.get(text, "joint")
