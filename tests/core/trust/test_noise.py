"""Counts estimated from noise, against those that were simulated."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import napari_mmfusion as mmf
from napari_mmfusion.core.trust.noise import ExpectedSignal, counts_per_unit, expected_signal


@pytest.mark.parametrize("name", ["core-shell", "lattice", "wedge"])
@pytest.mark.parametrize(("counts", "error"), [(2, 0.4), (10, 0.2), (100, 0.2)])
def test_counts_are_found_in_the_noise(name: str, counts: float, error: float) -> None:
    data = mmf.simulate(name, shape=(128, 128), counts=counts, seed=2)
    result = mmf.fuse(data)
    for element in data.elements:
        found = expected_signal(result, element).counts_per_unit
        assert found == pytest.approx(counts, rel=error), element


def test_counts_follow_the_unit_of_the_map() -> None:
    rng = np.random.default_rng(0)
    level = np.full((96, 96), 7.0)
    image = rng.poisson(level)
    found = counts_per_unit(image, level)
    assert found == pytest.approx(1, rel=0.1)
    assert counts_per_unit(image / 50, level) == pytest.approx(50 * found)


def test_a_step_does_not_count_as_noise() -> None:
    rng = np.random.default_rng(0)
    level = np.full((96, 96), 20.0)
    level[:, 48:] = 200.0
    assert counts_per_unit(rng.poisson(level), level) == pytest.approx(1, rel=0.1)


def test_an_image_without_noise_has_infinite_counts() -> None:
    slope = np.add.outer(np.arange(32.0), np.arange(40.0))
    assert counts_per_unit(slope, slope) == np.inf
    flat = np.ones((8, 8))
    assert counts_per_unit(flat, flat) == np.inf


@pytest.mark.parametrize("shape", [(1, 9), (2, 2), (3, 1)])
def test_small_images_have_counts_too(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).poisson(5, shape)
    assert counts_per_unit(image, image) > 0


def test_the_expected_signal_has_the_level_of_the_measured_map(result: mmf.FusionResult) -> None:
    for name, image in {**result.data.maps, "HAADF": result.data.haadf}.items():
        signal = expected_signal(result, name)
        assert signal.image.mean() == pytest.approx(image.mean(), rel=0.02)
        assert signal.image.min() >= signal.zero == 0


def test_samples_have_mean_and_noise_of_the_signal(result: mmf.FusionResult) -> None:
    signal = expected_signal(result, "Co")
    rng = np.random.default_rng(0)
    samples = np.stack([signal.sample(rng) for _ in range(400)])
    bright = signal.image > 0.5
    assert_allclose(samples.mean(0)[bright].mean(), signal.image[bright].mean(), rtol=0.01)
    ratio = samples.std(0)[bright] / signal.deviation[bright]
    assert_allclose(ratio.mean(), 1, atol=0.02)


def test_a_map_with_negative_values_counts_from_its_minimum(
    measurement: mmf.FusionDataset,
) -> None:
    shifted = {name: image - 0.25 for name, image in measurement.maps.items()}
    data = mmf.FusionDataset(measurement.haadf, shifted)
    signal = expected_signal(mmf.fuse(data), "Co")
    assert signal.zero == -0.25
    assert signal.counts_per_unit == pytest.approx(10, rel=0.2)
    assert signal.sample(np.random.default_rng(0)).min() >= -0.25


def test_pixels_without_signal_have_the_noise_of_a_tenth_of_a_count() -> None:
    signal = ExpectedSignal(np.array([[0.0, 0.005, 0.04]]), 10.0, 0.0, 0.0, 1.0)
    assert_allclose(signal.deviation, np.sqrt([[0.1, 0.1, 0.4]]) / 10)


def test_counts_are_those_above_the_value_of_no_counts() -> None:
    signal = ExpectedSignal(np.array([[4.0, 6.0]]), 2.0, 1.0, 0.0, 1.0)
    assert signal.mean_counts == 8
    assert_allclose(signal.deviation, np.sqrt([[6, 10]]) / 2)
