"""What the widgets that paint themselves have in common."""

from __future__ import annotations

from typing import Final

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPalette, QPen
from qtpy.QtWidgets import QWidget

BLUE: Final = "#4C9BE8"
ORANGE: Final = "#E8923C"
GREEN: Final = "#35B38A"

TITLE_HEIGHT: Final = 15


def start_painting(widget: QWidget) -> QPainter:
    """A painter with smooth lines and small letters; `end` must be called on it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    return painter


def text_colour(widget: QWidget, opacity: float = 1.0) -> QColor:
    """The colour of text in the widget's theme, more or less opaque."""
    colour = QColor(widget.palette().color(QPalette.ColorRole.WindowText))
    colour.setAlphaF(opacity)
    return colour


def paint_frame(painter: QPainter, box: QRectF, title: str, text: QColor, line: QColor) -> None:
    """Paint the frame of a plot, and its title at the upper edge of the widget."""
    painter.setPen(text)
    place = QRectF(box.left(), 0, box.width(), TITLE_HEIGHT)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft, title)
    painter.setPen(QPen(line, 1))
    painter.drawRect(box)
