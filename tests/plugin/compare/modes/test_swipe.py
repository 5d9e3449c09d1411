"""Raw left, fused right."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.channels import light_of
from napari_mmfusion.plugin.compare.figure.rendering import add_light
from napari_mmfusion.plugin.compare.modes.swipe import Swipe
from napari_mmfusion.plugin.qt.napari_versions import camera_of


def expected(raw, fused, position):
    columns = raw.shape[1]
    cut = round(position * columns)
    picture = np.concatenate([raw[:, :cut], fused[:, cut:]], axis=1)
    if 0 < cut < columns:
        picture[:, cut] = 255
    return picture


def pictures(fused, channels):
    return (
        add_light(light_of(fused.layers.measured(channel)) for channel in channels),
        add_light(light_of(fused.layers.fused(channel)) for channel in channels),
    )


@pytest.mark.parametrize("channels", [("Sc", "Dy", "O"), ("O",), (None,)])
def test_the_divider_goes_anywhere(fused, channels):
    mode = Swipe(fused.viewer, fused.layers, channels)
    mode.enter()
    (layer,) = mode.own_layers()
    both = pictures(fused, channels)
    np.testing.assert_array_equal(layer.data, expected(*both, 0.5))
    for position in (0.7, 0.69, 0.0, 0.01, 1.0, 0.99, 0.25, 0.25, 1.0, 0.0):
        mode.set_position(position)
        np.testing.assert_array_equal(layer.data, expected(*both, position))


def test_only_the_columns_passed_are_drawn(fused):
    mode = Swipe(fused.viewer, fused.layers, position=0.5)
    mode.enter()
    (layer,) = mode.own_layers()
    layer.data[:] = 7
    mode.set_position(0.75)
    assert (layer.data[:, :16] == 7).all()
    assert (layer.data[:, 25:] == 7).all()
    assert (layer.data[:, 24] == 255).all()
    assert not (layer.data[:, 16:24] == 7).all()


def test_it_follows_the_layers(fused):
    mode = Swipe(fused.viewer, fused.layers, ("Sc",))
    mode.enter()
    (layer,) = mode.own_layers()
    fused.layers.fused("Sc").data = fused.layers.fused("Sc").data[::-1].copy()
    fused.layers.measured("Sc").contrast_limits = (6, 7)
    np.testing.assert_array_equal(layer.data, expected(*pictures(fused, ("Sc",)), 0.5))


def test_a_layer_deleted_and_another_changed(fused):
    mode = Swipe(fused.viewer, fused.layers)
    mode.enter()
    fused.viewer.layers.remove(fused.layers.fused("Sc"))
    fused.layers.fused("Dy").contrast_limits = (0, 0.1)
    (layer,) = mode.own_layers()
    np.testing.assert_array_equal(layer.data, expected(*pictures(fused, ("Dy", "O")), 0.5))
    mode.leave()


def test_the_divider_of_a_mode_that_is_off_only_remembers(fused):
    mode = Swipe(fused.viewer, fused.layers)
    mode.set_position(0.25)
    mode.enter()
    (layer,) = mode.own_layers()
    np.testing.assert_array_equal(layer.data, expected(*pictures(fused, mode.channels), 0.25))


def press(viewer, column, *columns):
    """Press the mouse at a column of the image, drag it over others and release it."""
    event = Mock(type="mouse_press", position=(6.0, column * 0.5), modifiers=())
    drags = [callback(viewer, event) for callback in viewer.mouse_drag_callbacks]
    for drag in drags:
        next(drag, None)
    pans = camera_of(viewer).mouse_pan
    for each in columns:
        event.type, event.position = "mouse_move", (6.0, each * 0.5)
        for drag in drags:
            next(drag, None)
    event.type = "mouse_release"
    for drag in drags:
        next(drag, None)
    return pans


def test_the_divider_is_dragged_on_the_image(fused):
    mode = Swipe(fused.viewer, fused.layers, ("O",))
    mode.enter()
    reported = []
    mode.adjusted.connect(lambda key, value: reported.append((key, value)))
    camera_of(fused.viewer).zoom = 40.0
    assert not press(fused.viewer, 15.5, 18.5, 23.5)  # the image does not move meanwhile
    assert camera_of(fused.viewer).mouse_pan
    assert reported == [("position", pytest.approx(19 / 32)), ("position", pytest.approx(24 / 32))]
    (layer,) = mode.own_layers()
    np.testing.assert_array_equal(layer.data, expected(*pictures(fused, ("O",)), 24 / 32))
    press(fused.viewer, 23.5, 900.0)
    assert mode.position == 1


def test_elsewhere_the_mouse_moves_the_image(fused):
    mode = Swipe(fused.viewer, fused.layers, ("O",))
    mode.enter()
    camera_of(fused.viewer).zoom = 40.0
    assert press(fused.viewer, 5, 18, 24)
    assert mode.position == 0.5


def test_the_mouse_is_free_after_the_mode_is_left(fused):
    before = list(fused.viewer.mouse_drag_callbacks), list(fused.viewer.mouse_move_callbacks)
    mode = Swipe(fused.viewer, fused.layers)
    mode.enter()
    mode.leave()
    mode.leave()
    assert (fused.viewer.mouse_drag_callbacks, fused.viewer.mouse_move_callbacks) == before
