"""The score curves of a search for weights, with the weights that were found."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_mmfusion.core.suggest import Suggestion

_TITLES: Final = {"lambda_tv": "TV weight", "lambda_chem": "Chemistry weight"}
_CURVE, _CHOSEN = QColor("#4C9BE8"), QColor("#E8923C")
_GAP, _TITLE = 10, 15


class ScorePlot(QWidget):
    """Two small plots side by side, one for each weight; how well unseen pixels are predicted.

    The lower a curve, the better; a line marks the weight suggested. Weights are logarithmic.
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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        width = (self.width() - _GAP) / len(_TITLES)
        for index, along in enumerate(_TITLES):
            box = QRectF(index * (width + _GAP), _TITLE, width - 1, self.height() - _TITLE - 1)
            self._paint(painter, box, along, self._suggestion)
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, along: str, suggestion: Suggestion) -> None:
        text = self.palette().color(QPalette.ColorRole.WindowText)
        faint = QColor(text)
        faint.setAlphaF(0.3)
        chosen = float(getattr(suggestion, along))
        painter.setPen(text)
        title = QRectF(box.left(), 0, box.width(), _TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, f"{_TITLES[along]} {chosen:.3g}")
        painter.setPen(QPen(faint, 1))
        painter.drawRect(box)
        curves = [curve for curve in suggestion.curves if curve.along == along]
        weights = np.log(np.concatenate([[chosen], *(curve.weights for curve in curves)]))
        scores = np.concatenate([curve.scores for curve in curves])
        inside = box.adjusted(5, 5, -5, -5)
        x = float(_places(np.log([chosen]), weights, inside.left(), inside.right())[0])
        painter.setPen(QPen(_CHOSEN, 1.5))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(_CURVE, 1.8))
        for curve in curves:
            points = zip(
                _places(np.log(curve.weights), weights, inside.left(), inside.right()).tolist(),
                _places(curve.scores, scores, inside.bottom(), inside.top()).tolist(),
                strict=True,
            )
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))


def _places(
    values: NDArray[np.float64], among: NDArray[np.float64], start: float, end: float
) -> NDArray[np.float64]:
    """Where `values` stand between `start` and `end`, the places of the extremes of `among`."""
    low, high = float(among.min()), float(among.max())
    return start + (values - low) / ((high - low) or 1.0) * (end - start)
