"""Fused minus raw."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.modes.difference import (
    Difference,
    difference,
    grid_shape,
)
from napari_mmfusion.plugin.qt.napari_versions import grid_of


def test_both_are_relative_to_the_measured_range():
    raw = np.array([[10.0, 30.0]])
    np.testing.assert_allclose(difference(raw, np.array([[0.25, 0.75]]), 10, 20), [[0.25, -0.25]])


def test_one_channel(fused):
    mode = Difference(fused.viewer, fused.layers, ("Sc",))
    mode.enter()
    (layer,) = mode.own_layers()
    np.testing.assert_allclose(layer.data, -fused.data.normalised("Sc") / 2, atol=1e-6)
    low, high = layer.contrast_limits
    assert low == -high
    np.testing.assert_allclose(layer.colormap.map(0.5).ravel()[:3], 0.97, atol=0.02)
    red, _, blue = layer.colormap.map(0.9).ravel()[:3]
    assert red > blue
    assert not grid_of(fused.viewer).enabled
    assert not mode.moves_camera


def test_all_elements_in_a_grid(fused):
    mode = Difference(fused.viewer, fused.layers)
    mode.enter()
    assert [layer.name[:2].strip(":") for layer in mode.own_layers()] == ["Sc", "Dy", "O"]
    assert list(fused.viewer.layers)[:3] == mode.own_layers()
    assert grid_of(fused.viewer).shape == (2, 2)


def test_the_color_bars_are_opposite_the_scale_bar(fused):
    mode = Difference(fused.viewer, fused.layers)
    mode.enter()
    for layer in mode.own_layers():
        assert layer.colorbar.visible
        assert layer.colorbar.position == "bottom_left"


@pytest.mark.parametrize(("n", "shape"), [(2, (1, 2)), (3, (2, 2)), (4, (2, 2)), (11, (3, 4))])
def test_the_grid_is_nearly_square(n, shape):
    assert grid_shape(n) == shape


def test_the_scale_bar_has_the_last_cell_of_a_large_grid_for_itself():
    for n in range(5, 100):
        rows, columns = grid_shape(n)
        assert (rows - 1) * columns < n < rows * columns


def test_it_follows_the_layers(fused):
    mode = Difference(fused.viewer, fused.layers)
    mode.enter()
    limits = [layer.contrast_limits for layer in mode.own_layers()]
    fused.layers.fused("Dy").data = fused.data.normalised("Dy")
    assert [np.abs(layer.data).max() > 1e-6 for layer in mode.own_layers()] == [True, False, True]
    assert [layer.contrast_limits for layer in mode.own_layers()] == limits
