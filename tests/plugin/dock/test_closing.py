"""A closed dock does nothing more, however long Python keeps it in memory."""

from __future__ import annotations

import pytest

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers


@pytest.mark.gui
def test_a_closed_dock_follows_the_viewer_no_longer(make_napari_viewer, phantom, qtbot, notices):
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, phantom)
    dock = FusionWidget(viewer)
    docked = viewer.window.add_dock_widget(dock)
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled, timeout=60_000)
    heard = []
    dock.choice.changed.connect(lambda: heard.append(True))
    docked.destroyOnClose()
    assert dock.native.parent() is None
    viewer.layers.clear()
    add_layers(viewer, phantom)
    qtbot.wait(50)
    assert not heard
    assert not dock.session.busy
    assert notices == []


@pytest.mark.gui
def test_a_dock_closed_during_a_run_ends_it(make_napari_viewer, phantom, qtbot, notices):
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, phantom)
    dock = FusionWidget(viewer)
    docked = viewer.window.add_dock_widget(dock)
    dock.parameters.field("n_iter").value = 2000
    dock.run()
    docked.destroyOnClose()
    qtbot.waitUntil(lambda: not dock.session.runner.busy, timeout=60_000)
    assert dock.session.result is None
    assert notices == []
