"""The score curves of a search for the lambdas, with the suggested ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.plugin.qt.small_plots import (
    BLUE,
    ORANGE,
    TITLE_HEIGHT,
    paint_frame,
    start_painting,
    text_colour,
)

_PANELS: Final = 2
_CURVE, _CHOSEN = QColor(BLUE), QColor(ORANGE)
_ERROR: Final = "held-out error"
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter
_NAME_WIDTH = 14
_NUMBER_WIDTH = 36
_LINE = 13


class ScorePlot(QWidget):
    """Two small plots side by side, one for each setting: the error at the held-out pixels.

    The lower a curve, the better; a line marks the value suggested, which stands above it. Values
    are logarithmic.
    """

    def __init__(self) -> None:
        super().__init__()
        self._suggestion: Suggestion | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def sizeHint(self) -> QSize:  # noqa: D102, N802 - Qt's name
        return QSize(340, 122)

    def minimumSizeHint(self) -> QSize:  # noqa: D102, N802 - Qt's name
        return QSize(240, 122)

    @property
    def suggestion(self) -> Suggestion | None:
        """What is shown."""
        return self._suggestion

    def show_suggestion(self, suggestion: Suggestion | None) -> None:
        """Show the curves of a search, or nothing."""
        self._suggestion = suggestion
        self.setVisible(suggestion is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002, D102, N802
        if self._suggestion is None:
            return
        painter = start_painting(self)
        faint = text_colour(self, 0.6)
        self._paint_error_axis(painter, faint)
        left = _NAME_WIDTH
        width = (self.width() - left) / _PANELS
        names = dict.fromkeys(curve.along for curve in self._suggestion.curves)
        for index, along in enumerate(list(names)[:_PANELS]):
            box = QRectF(
                left + index * width + _NUMBER_WIDTH,
                TITLE_HEIGHT,
                width - _NUMBER_WIDTH - 4,
                self.height() - TITLE_HEIGHT - 2 * _LINE,
            )
            self._paint(painter, box, along, self._suggestion)
        painter.end()

    def _paint_error_axis(self, painter: QPainter, faint: QColor) -> None:
        """Write the name of the vertical axis of both plots, upwards."""
        painter.save()
        painter.setPen(faint)
        height = self.height() - TITLE_HEIGHT - 2 * _LINE
        painter.translate(0, TITLE_HEIGHT + height)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, height, _NAME_WIDTH), _CENTRE, _ERROR)
        painter.restore()

    def _paint(self, painter: QPainter, box: QRectF, along: str, suggestion: Suggestion) -> None:
        chosen = float(getattr(suggestion.params, along))
        paint_frame(painter, box, f"{chosen:.3g}", _CHOSEN, text_colour(self, 0.3))
        curves = [curve for curve in suggestion.curves if curve.along == along]
        values = np.concatenate([[chosen], *(curve.values for curve in curves)])
        logs = np.log(values)
        scores = np.concatenate([curve.scores for curve in curves])
        inside = box.adjusted(5, 5, -5, -5)
        x = float(_place(np.log([chosen]), logs, inside.left(), inside.right())[0])
        painter.setPen(QPen(_CHOSEN, 1.5))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(_CURVE, 1.8))
        for curve in curves:
            points = zip(
                _place(np.log(curve.values), logs, inside.left(), inside.right()).tolist(),
                _place(curve.scores, scores, inside.bottom(), inside.top()).tolist(),
                strict=True,
            )
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))
        self._paint_numbers(painter, box, values, scores)
        painter.setPen(text_colour(self))
        name = QRectF(box.left() - 20, box.bottom() + _LINE, box.width() + 24, _LINE)
        painter.drawText(name, _CENTRE, f"{FusionParameters.info(along).label} (log)")

    def _paint_numbers(
        self,
        painter: QPainter,
        box: QRectF,
        values: NDArray[np.float64],
        scores: NDArray[np.float64],
    ) -> None:
        """Write the ends of both axes."""
        painter.setPen(text_colour(self, 0.6))
        below = QRectF(box.left(), box.bottom() + 1, box.width(), _LINE)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"{values.min():.2g}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{values.max():.2g}")
        for score, top in ((scores.max(), box.top()), (scores.min(), box.bottom() - _LINE)):
            place = QRectF(box.left() - _NUMBER_WIDTH, top, _NUMBER_WIDTH - 3, _LINE)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, f"{score:.3g}")


def _place(
    values: NDArray[np.float64], among: NDArray[np.float64], start: float, end: float
) -> NDArray[np.float64]:
    """Map `values` to places, so that the range of `among` extends from `start` to `end`."""
    low, high = float(among.min()), float(among.max())
    return start + (values - low) / ((high - low) or 1.0) * (end - start)
