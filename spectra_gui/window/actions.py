"""All that a person can do, declared in one table: menus, keys and the palette come from it.

An action names what it calls as ``part.verb``; the window gives the parts. ``needs`` names a
condition that must hold (see `CONDITIONS`). Knows no document and no panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

MENUS: Final = ("File", "Edit", "Spectrum", "Classify", "Review", "Models", "View", "Help")

CONDITIONS: Final = (
    "rows", "selection", "current", "answer", "aside", "undo", "redo", "busy", "bundle", "picture"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    ``id`` is ``menu.verb`` and never changes; ``calls`` is ``part.method``; ``argument`` is given
    to it where it is not None, else the check mark of a ``checkable`` action. ``group`` makes
    actions exclude each other; ``line`` draws a line above it; ``submenu`` nests it.
    """

    id: str
    text: str
    calls: str
    tip: str
    key: str = ""
    needs: str = ""
    argument: Any = None
    checkable: bool = False
    group: str = ""
    submenu: str = ""
    line: bool = False

    @property
    def menu(self) -> str:
        return self.id.partition(".")[0].capitalize()


def _radio(group: str, calls: str, *choices: tuple[str, str, str, str]) -> tuple[ActionSpec, ...]:
    """Actions of which one holds: (id, text, argument, tip) each."""
    return tuple(
        ActionSpec(id_, text, calls, tip, argument=argument, checkable=True, group=group,
                   line=i == 0)
        for i, (id_, text, argument, tip) in enumerate(choices)
    )  # fmt: skip


A = ActionSpec

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    A("file.open", "Open files…", "files.open_files", "Open spectra of any known format", "Ctrl+O"),
    A("file.open_folder", "Open folder…", "files.open_folder",
      "Open all spectra in a folder and the folders in it", "Ctrl+Shift+O"),
    A("file.examples", "Open the examples", "files.open_examples",
      "Open the made spectra that come with the program"),
    A("file.open_session", "Open session…", "files.open_session",
      "Go on with a saved list and its labels", line=True),
    A("file.save_session", "Save session", "files.save_session",
      "Save the list, labels and overrides", "Ctrl+S", "rows"),
    A("file.save_session_as", "Save session as…", "files.save_session_as",
      "Save the session in another file", "Ctrl+Shift+S", "rows"),
    A("file.save_table", "Save table…", "exports.save_table",
      "Save types, probabilities and labels: CSV, ECSV, FITS, VOTable or JSON", "Ctrl+E", "rows",
      line=True),
    A("file.save_picture", "Save picture…", "exports.save_picture",
      "Save the plots as a picture", "Ctrl+Shift+E", "picture"),
    A("file.retrain", "Retrain…", "models.retrain",
      "Train a new model from reviewed spectra or a labelled folder", "Ctrl+Shift+R", line=True),
    A("file.quit", "Quit", "window.close", "End the program", "Ctrl+Q", line=True),

    A("edit.undo", "Undo", "edits.undo", "Take the last change back", "Ctrl+Z", "undo"),
    A("edit.redo", "Redo", "edits.redo", "Make the change again", "Ctrl+Shift+Z", "redo"),
    A("edit.remove", "Remove from the list", "edits.remove",
      "Take the selected spectra out of the list; files stay", "Del", "selection", line=True),
    A("edit.copy", "Copy rows", "edits.copy_rows",
      "Copy the selected rows of the result table", "Ctrl+C", "selection"),
    A("edit.select_all", "Select all", "edits.select_all",
      "Select all spectra that the filter shows", "Ctrl+A", "rows"),
    A("edit.filter", "Filter the list", "edits.focus_filter",
      "Go to the filter above the list", "Ctrl+F", "rows"),
    A("edit.mappings", "Mappings of columns…", "mapper.show_list",
      "What is remembered of tables that no reader knows", line=True),
    A("edit.settings", "Settings…", "preferences.open",
      "Change the program's settings", "Ctrl+,"),

    *_radio("scale", "display.set_scale",
            ("spectrum.normalised", "Normalised", "normalised", "Flux over continuum, as typed"),
            ("spectrum.flux", "Flux", "flux", "Flux as it stands in the file")),
    A("spectrum.switch_scale", "Switch normalised and flux", "display.switch_scale",
      "Show the other one", "N", "current"),
    *_radio("frame", "display.set_frame",
            ("spectrum.rest", "Rest frame", "rest", "Wavelengths with the velocity taken out"),
            ("spectrum.observed", "As observed", "observed", "Wavelengths as in the file")),
    A("spectrum.switch_frame", "Switch rest and observed", "display.switch_frame",
      "Show the other one", "R", "current"),
    A("spectrum.lines", "Line marks", "display.set_lines",
      "Name the lines at the top of the plot", "L", checkable=True, line=True),
    A("spectrum.sigma", "Uncertainty", "display.set_sigma",
      "Show one standard deviation around the curve", "U", checkable=True),
    A("spectrum.template", "Template and residual", "display.set_template",
      "Show the nearest class template and the difference", "T", checkable=True),
    A("spectrum.strips", "Evidence strips", "display.set_strips",
      "Show which wavelengths spoke for the type", "B", checkable=True),
    A("spectrum.home", "Whole spectrum", "display.home",
      "Zoom out to the whole spectrum; again: with its highest spikes", "H", "current", line=True),
    A("spectrum.fit", "Fit flux", "display.fit_flux",
      "Scale the flux to the wavelengths in view", "F", "current"),
    A("spectrum.zoom_in", "Zoom in", "display.zoom", "Zoom in", "+", "current", argument=2.0),
    A("spectrum.zoom_out", "Zoom out", "display.zoom", "Zoom out", "-", "current", argument=0.5),
    A("spectrum.map", "Map columns…", "mapper.open",
      "Say which columns of the file are wavelength, flux and uncertainty", "M", "current",
      line=True),

    A("classify.again", "Type again", "models.type_again",
      "Read and type the selected spectra again", "F5", "selection"),
    A("classify.all", "Type all again", "models.type_all",
      "Type the whole list again", "Shift+F5", "rows"),
    A("classify.cancel", "Stop", "window.stop", "Stop reading and typing", "Esc", "busy"),
    *_radio("target", "display.set_target",
            ("classify.explain_joint", "Explain the type", "joint",
             "Evidence for letter and luminosity class together"),
            ("classify.explain_temperature", "Explain the temperature", "temperature",
             "Evidence for the letter and subtype"),
            ("classify.explain_luminosity", "Explain the luminosity class", "luminosity",
             "Evidence for the luminosity class")),
    *_radio("method", "display.set_method",
            ("classify.grad_cam", "By Guided Grad-CAM", "guided_grad_cam",
             "Evidence per branch of the network"),
            ("classify.occlusion", "By occlusion", "occlusion",
             "What the probability loses where a window is hidden")),
    A("classify.bundle", "Choose the model…", "models.choose_bundle",
      "Type with another model", line=True),
    *(A(f"classify.device_{name}", text, "models.set_device", tip, argument=name, checkable=True,
        group="device", submenu="Device")
      for name, text, tip in (
          ("auto", "Automatic", "A GPU where there is one, else the CPU"),
          ("cpu", "CPU", "Type on the CPU"),
          ("cuda", "GPU (CUDA or ROCm)", "Type on the graphics card"),
          ("mps", "GPU (Apple)", "Type on Apple's graphics"))),

    A("review.accept", "Accept the type", "reviews.accept",
      "Take the model's type as your own and go on", "A", "answer"),
    A("review.edit", "Edit the type", "reviews.edit", "Write another type", "E", "current"),
    A("review.skip", "Skip", "reviews.skip",
      "Go to the next spectrum that is not reviewed", "S", "current"),
    A("review.comment", "Comment", "reviews.comment", "Write a comment", "C", "current"),
    *(A(f"review.quality_{grade}", f"Quality {grade}", "reviews.set_quality", tip, str(grade),
        "selection", argument=grade, line=grade == 1)
      for grade, tip in ((1, "Grade: very good"), (2, "Grade: good"),
                         (3, "Grade: poor"), (4, "Grade: not usable"))),
    A("review.no_quality", "No quality", "reviews.clear_quality", "Take the grade back", "0",
      "selection"),
    A("review.clear", "Take the review back", "reviews.clear",
      "Forget your type of the selected spectra", "Ctrl+Backspace", "selection", line=True),
    A("review.attach", "Attach the earlier review", "reviews.attach",
      "Use a label although the file changed since", needs="aside"),
    A("review.next", "Next spectrum", "reviews.next", "Go down the list", "J", "rows", line=True),
    A("review.previous", "Previous spectrum", "reviews.previous", "Go up the list", "K", "rows"),

    A("models.list", "All models…", "models.show_list", "All models with their scores and state"),
    A("models.card", "About this model", "models.show_card",
      "How the model in use was made, its scores and limits", needs="bundle"),

    *_radio("scheme", "display.set_scheme",
            ("view.system", "As the system", "system", "Light or dark as the system says"),
            ("view.light", "Light", "light", "Dark on light"),
            ("view.dark", "Dark", "dark", "Light on dark")),
    *_radio("map", "display.set_map",
            ("view.letters", "Map of letters", "letters", "The MK grid in 7 × 6 boxes"),
            ("view.subtypes", "Map of subtypes", "subtypes", "The MK grid in 70 × 6 boxes")),
    A("view.list", "List", "display.show_list", "Show the list of spectra", "F8", checkable=True,
      line=True),
    A("view.details", "Evidence and reading", "display.show_details",
      "Show the tables under the plots", "F9", checkable=True),
    A("view.answers", "Map and alternatives", "display.show_answers",
      "Show the column at the right", "F10", checkable=True),
    A("view.full", "Full screen", "display.set_full_screen", "Fill the screen", "F11",
      checkable=True),
    A("view.palette", "Find an action…", "window.open_palette",
      "Search all actions by name", "Ctrl+K", line=True),

    A("help.keys", "Keys", "help.show_keys", "All keys", "F1"),
    A("help.selftest", "Check this installation", "help.show_state",
      "What runs, where files lie, and what to send with a question"),
    A("help.about", "About Spectra", "help.show_about", "Version, licence and how to cite",
      line=True),
)  # fmt: skip


class Actions(QObject):
    """The Qt actions of the table, bound to ``parts``.

    ``parts`` maps the first half of `ActionSpec.calls` to an object with the method of the second.
    It is looked at when an action is triggered: the menus stand before the panels do.
    """

    def __init__(self, window: QMainWindow, parts: Mapping[str, Any]) -> None:
        super().__init__(window)
        self._by_id: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            self._by_id[spec.id] = self._make(spec, parts)
            window.addAction(self._by_id[spec.id])

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def _make(self, spec: ActionSpec, parts: Mapping[str, Any]) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setToolTip(tip_text(spec))
        action.setStatusTip(spec.tip)
        # A shortcut belongs to the window, not to the widget that has the focus.
        action.setShortcuts(_keys(spec))
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        if spec.checkable:
            action.setCheckable(True)
        if spec.group:
            self._groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
        action.triggered.connect(lambda checked: call(parts, spec, checked=checked))
        return action

    def enable(self, holding: set[str]) -> None:
        """Enable what needs nothing or a condition that holds."""
        for spec in ACTIONS:
            self._by_id[spec.id].setEnabled(not spec.needs or spec.needs in holding)

    def check(self, action_id: str, *, checked: bool = True) -> None:
        """Set a check mark without calling the action."""
        self._by_id[action_id].setChecked(checked)

    def check_in_group(self, group: str, argument: object) -> None:
        """Mark the action of a group that stands for ``argument``."""
        for spec in ACTIONS:
            if spec.group == group and spec.argument == argument:
                self._by_id[spec.id].setChecked(True)

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for title in MENUS:
            menu = bar.addMenu(f"&{title}")
            menu.setToolTipsVisible(True)
            nested: dict[str, QMenu] = {}
            for spec in (spec for spec in ACTIONS if spec.menu == title):
                into = menu
                if spec.submenu:
                    if spec.submenu not in nested:
                        nested[spec.submenu] = menu.addMenu(spec.submenu)
                    into = nested[spec.submenu]
                if spec.line and not menu.isEmpty():
                    into.addSeparator()
                into.addAction(self._by_id[spec.id])


def call(parts: Mapping[str, Any], spec: ActionSpec, *, checked: bool = False) -> None:
    """Do what an action stands for; nothing where the window is not complete yet."""
    part, _, verb = spec.calls.partition(".")
    if part not in parts:
        return
    method = getattr(parts[part], verb)
    if spec.argument is not None:
        method(spec.argument)
    elif spec.checkable:
        method(checked)
    else:
        method()


_ROLES: Final = {
    "file.quit": QAction.MenuRole.QuitRole,
    "edit.settings": QAction.MenuRole.PreferencesRole,
    "help.about": QAction.MenuRole.AboutRole,
}

_MORE_KEYS: Final = {
    "edit.redo": ("Ctrl+Y",),
    "spectrum.zoom_in": ("=",),
    "review.next": ("Alt+Down",),
    "review.previous": ("Alt+Up",),
}


def _keys(spec: ActionSpec) -> list[QKeySequence]:
    keys = (spec.key, *_MORE_KEYS.get(spec.id, ())) if spec.key else ()
    return [QKeySequence(key) for key in keys]


def key_text(spec: ActionSpec) -> str:
    """The keys of an action as the system writes them, "" where it has none."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(key.toString(native) for key in _keys(spec))


def tip_text(spec: ActionSpec) -> str:
    """Tooltip with the key."""
    key = QKeySequence(spec.key).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{spec.tip} ({key})" if key else spec.tip
