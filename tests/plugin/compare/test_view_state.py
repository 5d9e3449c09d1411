"""Only what a mode changed is restored."""

from __future__ import annotations

import numpy as np
import pytest

napari_components = pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.view_state import ViewState  # noqa: E402
from napari_mmfusion.plugin.qt.napari_versions import camera_of, grid_of  # noqa: E402


@pytest.fixture
def viewer():
    viewer = napari_components.ViewerModel()
    for name in "abcd":
        viewer.add_image(np.ones((4, 5)), name=name, contrast_limits=(0, 1))
    return viewer


def names(viewer):
    return "".join(layer.name for layer in viewer.layers)


def test_the_first_value_comes_back(viewer):
    layer = viewer.layers["a"]
    view = ViewState(viewer)
    view.change(layer, opacity=0.5, visible=False)
    view.change(layer, opacity=0.2, colormap="red")
    assert (layer.opacity, layer.visible, layer.colormap.name) == (0.2, False, "red")
    view.restore()
    assert (layer.opacity, layer.visible, layer.colormap.name) == (1, True, "gray")


def test_what_the_user_changed_stays(viewer):
    view = ViewState(viewer)
    view.change(viewer.layers["a"], visible=False)
    viewer.layers["a"].contrast_limits = (0.2, 0.3)
    viewer.layers["b"].visible = False
    view.restore()
    assert viewer.layers["a"].contrast_limits == [0.2, 0.3]
    assert not viewer.layers["b"].visible


def test_order_grid_and_camera_come_back(viewer):
    view = ViewState(viewer)
    camera, grid = camera_of(viewer), grid_of(viewer)
    before = camera.center, camera.zoom
    view.arrange([viewer.layers[name] for name in "ca"])
    assert names(viewer) == "cabd"
    view.arrange([viewer.layers[name] for name in "d"])
    view.change(grid, enabled=True, shape=(2, 2))
    camera.center, camera.zoom = (0, 9, 9), 33
    view.restore()
    assert names(viewer) == "abcd"
    assert (grid.enabled, grid.shape) == (False, (-1, -1))
    assert (camera.center, camera.zoom) == before


def test_layers_come_and_go(viewer):
    view = ViewState(viewer)
    view.arrange([viewer.layers[name] for name in "dcb"])
    view.change(viewer.layers["c"], visible=False)
    viewer.layers.remove("c")
    viewer.add_image(np.ones((4, 5)), name="new")
    viewer.layers.move(3, 0)
    view.restore()
    assert sorted(names(viewer).replace("new", "")) == list("abd")
    assert [name for name in names(viewer) if name in "abd"] == list("abd")


def test_selection_and_active_layer(viewer):
    layers = viewer.layers
    layers.selection = {layers["a"], layers["b"]}
    layers.selection.active = layers["b"]
    layers.selection.add(layers["a"])
    active, selected = layers.selection.active, set(layers.selection)
    view = ViewState(viewer)
    layers.selection.active = layers["d"]
    view.restore()
    assert set(layers.selection) == selected
    assert layers.selection.active is active


def test_a_selection_of_deleted_layers_is_skipped(viewer):
    viewer.layers.selection.active = viewer.layers["b"]
    view = ViewState(viewer)
    viewer.layers.remove("b")
    viewer.layers.selection.active = viewer.layers["d"]
    view.restore()
    assert viewer.layers.selection.active is viewer.layers["d"]


def test_two_and_three_dimensions(viewer):
    view = ViewState(viewer)
    viewer.dims.ndisplay = 3
    view.restore()
    assert viewer.dims.ndisplay == 2


def test_nothing_is_left_of_a_closed_viewer():
    viewer = napari_components.ViewerModel()
    view = ViewState(viewer)
    del viewer
    view.restore()
