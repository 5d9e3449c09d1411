"""Coloured maps add up to colours: where many are bright, all are dimmed alike."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from napari.layers import Image

from napari_mmfusion.plugin.run.shown.brightness import choose_opacity, dim_together

pytestmark = pytest.mark.usefixtures("qapp")


def layers(*colours, level=1.0):
    image = np.full((20, 20), level, np.float32)
    image[:2] = 0
    look = {"contrast_limits": (0, 1), "blending": "additive"}
    return [Image(image.copy(), colormap=colour, **look) for colour in colours]


def test_sums_stay_within_what_a_screen_shows():
    three = layers("#ff8000", "#ff0080", "#ffffff")
    opacity = choose_opacity(three)
    assert opacity == pytest.approx(1 / 3, abs=0.05)
    assert choose_opacity(layers("#ff0000", "#00ff00", "#0000ff")) == 1
    assert choose_opacity(layers("#ff8000", "#ff0080", level=0.3)) == 1


def test_brightness_counts_from_the_lower_limit():
    both = layers("#ff8000", "#ff0080", level=0.6)
    assert choose_opacity(both) == pytest.approx(1 / 1.2, abs=0.01)
    for layer in both:
        layer.data = layer.data + 5
        layer.contrast_limits = (5, 6)
    assert choose_opacity(both) == pytest.approx(1 / 1.2, abs=0.01)


def test_an_opacity_that_a_person_chose_stays():
    chosen, other = layers("#ff8000", "#ff0080")
    chosen.opacity = 0.9
    dim_together([chosen, other])
    assert chosen.opacity == 0.9
    assert other.opacity == 0.5
    other.contrast_limits = chosen.contrast_limits = (0, 10)
    dim_together([chosen, other])
    assert (chosen.opacity, other.opacity) == (0.9, 1.0)


def test_layers_of_different_shapes_are_left_alone():
    first, second = layers("#ff8000", "#ff0080")
    second.data = np.ones((5, 5), np.float32)
    dim_together([first, second])
    assert (first.opacity, second.opacity) == (1, 1)
