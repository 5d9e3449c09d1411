"""Pictures from arrays."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.plugin.compare.figure.rendering import (
    Light,
    add_light,
    gray_share,
    levels,
    tint,
)

LUMA = np.array([0.2126, 0.7152, 0.0722])


def test_levels_run_from_one_limit_to_the_other():
    image = np.array([[-5.0, 1.0, 2.0, 3.0, 9.0, np.nan]])
    np.testing.assert_array_equal(levels(image, (1, 3)), [[0, 0, 127, 255, 255, 0]])


def test_equal_limits_are_black():
    assert levels(np.ones((2, 2)), (1, 1)).max() == 0


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float64, bool])
def test_any_real_type_is_shown(dtype):
    assert levels(np.array([[0, 1]], dtype=dtype), (0, 1)).tolist() == [[0, 255]]


def ramp(colour):
    """Colours from black to `colour`."""
    return np.linspace(0, 1, 256, dtype=np.float32)[:, None] * np.array(colour, dtype=np.float32)


def test_light_adds_up_to_white():
    one = np.ones((2, 3))
    red, cyan = (Light(one, ramp(colour), (0, 1)) for colour in ((1, 0, 0), (0, 1, 1)))
    assert add_light([red]).tolist() == [[[255, 0, 0]] * 3] * 2
    assert (add_light([red, cyan]) == 255).all()
    assert (add_light([red, red, cyan]) == 255).all()


def test_nothing_is_no_picture():
    with pytest.raises(ValueError, match="nothing"):
        add_light([])


def test_a_tinted_image_keeps_its_brightness():
    rng = np.random.default_rng(0)
    chemistry = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    luminance = rng.integers(0, 256, (40, 50), dtype=np.uint8)
    for opacity in (0.0, 0.4, 1.0):
        np.testing.assert_allclose(tint(chemistry, luminance, opacity) @ LUMA, luminance, atol=1.1)


def test_a_tinted_image_has_the_hue_of_the_chemistry():
    red = np.full((1, 1, 3), (255, 0, 0), dtype=np.uint8)
    gray = np.full((1, 1), 40, dtype=np.uint8)
    assert tint(red, gray, 1.0).ravel()[0] > 4 * tint(red, gray, 1.0).ravel()[1]
    assert tint(red, gray, 0.0).ravel().tolist() == [40, 40, 40]
    assert tint(np.zeros_like(red), gray, 1.0).ravel().tolist() == [40, 40, 40]


def test_gray_is_dimmed_as_the_chemistry_grows():
    assert gray_share(0) == 1
    assert 0 < gray_share(1) < gray_share(0.5) < 1
