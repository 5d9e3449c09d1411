"""The bar in napari's activity dock: only for runs that last, and never in the way."""

from __future__ import annotations

import pytest

napari_utils = pytest.importorskip("napari.utils")

from qtpy.QtWidgets import QLabel  # noqa: E402

from napari_mmfusion.plugin.qt.work import activity as module  # noqa: E402
from napari_mmfusion.plugin.qt.work.activity import Activity  # noqa: E402

pytestmark = pytest.mark.gui


def bars():
    return [bar for bar in napari_utils.progress._all_instances if bar.desc.startswith("Fusing")]


@pytest.fixture
def short_pause(monkeypatch):
    monkeypatch.setattr(module, "_PAUSE", 10)


def test_the_bar_follows(make_napari_viewer, short_pause, qtbot):  # noqa: ARG001
    viewer = make_napari_viewer()
    activity = Activity(viewer, "Fusing", 30)
    activity.advance(3)
    assert bars() == []  # nothing within the call
    qtbot.waitUntil(lambda: [bar.n for bar in bars()] == [3])
    activity.advance(4)
    qtbot.waitUntil(lambda: [bar.n for bar in bars()] == [7])
    activity.close()
    assert bars() == []


def test_the_spinner_is_stopped(make_napari_viewer, short_pause, qtbot):  # noqa: ARG001
    viewer = make_napari_viewer(show=True)
    labels = viewer.window._qt_window.statusBar().findChildren(QLabel)
    (wheel,) = (label.movie() for label in labels if label.movie() is not None)
    activity = Activity(viewer, "Fusing", 30)
    qtbot.waitUntil(lambda: bool(bars()))
    qtbot.waitUntil(lambda: wheel.state() == wheel.MovieState.NotRunning)
    activity.close()


def test_a_short_run_has_no_bar(make_napari_viewer, qtbot):
    activity = Activity(make_napari_viewer(), "Fusing", 30)
    activity.advance(30)
    activity.close()
    qtbot.wait(50)
    assert bars() == []


def test_closing_while_napari_makes_the_bar_leaves_none(
    make_napari_viewer,
    short_pause,  # noqa: ARG001
    monkeypatch,
    qtbot,
):
    viewer = make_napari_viewer()
    made = []

    def making(**options):
        bar = napari_utils.progress(**options)
        made.append(bar)
        activity.close()  # as an event that napari goes through meanwhile may do
        return bar

    monkeypatch.setattr(module, "progress", making)
    activity = Activity(viewer, "Fusing", 30)
    qtbot.waitUntil(lambda: bool(made))
    assert bars() == []
