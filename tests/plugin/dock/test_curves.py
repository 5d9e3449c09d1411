"""The cost curves under the cursor."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pytestqt")

from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QMouseEvent, QPainter
from qtpy.QtWidgets import QApplication

from napari_mmfusion.plugin.dock import curves
from napari_mmfusion.plugin.qt import small_plots

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]

N = 11
COSTS = np.column_stack([np.arange(N) + 100.0, 2000.0 - np.arange(N), 7.0 / (1 + np.arange(N))])


@pytest.fixture
def plot(qtbot):
    made = curves.CostCurves()
    qtbot.addWidget(made)
    made.resize(360, 112)
    made.begin(N)
    made.append(COSTS)
    return made


@pytest.fixture
def texts(plot, monkeypatch):
    """The texts that are written when the curves are drawn."""
    written = []

    class Recorder(QPainter):
        def drawText(self, *arguments):  # noqa: N802 - Qt's name
            written.append(arguments[-1])
            super().drawText(*arguments)

    monkeypatch.setattr(small_plots, "QPainter", Recorder)

    def draw():
        written.clear()
        plot.grab()
        return list(written)

    return draw


def point_at(plot, x):
    nothing = Qt.MouseButton.NoButton
    place = QPointF(x, plot.height() / 2)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, place, nothing, nothing, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plot, event)


def values(iteration):
    return [f"{cost:.5g}" for cost in COSTS[iteration]]


def test_without_a_cursor_the_last_values_are_shown(texts):
    written = texts()
    for value in values(N - 1):
        assert value in written
    assert not [text for text in written if text.startswith("it.")]


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("iteration", [0, 3, N - 1])
def test_all_three_values_under_the_cursor_are_shown(plot, texts, index, iteration):
    box = plot._box(index)
    point_at(plot, box.left() + box.width() * iteration / (N - 1))
    written = texts()
    for value in values(iteration):
        assert value in written
    assert written.count(f"it. {iteration + 1}") == 3


def test_beyond_the_curves_the_last_value_counts(plot, texts):
    plot.begin(2 * N)
    plot.append(COSTS)
    point_at(plot, plot._box(0).right())
    written = texts()
    assert values(N - 1)[0] in written
    assert written.count(f"it. {N}") == 3


def test_the_value_goes_with_the_cursor(plot, texts):
    point_at(plot, plot._box(1).center().x())
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    written = texts()
    assert values(N - 1)[0] in written
    assert not [text for text in written if text.startswith("it.")]


def test_empty_curves_have_no_value(plot, texts):
    plot.begin(N)
    plot._now = plot._now[:0]
    point_at(plot, plot._box(1).center().x())
    assert not [text for text in texts() if text.startswith("it.")]
