"""The cost curves under the cursor."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pytestqt")

from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QColor, QMouseEvent, QPainter
from qtpy.QtWidgets import QApplication

from napari_mmfusion.plugin.dock.results import curves
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


def coloured_pixels(plot, colour, tolerance=60):
    """Places of the pixels in about this colour."""
    picture = plot.grab().toImage()
    wanted = QColor(colour)
    return [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if max(
            abs(getattr(picture.pixelColor(x, y), part)() - getattr(wanted, part)())
            for part in ("red", "green", "blue")
        )
        < tolerance
    ]


def test_a_run_that_diverged_before_neither_scales_nor_leaves_the_plot(plot, texts):
    plot.setStyleSheet("background: black; color: white;")
    plot.begin(N)
    alone = curves.CostCurves()
    for costs in (COSTS * 1e30, COSTS):
        plot.begin(N)
        plot.append(costs)
    alone.begin(N)
    alone.append(COSTS)
    alone.resize(plot.size())
    alone.setStyleSheet(plot.styleSheet())
    assert texts()
    lines = [[at for at in coloured_pixels(p, curves.BLUE) if at[1] > 31] for p in (plot, alone)]
    assert len(lines[0]) > 20
    assert lines[0] == lines[1]  # drawn to the same scale
    box = plot._box(0)
    picture, other = plot.grab().toImage(), alone.grab().toImage()
    outside = [
        (x, y)
        for x in range(plot.width())
        for y in range(32, plot.height())
        if not any(plot._box(i).adjusted(-2, -2, 2, 2).contains(x, y) for i in range(3))
    ]
    assert all(picture.pixel(*at) == other.pixel(*at) for at in outside)
    assert box.height() > 40


@pytest.mark.parametrize("log", [False, True])
def test_costs_without_a_number_are_left_out(plot, log):
    plot.begin(4)
    plot.append(np.array([[1.0, 2, 3], [np.inf, np.nan, 0], [1e300, -1, 2], [1.5, 1, 1]]))
    plot.set_log(log)
    plot.grab()


def test_empty_curves_have_no_value(plot, texts):
    plot.begin(N)
    plot._now = plot._now[:0]
    point_at(plot, plot._box(1).center().x())
    assert not [text for text in texts() if text.startswith("it.")]
