"""The plots of Auto have axes that can be read."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("pytestqt")

from qtpy.QtGui import QPainter

from napari_mmfusion.plugin.dock.parameters.score_plot import ScorePlot
from napari_mmfusion.plugin.qt import small_plots

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]


def test_names_and_ends_of_the_axes_are_written_inside_the_widget(qtbot, monkeypatch):
    data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    suggestion = mmf.suggest(data, n_iter=3)
    written = []

    class Recorder(QPainter):
        def drawText(self, *arguments):  # noqa: N802 - Qt's name
            place = self.combinedTransform().mapRect(arguments[0])
            written.append((arguments[-1], place, self.fontMetrics()))
            super().drawText(*arguments)

    monkeypatch.setattr(small_plots, "QPainter", Recorder)
    plot = ScorePlot()
    qtbot.addWidget(plot)
    plot.show_suggestion(suggestion)
    plot.resize(350, plot.sizeHint().height())
    plot.grab()
    texts = [text for text, *_ in written]
    assert "held-out error" in texts
    for along, name in (("lambda_tv", "TV weight"), ("lambda_chem", "Chemistry weight")):
        curves = [curve for curve in suggestion.curves if curve.along == along]
        scores = np.concatenate([curve.scores for curve in curves])
        values = np.concatenate([curve.values for curve in curves])
        chosen = getattr(suggestion, along)
        assert f"{name} (log)" in texts
        assert f"{chosen:.3g}" in texts
        assert f"{min(values.min(), chosen):.2g}" in texts
        assert f"{max(values.max(), chosen):.2g}" in texts
        assert {f"{scores.min():.3g}", f"{scores.max():.3g}"} <= set(texts)
    for text, place, metrics in written:
        assert plot.rect().adjusted(-1, -1, 1, 1).contains(place.toRect()), text
        assert metrics.horizontalAdvance(text) <= max(place.width(), place.height()) + 1, text
