"""A comparison whose controls are hidden or closed."""

from __future__ import annotations

import pytest

from fused_layers import fill, look_of

pytest.importorskip("napari")

from qtpy.QtCore import QEvent
from qtpy.QtWidgets import QApplication, QDockWidget

from napari_mmfusion.plugin.compare.modes.blink import BLINK
from napari_mmfusion.plugin.compare.modes.grid import GRID
from napari_mmfusion.plugin.compare.modes.table import MODES
from napari_mmfusion.plugin.compare.panel import NO_MODE, ComparePanel

pytestmark = pytest.mark.gui


@pytest.fixture
def window(make_napari_viewer):
    """Layers of a finished fusion, the panel and its dock."""
    fused = fill(make_napari_viewer(show=True))
    panel = ComparePanel(fused.viewer, fused.layers)
    dock = fused.viewer.window.add_dock_widget(panel, name="Compare")
    QApplication.processEvents()
    return fused, panel, dock


def test_blink_ends_when_the_dock_is_hidden(window, qtbot):
    fused, panel, dock = window
    before = look_of(fused.viewer)
    panel.mode.value = BLINK.title
    assert panel._timer.isActive()
    dock.hide()
    qtbot.waitUntil(lambda: panel.mode.value == NO_MODE)
    assert not panel._timer.isActive()
    assert look_of(fused.viewer) == before
    dock.show()
    panel.mode.value = BLINK.title
    assert panel._timer.isActive()
    panel.mode.value = NO_MODE


def test_a_grid_stays_when_the_dock_is_hidden(window, qtbot):
    fused, panel, dock = window
    panel.mode.value = GRID.title
    shown = look_of(fused.viewer)
    with qtbot.waitSignal(panel._visibility.hidden):
        dock.hide()
    assert panel.mode.value == GRID.title
    assert look_of(fused.viewer) == shown


def test_blink_goes_on_in_a_dock_that_floats(window, qtbot):
    _, panel, dock = window
    panel.mode.value = BLINK.title
    assert isinstance(dock, QDockWidget)
    for floating in (True, False):
        dock.setFloating(floating)
        qtbot.wait(100)
        assert panel.mode.value == BLINK.title
        assert panel._timer.isActive()
    panel.mode.value = NO_MODE


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.title)
def test_every_mode_ends_when_the_dock_is_closed(window, qtbot, mode):
    fused, panel, dock = window
    before = look_of(fused.viewer)
    panel.mode.value = mode.title
    assert look_of(fused.viewer) != before
    dock.destroyOnClose()
    qtbot.waitUntil(lambda: panel.mode.value == NO_MODE)
    assert not panel._timer.isActive()
    assert {**look_of(fused.viewer), "camera": 0} == {**before, "camera": 0}  # the canvas grew
    panel.native.deleteLater()
    QApplication.sendPostedEvents(panel.native, QEvent.Type.DeferredDelete.value)
    fused.viewer.layers.clear()  # nothing that is gone listens
    QApplication.processEvents()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.title)
def test_the_window_may_be_closed_in_any_mode(window, mode):
    fused, panel, _ = window
    panel.mode.value = mode.title
    fused.viewer.close()
    QApplication.processEvents()
    assert not fused.viewer.layers
