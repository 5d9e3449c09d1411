"""Properties of every mode of comparison."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from fused_layers import connections_of, fill, look_of

napari_components = pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare import explorer  # noqa: E402
from napari_mmfusion.plugin.compare.channels import NothingToCompareError  # noqa: E402
from napari_mmfusion.plugin.compare.modes.blink import Blink  # noqa: E402
from napari_mmfusion.plugin.compare.modes.difference import Difference  # noqa: E402
from napari_mmfusion.plugin.compare.modes.grid import Grid  # noqa: E402
from napari_mmfusion.plugin.compare.modes.overlay import LuminanceOverlay, Overlay  # noqa: E402
from napari_mmfusion.plugin.compare.modes.swipe import Swipe  # noqa: E402
from napari_mmfusion.plugin.compare.modes.tv_stack import TvStack  # noqa: E402
from napari_mmfusion.plugin.qt.napari_versions import grid_of  # noqa: E402

MODES = [Overlay, LuminanceOverlay, Grid, Blink, Swipe, Difference]


def tv_stack(viewer, layers):
    stacks = {name: np.ones((3, 24, 32), np.float32) for name in ("Sc", "Dy", "O")}
    return TvStack(viewer, layers, explorer.Exploration((0.1, 0.2, 0.3), 0.2, stacks))


@pytest.fixture(params=[*MODES, tv_stack], ids=lambda kind: kind.__name__)
def mode(request, fused):
    return request.param(fused.viewer, fused.layers)


def test_leaving_restores_the_view(mode, fused):
    viewer = fused.viewer
    viewer.layers.selection = {viewer.layers[1], viewer.layers[2]}
    viewer.layers[0].opacity = 0.3
    viewer.layers[2].visible = False
    getattr(viewer, "scene", viewer).camera.center = (0, 1.5, 2.5)
    before, listening = look_of(viewer), connections_of(viewer)
    mode.enter()
    assert mode.is_on
    assert look_of(viewer) != before
    mode.leave()
    assert not mode.is_on
    assert look_of(viewer) == before
    assert connections_of(viewer) == listening
    mode.leave()  # once more does nothing
    assert look_of(viewer) == before


def test_entering_twice_is_entering_once(mode, fused):
    before = look_of(fused.viewer)
    mode.enter()
    inside = look_of(fused.viewer)
    mode.enter()
    assert look_of(fused.viewer) == inside
    mode.leave()
    assert look_of(fused.viewer) == before


def test_layers_may_be_deleted_meanwhile(mode, fused):
    viewer, layers = fused.viewer, fused.layers
    mode.enter()
    for gone in (layers.fused("Sc"), layers.measured("Dy"), layers.measured(None)):
        viewer.layers.remove(gone)
    left = [layer.name for layer in viewer.layers if layer not in mode.own_layers()]
    mode.leave()
    assert sorted(layer.name for layer in viewer.layers) == sorted(left)


def test_the_viewer_may_be_emptied_meanwhile(mode, fused):
    mode.enter()
    fused.viewer.layers.clear()
    mode.leave()
    assert len(fused.viewer.layers) == 0


def test_layers_added_meanwhile_stay(mode, fused):
    mode.enter()
    fused.viewer.add_points(np.zeros((1, 2)), name="mine")
    mode.leave()
    assert fused.viewer.layers[-1].name == "mine"
    assert fused.viewer.layers["mine"].visible


def test_a_mode_knows_when_its_own_layer_is_gone(mode, fused):
    mode.enter()
    assert mode.is_intact
    for layer in mode.own_layers():
        fused.viewer.layers.remove(layer)
        assert not mode.is_intact
    mode.leave()


def test_deleted_layers_are_not_kept_alive(mode, fused):
    mode.enter()
    gone = weakref.ref(fused.layers.fused("O"))
    fused.viewer.layers.remove(gone())
    mode.leave()
    fused.viewer.layers.selection.clear()
    gc.collect()
    assert gone() is None


def test_scale_and_units_are_those_of_the_data(mode):
    mode.enter()
    for layer in mode.own_layers():
        np.testing.assert_array_equal(layer.scale[-2:], (0.5, 0.5))
        assert [str(unit) for unit in layer.units[-2:]] == ["nanometer"] * 2
        assert layer.axis_labels[-2:] == ("y", "x")
        assert layer.metadata["mmfusion"]["role"] == "comparison"
    mode.leave()


@pytest.mark.parametrize("kind", MODES, ids=lambda kind: kind.__name__)
def test_without_fused_layers_nothing_changes(kind):
    viewer, layers, _ = fill(napari_components.ViewerModel(), fused=())
    before = look_of(viewer)
    mode = kind(viewer, layers)
    with pytest.raises(NothingToCompareError, match="Run"):
        mode.enter()
    assert look_of(viewer) == before
    assert not mode.is_on


@pytest.mark.parametrize("kind", MODES, ids=lambda kind: kind.__name__)
def test_layers_of_the_user_are_hidden_only_where_they_are_in_the_way(kind, fused):
    image = fused.viewer.add_image(np.ones((5, 5)), name="picture")
    points = fused.viewer.add_points(np.zeros((1, 2)), name="mine")
    mode = kind(fused.viewer, fused.layers)
    mode.enter()
    assert not image.visible
    assert points.visible != grid_of(fused.viewer).enabled
    mode.leave()
    assert image.visible
    assert points.visible
