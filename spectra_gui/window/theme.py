"""Every colour, size and duration of the window, once for light and once for dark.

Knows Qt's palette and the system's scheme; knows no panel. Nothing else in the window holds a
literal colour. Branch hues are Okabe & Ito's blue, orange and bluish green (2008, "Color universal
design"), darkened or lightened until they stand 3:1 against their surface.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyle

Scheme = Literal["system", "light", "dark"]
FontSize = Literal["small", "body", "large"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The look of one scheme. Colours are ``#rrggbb`` text; `color` makes a ``QColor`` of one."""

    dark: bool
    surface: str
    surface_raised: str
    hairline: str
    field: str
    outline: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    hover: str
    good: str
    caution: str
    refuse: str
    caution_surface: str
    refuse_surface: str
    branch_1: str
    branch_2: str
    branch_3: str
    branch_residual: str
    branch_other: str
    curve: str
    curve_masked: str
    sigma: str
    template: str
    continuum: str
    line_mark: str
    crosshair: str
    grid_line: str
    hatch: str
    skeleton: str
    probability_map: str = "cividis"
    probability_map_reversed: bool = False
    space_1: int = 4
    space_2: int = 8
    space_3: int = 12
    space_4: int = 16
    space_5: int = 24
    axis_width_px: int = 84
    right_margin_px: int = 12
    strip_height_px: int = 38
    residual_height_px: int = 84
    scale_small: float = 0.9
    scale_large: float = 2.2
    motion_ms: int = 120

    def branch(self, index: int) -> str:
        """Hue of the branch at ``index`` (0, 1, 2; further ones repeat)."""
        return (self.branch_1, self.branch_2, self.branch_3)[index % 3]

    def state(self, state: str) -> str:
        """Hue of a verdict's or row's state; muted text for states that are no verdict."""
        hues = {"accept": self.good, "caution": self.caution, "refuse": self.refuse}
        return {**hues, "unreadable": self.refuse}.get(state, self.text_muted)


LIGHT: Final = Tokens(
    dark=False,
    surface="#ffffff",
    surface_raised="#f4f6f8",
    hairline="#dfe3e8",
    field="#bfc6cf",
    outline="#7a828c",
    text="#16191d",
    text_muted="#59626e",
    text_disabled="#8b939d",
    accent="#1f63c6",
    accent_hover="#1a56ad",
    on_accent="#ffffff",
    selection="#d9e6fa",
    hover="#edf1f6",
    good="#0f7a55",
    caution="#8f5b00",
    refuse="#b8322c",
    caution_surface="#fdf4e0",
    refuse_surface="#fdecea",
    branch_1="#0072b2",
    branch_2="#b97800",
    branch_3="#008a64",
    branch_residual="#a44d80",
    branch_other="#66707c",
    curve="#16191d",
    curve_masked="#aab2bc",
    sigma="#c9d3df",
    template="#7a45c0",
    continuum="#b04a00",
    line_mark="#6d7783",
    crosshair="#59626e",
    grid_line="#eceff2",
    hatch="#cdd3da",
    skeleton="#e9edf1",
    probability_map_reversed=True,
)

DARK: Final = Tokens(
    dark=True,
    surface="#1b1e22",
    surface_raised="#23272c",
    hairline="#343a41",
    field="#4a535d",
    outline="#78828d",
    text="#e8ebee",
    text_muted="#9ba5b0",
    text_disabled="#69727c",
    accent="#6aa3f5",
    accent_hover="#84b4f8",
    on_accent="#10141a",
    selection="#223852",
    hover="#2a2f35",
    good="#3fbf8f",
    caution="#e0a63a",
    refuse="#f07f78",
    caution_surface="#362c17",
    refuse_surface="#3c2423",
    branch_1="#4ba3dd",
    branch_2="#e69f00",
    branch_3="#22b88a",
    branch_residual="#d58bb5",
    branch_other="#97a1ac",
    curve="#e8ebee",
    curve_masked="#5d6670",
    sigma="#3b4550",
    template="#b794ee",
    continuum="#f0894f",
    line_mark="#87919c",
    crosshair="#9ba5b0",
    grid_line="#2a2e33",
    hatch="#3b4249",
    skeleton="#2b3036",
)


class ThemeNotifier(QObject):
    """Emits ``changed(Tokens)`` whenever the scheme in force changes."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Scheme = "system"
        self.tokens = LIGHT
        self.watching = False

    def follow_system(self) -> None:
        """Take the system's scheme anew where the person left the choice to the system."""
        app = QApplication.instance()
        if self.scheme == "system" and isinstance(app, QApplication):
            _put_on(app, tokens(system_is_dark()))


@cache
def notifier() -> ThemeNotifier:
    """The one object that says when colours change: ``notifier().changed.connect(slot)``."""
    return ThemeNotifier()


def tokens(dark: bool) -> Tokens:
    """The tokens of one scheme."""
    return DARK if dark else LIGHT


def current() -> Tokens:
    """The tokens in force."""
    return notifier().tokens


def color(name: str, *, alpha: float = 1.0) -> QColor:
    """A colour of the scheme in force by its token's name, e.g. ``color("accent", alpha=0.3)``."""
    value = QColor(getattr(current(), name))
    value.setAlphaF(alpha)
    return value


def font(size: FontSize = "body", *, bold: bool = False) -> QFont:
    """The system's font in one of the three sizes, with tabular figures."""
    made = QFont(QGuiApplication.font())
    scale = {"small": current().scale_small, "body": 1.0, "large": current().scale_large}[size]
    if made.pointSizeF() > 0:
        made.setPointSizeF(made.pointSizeF() * scale)
    else:
        made.setPixelSize(max(1, round(made.pixelSize() * scale)))
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def motion_ms() -> int:
    """How long a movement may take: 0 where the system asks for none."""
    style = QApplication.style()
    wanted = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) if style else 0
    return min(current().motion_ms, wanted)


def system_is_dark() -> bool:
    """What the system asks for; where it does not say, the lightness of its window colour."""
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme != Qt.ColorScheme.Unknown:
        return scheme == Qt.ColorScheme.Dark
    style = QApplication.style()
    return style.standardPalette().color(QPalette.ColorRole.Window).lightnessF() < 0.5


def apply(app: QApplication, scheme: Scheme = "system") -> Tokens:
    """Put a scheme on the whole application, and follow the system live where asked to."""
    told = notifier()
    told.scheme = scheme
    hints = app.styleHints()
    if not told.watching:
        hints.colorSchemeChanged.connect(told.follow_system)
        told.watching = True
    asked = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints.setColorScheme(asked.get(scheme, Qt.ColorScheme.Unknown))
    if app.style().name().lower() != "fusion":
        app.setStyle("Fusion")
    _put_on(app, tokens(system_is_dark() if scheme == "system" else scheme == "dark"))
    return told.tokens


def _put_on(app: QApplication, wanted: Tokens) -> None:
    told = notifier()
    told.tokens = wanted
    app.setPalette(palette(wanted))
    for kind in ("QCheckBox", "QRadioButton", "QAbstractSpinBox", "QComboBox"):
        app.setPalette(_outlined(wanted, kind), kind)  # type: ignore[arg-type]  # the stub is wrong
    app.setStyleSheet(style_sheet(wanted))
    told.changed.emit(wanted)


def palette(of: Tokens) -> QPalette:
    """The Qt palette of a scheme."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, name in {
        role.Window: of.surface,
        role.WindowText: of.text,
        role.Base: of.surface,
        role.AlternateBase: of.surface_raised,
        role.Text: of.text,
        role.PlaceholderText: of.text_muted,
        role.Button: of.surface_raised,
        role.ButtonText: of.text,
        role.BrightText: of.refuse,
        role.ToolTipBase: of.surface_raised,
        role.ToolTipText: of.text,
        role.Highlight: of.selection,
        role.HighlightedText: of.text,
        role.Accent: of.accent,
        role.Link: of.accent,
        role.LinkVisited: of.accent,
        role.Light: of.surface,
        role.Midlight: of.surface_raised,
        role.Mid: of.hairline,
        role.Dark: of.hairline,
        role.Shadow: of.hairline,
    }.items():
        made.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(of.text_disabled))
    return made


def _outlined(of: Tokens, kind: str) -> QPalette:
    """The palette of a control whose outline Fusion takes from the window colour, darkened.

    On a dark window that outline would be darker than its ground and not be seen.
    """
    wanted = of.outline if kind in ("QCheckBox", "QRadioButton") else of.field
    made = palette(of)
    made.setColor(QPalette.ColorRole.Window, QColor(wanted).lighter(_FUSION_DARKENS))
    return made


_FUSION_DARKENS: Final = 140
"""By how much, in percent, Fusion darkens the window colour for an outline."""

_SHEET: Final = """
QToolTip {{ background: {surface_raised}; color: {text}; border: 1px solid {hairline};
    padding: 4px 8px; }}
QMenuBar {{ background: {surface}; }}
QMenuBar::item {{ padding: 4px 8px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {hover}; }}
QMenu {{ background: {surface}; border: 1px solid {hairline}; padding: 4px; }}
QMenu::item {{ padding: 4px 24px 4px 16px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selection}; color: {text}; }}
QMenu::item:disabled {{ color: {text_disabled}; }}
QMenu::separator {{ height: 1px; background: {hairline}; margin: 4px 8px; }}
QStatusBar {{ background: {surface_raised}; color: {text_muted}; }}
QStatusBar::item {{ border: none; }}
QSplitter::handle {{ background: {hairline}; }}
QHeaderView::section {{ background: {surface}; color: {text_muted}; border: none;
    padding: 4px 6px; }}
QTableView, QTreeView, QListView {{ background: {surface}; border: none; outline: none;
    selection-background-color: {selection}; selection-color: {text}; }}
QLineEdit {{ background: {surface}; color: {text};
    border: 1px solid {field}; border-radius: 4px; padding: 2px 8px;
    selection-background-color: {selection}; selection-color: {text}; }}
QLineEdit:disabled {{ color: {text_disabled}; border: 1px solid {hairline}; }}
QLineEdit:focus {{ border: 1px solid {accent}; }}
QPlainTextEdit {{ border: 1px solid {field}; border-radius: 4px; }}
QPlainTextEdit:focus {{ border: 1px solid {accent}; }}
QListView#completions {{ border: 1px solid {field}; }}
QListView#completions::item {{ padding: 3px 6px; }}
QListView#completions::item:selected {{ background: {selection}; color: {text}; }}
QComboBox QAbstractItemView {{ background: {surface}; border: 1px solid {hairline}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton {{ background: {surface_raised}; color: {text}; border: 1px solid {field};
    border-radius: 4px; padding: 4px 12px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border: 1px solid {accent}; }}
QPushButton:default {{ background: {accent}; color: {on_accent}; border: 1px solid {accent}; }}
QPushButton:default:hover {{ background: {accent_hover}; border: 1px solid {accent_hover}; }}
QPushButton:default:focus {{ border: 2px solid {text}; padding: 3px 11px; }}
QPushButton:disabled, QPushButton:default:disabled {{ background: {surface}; color: {text_disabled};
    border: 1px solid {hairline}; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 2px 8px; color: {text_muted}; }}
QToolButton:hover {{ background: {hover}; color: {text}; }}
QToolButton:checked {{ background: {selection}; color: {text}; }}
QToolButton[quiet="true"]:checked {{ background: transparent; color: {text}; }}
QToolButton[quiet="true"]:checked:hover {{ background: {hover}; }}
QToolButton:disabled {{ color: {text_disabled}; }}
QToolButton:focus {{ border: 1px solid {accent}; }}
QProgressBar {{ background: {skeleton}; border: none; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {hatch}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def style_sheet(of: Tokens) -> str:
    """The small sheet on top of the palette: hairlines, rounding, focus rings."""
    return _SHEET.format(**{f.name: getattr(of, f.name) for f in fields(of)})


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1–21 (WCAG 2.2, relative luminance)."""

    def luminance(name: str) -> float:
        hue = QColor(name)
        parts = (hue.redF(), hue.greenF(), hue.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)
