"""Scale, units and place of layers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from napari.layers import Image

from napari_mmfusion.plugin.layers.calibration import place_of, place_of_stack


@pytest.mark.usefixtures("qapp")
def test_a_stack_lies_where_its_image_lies():
    place = {"scale": (0.5, 0.25), "translate": (30, 40), "units": ("nm", "nm")}
    image = Image(np.zeros((4, 5), np.float32), axis_labels=("y", "x"), **place)
    stack = Image(np.zeros((3, 4, 5), np.float32), **place_of_stack(image, "iteration"))
    assert stack.scale.tolist() == [1, 0.5, 0.25]
    assert stack.translate.tolist() == [0, 30, 40]
    assert stack.units[1:] == image.units
    assert stack.axis_labels == ("iteration", "y", "x")


@pytest.mark.usefixtures("qapp")
def test_a_layer_at_the_place_of_another_covers_it():
    place = {"scale": (0.5, 0.25), "translate": (30, 40), "rotate": 20, "units": ("nm", "nm")}
    image = Image(np.zeros((4, 5), np.float32), **place)
    other = Image(np.zeros((4, 5), np.float32), **place_of(image))
    for corner in ((0, 0), (3, 4)):
        np.testing.assert_allclose(other.data_to_world(corner), image.data_to_world(corner))
    assert other.units == image.units
