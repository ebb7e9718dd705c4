"""The questions that are asked before a person would lose something. Knows no document."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QMessageBox, QWidget


def ask_to_save(window: QWidget) -> QMessageBox.StandardButton:
    """Save, Discard or Cancel."""
    box = _box(
        window,
        "The session has corrections that are not saved.",
        "Types, grades, comments and overrides would be lost.",
    )
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    return QMessageBox.StandardButton(box.exec())


def path_with_ending(window: QWidget, path: Path, ending: str) -> Path | None:
    """``path`` with ``ending`` behind its name; None where that file exists and is to stay.

    The dialog that ``path`` is from asked about the name as it was typed, not about this one.
    """
    whole = path.with_name(path.name + ending)
    return whole if not whole.exists() or _may_replace(window, whole) else None


def may_stop_training(window: QWidget) -> bool:
    """True where no wizard of the window trains, or a person says that it may be stopped."""
    if not any(getattr(dialog, "is_training", False) for dialog in window.findChildren(QDialog)):
        return True
    box = _box(window, "A training is running.", "Closing the window ends it.")
    keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(keep)
    box.exec()
    return box.clickedButton() is stop


def _may_replace(window: QWidget, path: Path) -> bool:
    box = _box(window, f"{path.name} exists already.", "Replacing it loses what it holds.")
    keep = box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
    replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(keep)
    box.exec()
    return box.clickedButton() is replace


def _box(window: QWidget, text: str, more: str) -> QMessageBox:
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Spectra")
    box.setText(text)
    box.setInformativeText(more)
    return box
