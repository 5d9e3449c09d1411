"""The score curves of a search for the lambdas, with the suggested ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, QSize
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.plugin.qt.small_plots import (
    BLUE,
    ORANGE,
    TITLE_HEIGHT,
    paint_frame,
    start_painting,
    text_colour,
)

_TITLES: Final = {"lambda_tv": "TV weight", "lambda_chem": "Chemistry weight"}
_CURVE, _CHOSEN = QColor(BLUE), QColor(ORANGE)
_GAP = 10


class ScorePlot(QWidget):
    """Two small plots side by side, one for each lambda: the error at the held-out pixels.

    The lower a curve, the better; a line marks the lambda suggested. Lambdas are logarithmic.
    """

    def __init__(self) -> None:
        super().__init__()
        self._suggestion: Suggestion | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def sizeHint(self) -> QSize:  # noqa: D102, N802 - Qt's name
        return QSize(340, 96)

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
        width = (self.width() - _GAP) / len(_TITLES)
        for index, along in enumerate(_TITLES):
            box = QRectF(
                index * (width + _GAP), TITLE_HEIGHT, width - 1, self.height() - TITLE_HEIGHT - 1
            )
            self._paint(painter, box, along, self._suggestion)
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, along: str, suggestion: Suggestion) -> None:
        chosen = float(getattr(suggestion, along))
        title = f"{_TITLES[along]} {chosen:.3g}"
        paint_frame(painter, box, title, text_colour(self), text_colour(self, 0.3))
        curves = [curve for curve in suggestion.curves if curve.along == along]
        values = np.log(np.concatenate([[chosen], *(curve.values for curve in curves)]))
        scores = np.concatenate([curve.scores for curve in curves])
        inside = box.adjusted(5, 5, -5, -5)
        x = float(_place(np.log([chosen]), values, inside.left(), inside.right())[0])
        painter.setPen(QPen(_CHOSEN, 1.5))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(_CURVE, 1.8))
        for curve in curves:
            points = zip(
                _place(np.log(curve.values), values, inside.left(), inside.right()).tolist(),
                _place(curve.scores, scores, inside.bottom(), inside.top()).tolist(),
                strict=True,
            )
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))


def _place(
    values: NDArray[np.float64], among: NDArray[np.float64], start: float, end: float
) -> NDArray[np.float64]:
    """Map `values` to places, so that the range of `among` extends from `start` to `end`."""
    low, high = float(among.min()), float(among.max())
    return start + (values - low) / ((high - low) or 1.0) * (end - start)
