"""A rectangle that fills the view."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.modes.grid import Grid
from napari_mmfusion.plugin.compare.zooming.rectangle_picker import NAME, RectanglePicker
from napari_mmfusion.plugin.compare.zooming.zoom import Rectangle, rectangle_of, zoom_to
from napari_mmfusion.plugin.qt.napari_versions import (
    camera_of,
    grid_of,
    size_of_a_view,
)


def test_the_region_holds_the_pixels_that_are_touched():
    corners = [[0, 4.2, 2.6], [0, 4.2, 7.0], [0, 9.4, 7.0], [0, 9.4, 2.6]]
    assert rectangle_of(corners) == Rectangle(x=3, y=4, width=5, height=6)
    assert rectangle_of([[-9, -9], [1, 1]]) == Rectangle(0, 0, 2, 2)
    assert rectangle_of([[5, 5], [5, 5]]) == Rectangle(5, 5, 1, 1)


def test_the_rectangle_is_centred_and_fills_the_view(fused):
    zoom_to(fused.viewer, Rectangle(10, 4, 8, 2), fused.layers.measured(None))
    camera = camera_of(fused.viewer)
    # 0.5 nm a pixel; pixel 10 reaches from 9.5 to 10.5.
    np.testing.assert_allclose(camera.center[-2:], (0.5 * 4.5, 0.5 * 13.5))
    height, width = size_of_a_view(fused.viewer)
    assert camera.zoom == pytest.approx(0.98 * min(height / 1, width / 4))


def test_in_a_grid_it_fills_every_cell(fused):
    image = fused.layers.measured(None)
    zoom_to(fused.viewer, Rectangle(0, 0, 8, 8), image)
    zoom = camera_of(fused.viewer).zoom
    Grid(fused.viewer, fused.layers).enter()
    height, width = size_of_a_view(fused.viewer)
    zoom_to(fused.viewer, Rectangle(0, 0, 8, 8), image)
    assert camera_of(fused.viewer).zoom < zoom / 2
    assert camera_of(fused.viewer).zoom == pytest.approx(0.98 * min(height, width) / 4)


def test_an_empty_rectangle_does_no_harm(fused):
    zoom_to(fused.viewer, Rectangle(1, 1, 0, 0), fused.layers.measured(None))
    assert np.isfinite(camera_of(fused.viewer).zoom)


def test_a_drawn_rectangle_is_handed_over(fused):
    picked = []
    picker = RectanglePicker(fused.viewer)
    selected = set(fused.viewer.layers.selection)
    picker.ask(fused.layers.measured(None), picked.append)
    shapes = fused.viewer.layers[NAME]
    assert picker.is_waiting
    assert shapes.mode == "add_rectangle"
    assert fused.viewer.layers.selection.active is shapes
    np.testing.assert_array_equal(shapes.scale, (0.5, 0.5))
    shapes.add_rectangles(np.array([[2, 3], [2, 9], [6, 9], [6, 3]]))
    assert picked == [Rectangle(3, 2, 7, 5)]
    picker.cancel()
    assert not picker.is_waiting
    assert NAME not in fused.viewer.layers
    assert set(fused.viewer.layers.selection) == selected


def test_the_grid_is_off_while_drawing(fused):
    mode = Grid(fused.viewer, fused.layers)
    mode.enter()
    picker = RectanglePicker(fused.viewer)
    picker.ask(fused.layers.measured(None), print)
    assert not grid_of(fused.viewer).enabled
    picker.cancel()
    assert grid_of(fused.viewer).enabled
    mode.leave()


def test_the_user_may_delete_the_layer_instead(fused):
    picker = RectanglePicker(fused.viewer)
    picker.ask(fused.layers.measured(None), print)
    fused.viewer.layers.remove(NAME)
    assert not picker.is_waiting
    picker.cancel()
    picker.ask(fused.layers.measured(None), print)
    assert picker.is_waiting
