"""Fused minus raw."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.difference import (
    Difference,
    difference,
    symmetric_limits,
)
from napari_mmfusion.plugin.compatibility import grid_of


def test_both_are_relative_to_the_measured_range():
    raw = np.array([[10.0, 30.0]])
    np.testing.assert_allclose(difference(raw, np.array([[0.25, 0.75]]), 10, 20), [[0.25, -0.25]])


def test_limits_are_symmetric_and_forgive_a_hot_pixel():
    image = np.linspace(-1, 1, 1001, dtype=np.float32)
    low, high = symmetric_limits(image)
    assert low == -high
    assert 0.98 < high <= 1
    image[0] = -100
    assert symmetric_limits(image)[1] < 1.01
    assert symmetric_limits(np.zeros((3, 3), np.float32)) == (-1, 1)


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


def test_all_elements_side_by_side(fused):
    mode = Difference(fused.viewer, fused.layers)
    mode.enter()
    assert [layer.name[:2].strip(":") for layer in mode.own_layers()] == ["Sc", "Dy", "O"]
    assert list(fused.viewer.layers)[:3] == mode.own_layers()
    assert grid_of(fused.viewer).shape == (1, 3)


def test_it_follows_the_layers(fused):
    mode = Difference(fused.viewer, fused.layers)
    mode.enter()
    limits = [layer.contrast_limits for layer in mode.own_layers()]
    fused.layers.fused("Dy").data = fused.data.normalised("Dy")
    assert [np.abs(layer.data).max() > 1e-6 for layer in mode.own_layers()] == [True, False, True]
    assert [layer.contrast_limits for layer in mode.own_layers()] == limits
