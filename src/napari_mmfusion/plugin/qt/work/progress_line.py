"""A progress bar that never blocks the window."""

from __future__ import annotations

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_mmfusion.plugin.qt.small_plots import BLUE, start_painting, text_colour

_HEIGHT = 14


class ProgressLine(QWidget):
    """Shows how many steps are done.

    Qt's progress bar repaints at once at every step, and in a window with an OpenGL canvas that
    repaints the whole window: 50 ms. This one waits until the window is painted anyway.
    """

    def __init__(self) -> None:
        super().__init__()
        self._done, self._total = 0, 1
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def done(self) -> int:
        """Steps done."""
        return self._done

    def show_steps(self, done: int, total: int) -> None:
        """Show `done` of `total` steps."""
        self._done, self._total = min(done, total), max(total, 1)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002, D102, N802
        painter = start_painting(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(text_colour(self, 0.15))
        line = QRectF(0, 0, self.width(), self.height())
        painter.drawRoundedRect(line, 3, 3)
        colour = QColor(BLUE)
        colour.setAlphaF(0.7)
        painter.setBrush(colour)
        line.setWidth(self.width() * self._done / self._total)
        painter.drawRoundedRect(line, 3, 3)
        if self._done:
            painter.setPen(text_colour(self))
            words = f"{self._done} / {self._total}"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
