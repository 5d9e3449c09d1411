"""The cost curves, drawn while they grow."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_mmfusion.core.convergence.verdict import TERMS
from napari_mmfusion.plugin.qt.small_plots import (
    BLUE,
    GREEN,
    ORANGE,
    TITLE_HEIGHT,
    paint_frame,
    start_painting,
    text_colour,
)

COLOURS: Final = (BLUE, ORANGE, GREEN)
_GAP = 10
_AXIS = 14
_STALE = 0.35
"""Opacity of curves that are out of date."""
_FAR = 10.0
"""How far out of its plot a curve is drawn, in heights; the rest is clipped, at any value."""

Curves = NDArray[np.float64]


class CostCurves(QWidget):
    """Three small plots side by side, one for each cost, with separate scales."""

    def __init__(self) -> None:
        super().__init__()
        self._now: Curves = np.empty((0, len(TERMS)))
        self._before = self._now
        self._planned = 1
        self._log = False
        self._hovered: int | None = None
        self._stale = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: D102, N802 - Qt's name
        return QSize(340, 112)

    def minimumSizeHint(self) -> QSize:  # noqa: D102, N802 - Qt's name
        return QSize(240, 112)

    @property
    def costs(self) -> Curves:
        """The costs shown, (n, 3)."""
        return self._now

    @property
    def previous(self) -> Curves:
        """The costs of the run before, drawn faintly behind."""
        return self._before

    def begin(self, planned: int) -> None:
        """Start new curves of `planned` iterations; the present ones stay behind, faintly."""
        if len(self._now):
            self._before = self._now
        self._now = np.empty((0, len(TERMS)))
        self._planned = planned
        self.update()

    def go_on(self, costs: Curves, planned: int) -> None:
        """Go on from `costs` to `planned` iterations in all; the run before stays behind."""
        self._now = costs
        self._planned = planned
        self.update()

    def append(self, costs: Curves) -> None:
        """Append (n, 3) values to the curves."""
        self._now = np.concatenate([self._now, costs])
        self.update()

    def replace(self, costs: Curves) -> None:
        """Show other curves at once; those of the last run stay behind, faintly."""
        if not len(self._before):
            self._before = self._now
        self._now = costs
        self._planned = len(costs)
        self.update()

    def show_alone(self, costs: Curves) -> None:
        """Show other curves at once, and none behind: those were of other data."""
        self._before = np.empty((0, len(TERMS)))
        self._now = costs
        self._planned = max(1, len(costs))
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Draw the curves faintly, because they belong to other settings or data."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def set_log(self, log: bool) -> None:
        """Draw the costs on logarithmic or linear scales."""
        self._log = log
        self.update()

    def export(self, path: Path) -> None:
        """Write the costs shown as a table of comma-separated values."""
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["iteration", *TERMS])
            for iteration, row in enumerate(self._now.tolist(), start=1):
                table.writerow([iteration, *row])

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: D102, N802 - Qt's name
        if event is None:
            return
        x = event.position().x()
        for index in range(len(TERMS)):
            box = self._box(index)
            if box.left() - 3 <= x <= box.right() + 3:
                share = (x - box.left()) / max(1.0, box.width())
                self._hovered = round(share * (self._longest() - 1))
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: ARG002, D102, N802
        self._hovered = None
        self.update()

    def _longest(self) -> int:
        return max(2, self._planned, len(self._now))

    def _box(self, index: int) -> QRectF:
        width = (self.width() - _GAP * (len(TERMS) - 1)) / len(TERMS)
        left = index * (width + _GAP)
        height = self.height() - 2 * TITLE_HEIGHT - _AXIS
        return QRectF(left + 0.5, 2 * TITLE_HEIGHT + 0.5, width - 1, height - 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002, D102, N802
        painter = start_painting(self)
        painter.setOpacity(_STALE if self._stale else 1.0)
        for index in range(len(TERMS)):
            self._paint_plot(painter, index)
        painter.end()

    def _paint_plot(self, painter: QPainter, index: int) -> None:
        box = self._box(index)
        text, faint = text_colour(self), text_colour(self, 0.3)
        colour = QColor(COLOURS[index])
        title = TERMS[index][:1].upper() + TERMS[index][1:]
        paint_frame(painter, box, title, text, faint)
        shown = _scale_values(self._now[:, index], self._log)
        ghost = _scale_values(self._before[:, index], self._log)
        scale = _range_of(shown, ghost)
        if scale is not None:
            painter.save()
            painter.setClipRect(box)
            painter.setPen(QPen(faint, 1.5, Qt.PenStyle.DashLine))
            self._paint_curve(painter, ghost, box, *scale)
            painter.setPen(QPen(colour, 1.8))
            self._paint_curve(painter, shown, box, *scale)
            painter.restore()
        self._paint_value(painter, index, box, text, faint)

    def _paint_curve(
        self, painter: QPainter, values: Curves, box: QRectF, low: float, high: float
    ) -> None:
        span = high - low or 1.0
        step = box.width() / (self._longest() - 1)
        inside = box.height() - 8
        shares = np.clip((values - low) / span, -_FAR, _FAR)
        points = [
            QPointF(box.left() + i * step, box.bottom() - 4 - inside * share)
            for i, share in enumerate(shares.tolist())
            if np.isfinite(share)
        ]
        if len(points) == 1:
            painter.drawEllipse(points[0], 1.5, 1.5)
        painter.drawPolyline(QPolygonF(points))

    def _paint_value(
        self, painter: QPainter, index: int, box: QRectF, text: QColor, faint: QColor
    ) -> None:
        """Write the value under the cursor, or the last one, above the plot."""
        n = len(self._now)
        if n == 0:
            return
        at = n - 1 if self._hovered is None else min(self._hovered, n - 1)
        if self._hovered is not None:
            x = box.left() + at * box.width() / (self._longest() - 1)
            painter.setPen(QPen(text, 1))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QColor(COLOURS[index]))
        line = QRectF(box.left(), TITLE_HEIGHT - 1, box.width(), TITLE_HEIGHT)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"{self._now[at, index]:.5g}")
        painter.setPen(faint)
        axis = QRectF(box.left(), box.bottom() + 1, box.width(), _AXIS)
        painter.drawText(axis, Qt.AlignmentFlag.AlignLeft, "1")
        painter.drawText(axis, Qt.AlignmentFlag.AlignRight, str(self._longest()))
        if self._hovered is not None:
            painter.setPen(text)
            painter.drawText(axis, Qt.AlignmentFlag.AlignHCenter, f"it. {at + 1}")


def _range_of(shown: Curves, ghost: Curves) -> tuple[float, float] | None:
    """Lowest and highest value of the plot.

    They are those of the run that is shown. The run before, which may have diverged, counts only
    as long as there is no second value.
    """
    finite = [values[np.isfinite(values)] for values in (shown, ghost)]
    counts = finite[0] if len(finite[0]) > 1 or not len(finite[1]) else finite[1]
    return (float(counts.min()), float(counts.max())) if counts.size else None


def _scale_values(values: Curves, log: bool) -> Curves:
    """The values as they are drawn, on a linear or a logarithmic scale."""
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(values)
