"""What a panel says to a person."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel, QWidget


def said(widget: QWidget) -> str:
    """Everything that a panel shows as words."""
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())
