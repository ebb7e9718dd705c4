"""The sign of a state: a shape and a word, so that colour is never the only difference."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from spectra_gui.window import theme

STATE_WORDS: Final = {
    "accept": "accept",
    "caution": "caution",
    "refuse": "refused",
    "unreadable": "unreadable",
    "reading": "reading",
    "read": "waiting",
    "typing": "typing",
}


def paint_state(painter: QPainter, rect: QRectF, state: str) -> None:
    """Draw a state's sign inside ``rect``: tick in a disc, triangle, barred disc, cross, dots."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.scale(side / 16.0, side / 16.0)
    hue = theme.color(_token(state))
    line = QPen(theme.color("surface"), 1.8)
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hue)
    if state == "accept":
        painter.drawEllipse(QPointF(8, 8), 7, 7)
        painter.setPen(line)
        painter.drawPolyline(QPolygonF([QPointF(5, 8.3), QPointF(7.2, 10.5), QPointF(11, 6)]))
    elif state == "caution":
        _triangle(painter)
        painter.setPen(line)
        painter.drawLine(QPointF(8, 6), QPointF(8, 9.4))
        painter.drawPoint(QPointF(8, 12))
    elif state == "refuse":
        painter.drawEllipse(QPointF(8, 8), 7, 7)
        painter.setPen(line)
        painter.drawLine(QPointF(4.8, 8), QPointF(11.2, 8))
    elif state == "unreadable":
        line.setColor(hue)
        painter.setPen(line)
        painter.drawLine(QPointF(4, 4), QPointF(12, 12))
        painter.drawLine(QPointF(12, 4), QPointF(4, 12))
    else:
        for x in (3.5, 8.0, 12.5):
            painter.drawEllipse(QPointF(x, 8), 1.5, 1.5)
    painter.restore()


def _triangle(painter: QPainter) -> None:
    path = QPainterPath(QPointF(8, 1.6))
    path.lineTo(15, 14.2)
    path.lineTo(1, 14.2)
    path.closeSubpath()
    painter.drawPath(path)


def _token(state: str) -> str:
    tokens = {"accept": "good", "caution": "caution", "refuse": "refuse", "unreadable": "refuse"}
    return tokens.get(state, "text_muted")


def state_pixmap(state: str, *, side_px: int = 16, device_ratio: float = 1.0) -> QPixmap:
    """The sign as a picture of ``side_px`` logical pixels."""
    pixmap = QPixmap(round(side_px * device_ratio), round(side_px * device_ratio))
    pixmap.setDevicePixelRatio(device_ratio)
    pixmap.fill(theme.color("surface", alpha=0.0))
    painter = QPainter(pixmap)
    paint_state(painter, QRectF(0, 0, side_px, side_px), state)
    painter.end()
    return pixmap


def state_icon(state: str) -> QIcon:
    """The sign as an icon, sharp on dense screens; ask anew after the scheme changed."""
    icon = QIcon()
    for ratio in (1.0, 2.0):
        icon.addPixmap(state_pixmap(state, device_ratio=ratio))
    return icon
