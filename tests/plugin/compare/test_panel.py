"""The panel, in a real window."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from fused_layers import fill, look_of, sample

pytest.importorskip("napari.components")
pytest.importorskip("pytestqt")

from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QAbstractButton, QApplication, QLabel

from napari_mmfusion.plugin.compare import explorer
from napari_mmfusion.plugin.compare.modes.table import MODES
from napari_mmfusion.plugin.compare.panel import NO_MODE, ComparePanel
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.napari_versions import (
    camera_of,
    fit_to_view,
    grid_of,
    text_of,
)

pytestmark = pytest.mark.gui
WIDTH = 360
TITLES = tuple(mode.title for mode in MODES)


@pytest.fixture
def panel(fused, qtbot):
    return shown(ComparePanel(fused.viewer, fused.layers), qtbot)


@pytest.fixture
def window(make_napari_viewer):
    """The same in a real window."""
    fused = fill(make_napari_viewer(show=True))
    panel = ComparePanel(fused.viewer, fused.layers)
    fused.viewer.window.add_dock_widget(panel, name="Compare")
    return fused, panel


def shown(panel, qtbot):
    qtbot.addWidget(panel.native)
    panel.native.resize(WIDTH, 400)
    panel.native.show()
    qtbot.waitExposed(panel.native)
    return panel


def visible(viewer):
    return {layer.name for layer in viewer.layers if layer.visible}


def test_every_mode_in_a_window_and_back(window, qtbot):
    fused, panel = window
    before = look_of(fused.viewer)
    for name in TITLES:
        panel.mode.value = name
        assert look_of(fused.viewer) != before
        fused.viewer.window.screenshot(flash=False)
        panel.mode.value = NO_MODE
        assert look_of(fused.viewer) == before
        assert not panel.tools.message.visible
    explore(panel, qtbot)
    fused.viewer.window.screenshot(flash=False)
    panel.tools.explore.native.click()
    assert look_of(fused.viewer) == before


def test_layers_deleted_in_a_window_while_a_mode_is_on(window, qtbot):
    fused, panel = window
    viewer = fused.viewer
    panel.mode.value = "Grid"
    viewer.layers.remove(fused.layers.measured("Sc"))
    qtbot.waitUntil(lambda: grid_of(viewer).shape == (2, 3))
    panel.mode.value = "Swipe"
    viewer.layers.remove(fused.layers.fused("Dy"))
    qtbot.waitUntil(lambda: "All elements" in panel.channel.choices)
    viewer.window.screenshot(flash=False)
    panel.mode.value = "Grid"
    viewer.layers.select_all()
    viewer.layers.remove_selected()
    qtbot.waitUntil(lambda: panel.mode.value == NO_MODE)
    assert not grid_of(viewer).enabled
    viewer.window.screenshot(flash=False)


def test_through_all_modes(panel, fused):
    before = look_of(fused.viewer)
    for name in (*TITLES, *reversed(TITLES), NO_MODE):
        panel.mode.value = name
    assert look_of(fused.viewer) == before


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", [NO_MODE, *TITLES])
def test_no_text_is_clipped(panel, qtbot, theme, name):
    qt_theme = pytest.importorskip("napari.qt")
    panel.native.setStyleSheet(qt_theme.get_stylesheet(theme))
    panel.mode.value = name
    panel.tools.say("There is nothing fused to compare with: press Run first.")
    qtbot.wait(1)
    assert panel.native.minimumSizeHint().width() <= WIDTH
    for child in panel.native.findChildren((QAbstractButton, QLabel)):
        if child.isVisible():
            needed = child.heightForWidth(child.width()) if child.hasHeightForWidth() else 0
            assert child.height() >= max(needed, child.minimumSizeHint().height()), child.text()
            assert child.width() >= child.minimumSizeHint().width(), child.text()


def test_settings_belong_to_their_mode(panel):
    modes_of = {
        "opacity": ("Overlay",),
        "luminance": ("Overlay",),
        "rate": ("Blink",),
        "position": ("Swipe",),
    }
    assert len(panel.settings.widgets) == len(modes_of)
    for name in (NO_MODE, *TITLES):
        panel.mode.value = name
        assert panel.channel.visible == (name in ("Blink", "Swipe", "Difference"))
        for setting, modes in modes_of.items():
            assert panel.settings[setting].visible == (name in modes), (name, setting)
    assert panel.channel.choices == ("All elements", "Sc", "Dy", "O", "HAADF")


def test_the_sliders_work(panel, fused, qtbot):
    viewer = fused.viewer
    panel.mode.value = "Overlay"
    panel.settings["opacity"].value = 0.25
    assert fused.layers.fused("Sc").opacity == 0.25
    panel.settings["luminance"].value = True
    assert visible(viewer) == {"Chemistry on HAADF"}
    panel.mode.value = "Swipe"
    panel.channel.value = "Dy"
    (picture,) = (layer.data for layer in viewer.layers if layer.visible)
    panel.settings["position"].value = 1.0
    raw = picture.copy()
    panel.settings["position"].value = 0.0
    assert not np.array_equal(picture, raw)
    panel.mode.value = "Blink"
    panel.settings["rate"].value = 10
    qtbot.waitUntil(lambda: visible(viewer) == {"Dy fused"})
    qtbot.waitUntil(lambda: visible(viewer) == {"Dy"})
    panel.mode.value = NO_MODE
    assert not panel._timer.isActive()


def test_before_a_run_the_panel_says_what_to_do(viewer, qtbot):
    fused = fill(viewer, fused=())
    panel = shown(ComparePanel(viewer, fused.layers), qtbot)
    before = look_of(viewer)
    for name in TITLES:
        panel.mode.value = name
        assert panel.mode.value == NO_MODE
        assert "Run" in panel.tools.message.value
        assert panel.tools.message.visible
    assert look_of(viewer) == before


def test_contrast_is_linked_on_demand(panel, fused):
    panel.link.value = True
    low, high = fused.data.maps["O"].min(), fused.data.maps["O"].max()
    fused.layers.measured("O").contrast_limits = (low, (low + high) / 2)
    np.testing.assert_allclose(fused.layers.fused("O").contrast_limits, (0, 0.5), atol=1e-6)
    panel.link.value = False
    np.testing.assert_allclose(fused.layers.fused("O").contrast_limits, (0, 1), atol=1e-6)
    np.testing.assert_allclose(fused.layers.measured("O").contrast_limits, (low, high))
    fused.layers.measured("O").contrast_limits = (low, (low + high) / 2)
    np.testing.assert_allclose(fused.layers.fused("O").contrast_limits, (0, 1), atol=1e-6)


def test_a_deleted_element_leaves_the_grid(panel, fused, qtbot):
    panel.mode.value = "Grid"
    fused.viewer.layers.remove(fused.layers.measured("Sc"))
    qtbot.waitUntil(lambda: grid_of(fused.viewer).shape == (2, 3))
    assert panel.mode.value == "Grid"
    fused.viewer.layers.remove(fused.layers.fused("Sc"))
    qtbot.waitUntil(lambda: "Sc" not in panel.channel.choices)


@pytest.mark.parametrize("name", ["Swipe", "Difference"])
def test_a_mode_whose_picture_is_deleted_is_left(panel, fused, qtbot, name):
    before = look_of(fused.viewer)
    panel.mode.value = name
    fused.viewer.layers.remove_selected()
    qtbot.waitUntil(lambda: panel.mode.value == NO_MODE)
    assert look_of(fused.viewer) == before


@pytest.mark.parametrize("name", TITLES)
def test_all_layers_may_be_deleted(panel, fused, qtbot, name):
    panel.mode.value = name
    fused.viewer.layers.select_all()
    fused.viewer.layers.remove_selected()
    qtbot.waitUntil(lambda: panel.mode.value == NO_MODE)
    assert not grid_of(fused.viewer).enabled
    assert not text_of(fused.viewer).visible


def test_layers_fused_later_are_offered(viewer, qtbot):
    fused = fill(viewer, fused=("Sc",))
    panel = shown(ComparePanel(viewer, fused.layers), qtbot)
    panel.mode.value = "Overlay"
    layer = viewer.add_image(fused.data.normalised("O"), name="O fused")
    fused.layers.set_fused("O", layer)
    qtbot.waitUntil(lambda: layer.blending == "additive")
    assert visible(viewer) == {"HAADF", "Sc fused", "O fused"}


def explore(panel, qtbot):
    panel.tools.explore.native.click()
    assert panel.tools.explore.text.startswith("Exploring")
    qtbot.waitUntil(lambda: panel.tools.explore.enabled, timeout=20_000)


def test_the_tv_explorer(panel, fused, qtbot):
    before = look_of(fused.viewer)
    panel.mode.value = "Overlay"
    explore(panel, qtbot)
    viewer = fused.viewer
    assert panel.mode.value == NO_MODE
    assert visible(viewer) == {"TV: Sc", "TV: Dy", "TV: O"}
    assert viewer.dims.axis_labels[0] == "TV weight"
    assert text_of(viewer).text == "TV weight 0.15 (chosen)"
    np.testing.assert_array_equal(viewer.layers["TV: O"].data, explorer.explore(fused.data)["O"])
    viewer.dims.set_current_step(0, 2)
    assert text_of(viewer).text == "TV weight 0.45 (high)"
    panel.tools.explore.native.click()
    assert look_of(viewer) == before


def test_the_weight_of_the_explorer_is_taken_on_request(panel, fused, qtbot):
    taken = []
    panel.tools.weight_chosen.connect(taken.append)
    before = look_of(fused.viewer)
    assert not panel.tools.use.visible
    explore(panel, qtbot)
    assert panel.tools.use.visible
    fused.viewer.dims.set_current_step(0, 2)
    panel.tools.use.native.click()
    assert taken == [pytest.approx(0.45)]
    assert look_of(fused.viewer) == before
    assert not panel.tools.use.visible


def test_the_tv_explorer_works_before_the_first_run(viewer, qtbot):
    data = sample()
    add_layers(viewer, data)
    job = data, mmf.FusionParameters(lambda_tv=0.3)
    panel = shown(ComparePanel(viewer, LayerSet(viewer), lambda: job), qtbot)
    explore(panel, qtbot)
    assert visible(viewer) == {"TV: Sc", "TV: Dy", "TV: O"}
    np.testing.assert_array_equal(viewer.layers["TV: O"].scale, (1, 0.5, 0.5))
    assert text_of(viewer).text == "TV weight 0.3 (chosen)"


def test_from_the_explorer_to_a_mode(panel, fused, qtbot):
    before = look_of(fused.viewer)
    explore(panel, qtbot)
    panel.mode.value = "Grid"
    assert "TV: O" not in fused.viewer.layers
    assert panel.tools.explore.text == "TV explorer"
    panel.mode.value = NO_MODE
    assert look_of(fused.viewer) == before


@pytest.mark.parametrize("error", [RuntimeError("broken"), mmf.MMFusionComputeError("broken")])
def test_a_failure_while_exploring_is_reported(panel, qtbot, monkeypatch, error):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(explorer, "fuse", fail)
    if isinstance(error, RuntimeError):
        with qtbot.captureExceptions() as caught:
            explore(panel, qtbot)
        assert [kind for kind, *_ in caught] == [RuntimeError]
    else:
        explore(panel, qtbot)
        assert panel.tools.message.value == "broken"
    assert panel.tools.explore.text == "TV explorer"


def test_no_job_no_exploration(viewer, qtbot):
    def refuse():
        raise mmf.MMFusionError("a run is in progress")

    fused = fill(viewer)
    panel = shown(ComparePanel(viewer, fused.layers, refuse), qtbot)
    panel.tools.explore.native.click()
    assert panel.tools.message.value == "a run is in progress"
    assert panel.tools.explore.enabled


def test_a_rectangle_drawn_with_the_mouse_fills_the_view(window, qtbot):
    fused, panel = window
    viewer = fused.viewer
    canvas = viewer.window._qt_viewer.canvas.native
    panel.tools.zoom.draw.native.click()
    assert panel.tools.message.visible
    QApplication.processEvents()  # the dock takes its place, the canvas becomes narrower
    fit_to_view(viewer)
    middle = canvas.rect().center()
    camera = camera_of(viewer)
    centre, zoom = camera.center, camera.zoom
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    for i in range(1, 6):
        qtbot.mouseMove(canvas, middle + QPoint(20 * i, 15 * i))
        QApplication.processEvents()
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(100, 75))
    qtbot.waitUntil(lambda: "Zoom region" not in viewer.layers)
    assert camera.zoom > 1.5 * zoom
    assert camera.center[-2] > centre[-2]
    assert camera.center[-1] > centre[-1]
    assert panel.tools.zoom.sides["w"].value > 0
    panel.tools.zoom.whole.native.click()
    assert camera.zoom == pytest.approx(zoom)


def test_a_rectangle_given_in_numbers(panel, fused):
    for side, value in zip("xywh", (10, 4, 8, 2), strict=True):
        panel.tools.zoom.sides[side].value = value
    np.testing.assert_allclose(camera_of(fused.viewer).center[-2:], (2.25, 6.75))


def test_drawing_can_be_cancelled(panel, fused):
    before = look_of(fused.viewer)
    panel.tools.zoom.draw.native.click()
    panel.tools.zoom.draw.native.click()
    assert look_of(fused.viewer) == before
    assert not panel.tools.message.visible


def test_the_viewer_closed_while_exploring(window, qtbot):
    fused, panel = window
    panel.mode.value = "Blink"
    panel.tools.explore.native.click()
    fused.viewer.close()
    qtbot.waitUntil(lambda: not panel.tools.task.busy, timeout=20_000)
    QApplication.processEvents()
