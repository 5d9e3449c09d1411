"""Contrast limits of new layers."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.plugin.layers.looks.contrast_limits import (
    limits_from_zero,
    limits_of_sample,
    samples_of,
    symmetric_limits,
)


def test_limits_are_symmetric_and_forgive_a_hot_pixel():
    image = np.linspace(-1, 1, 1001, dtype=np.float32)
    low, high = symmetric_limits(image)
    assert low == -high
    assert 0.98 < high <= 1
    image[0] = -100
    assert symmetric_limits(image)[1] < 1.01
    assert symmetric_limits(np.zeros((3, 3), np.float32)) == (-1, 1)


@pytest.mark.parametrize(
    ("largest", "limit"), [(0.83, 1), (0.6, 0.7), (0.012, 0.015), (300.0, 300), (1e-30, 1e-30)]
)
def test_limits_are_round_and_never_below_the_values(largest, limit):
    low, high = symmetric_limits(np.full((4, 4), largest))
    assert high == pytest.approx(limit)
    assert low == -high
    assert high >= largest * (1 - 1e-9)


def test_a_few_hot_pixels_do_not_darken_the_rest():
    image = np.linspace(0.5, 1, 10_000, dtype=np.float32).reshape(100, 100)
    image[0, 0] = 50
    low, high = limits_of_sample(image)
    assert low == pytest.approx(0.5, abs=1e-4)
    assert 0.99 < high <= 1
    assert limits_from_zero(image)[0] == 0
    assert limits_from_zero(image)[1] <= 1


def test_a_constant_image_has_limits_too():
    flat = np.full((8, 8), 2, np.float32)
    assert limits_of_sample(flat) == (2, 3)
    assert limits_from_zero(flat) == (0, 2)
    assert limits_from_zero(np.zeros_like(flat)) == (0, 1)


def test_the_contrast_of_large_images_is_near_that_of_all_pixels():
    rng = np.random.default_rng(0)
    image = rng.gamma(2, size=(1500, 1600)).astype(np.float32)
    low, high = limits_of_sample(image)
    assert low == pytest.approx(float(image.min()), abs=0.02)
    assert high == pytest.approx(float(np.percentile(image, 99.9)), rel=0.05)


def test_samples_come_from_all_columns():
    image = np.zeros((1024, 1024), np.float32)
    image[:, 1::2] = 1
    assert samples_of(image).mean() == pytest.approx(0.5, abs=0.01)
