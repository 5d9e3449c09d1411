"""Residuals: noise where the model holds, structure where it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import napari_mmfusion as mmf
from napari_mmfusion.core.trust.noise import expected_signal


def test_residuals_of_a_good_fusion_are_noise(result: mmf.FusionResult) -> None:
    found = mmf.residuals(result)
    for name, image in found.maps.items():
        assert image.shape == result.data.shape
        assert image.dtype == np.float32
        assert 0.8 < found.spreads[name] < 1.15
        assert abs(found.correlation(name)) < 0.1
        bright = result.data.truth[name] > 0.5
        assert 0.8 < image[bright].std() < 1.15
    assert "Neighbouring" not in str(found)
    assert "Co " in str(found)


def test_smoothing_structure_away_is_seen(measurement: mmf.FusionDataset) -> None:
    found = mmf.residuals(mmf.fuse(measurement, lambda_tv=3.0, solver="converged", n_iter=300))
    assert max(found.spreads.values()) > 1.3
    assert max(found.correlation(name) for name in found.maps) > 0.2
    assert "smoothed away" in str(found)


def test_the_haadf_residual_is_the_plain_difference(result: mmf.FusionResult) -> None:
    expected = result.data.normalised("HAADF") - result.haadf
    assert_allclose(mmf.residuals(result).haadf, expected)


def test_residuals_do_not_depend_on_the_unit(measurement: mmf.FusionDataset) -> None:
    scaled = mmf.FusionDataset(
        measurement.haadf, {name: 1000 * image for name, image in measurement.maps.items()}
    )
    first, second = (mmf.residuals(mmf.fuse(data)) for data in (measurement, scaled))
    assert_allclose(first.maps["Co"], second.maps["Co"], atol=1e-2)
    assert second.counts_per_unit["Co"] == pytest.approx(
        first.counts_per_unit["Co"] / 1000, rel=1e-3
    )


def test_residuals_are_measured_minus_expected_over_the_noise(result: mmf.FusionResult) -> None:
    found = mmf.residuals(result)
    for name, image in found.maps.items():
        signal = expected_signal(result, name)
        left = result.data.maps[name] - signal.image
        assert_allclose(image, left / signal.deviation, rtol=1e-5, atol=1e-6)


def test_spreads_do_not_depend_on_the_value_of_no_counts(result: mmf.FusionResult) -> None:
    shifted = {name: image - 0.25 for name, image in result.data.maps.items()}
    other = mmf.fuse(mmf.FusionDataset(result.data.haadf, shifted), result.params)
    assert mmf.residuals(other).spreads == pytest.approx(mmf.residuals(result).spreads, rel=0.01)


def test_a_level_is_no_correlation() -> None:
    noise = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)
    for level in (0, 5):
        found = mmf.Residuals(noise, {"Co": noise + level}, {"Co": 1.0}, {"Co": 1.0})
        assert abs(found.correlation("Co")) < 0.05


def test_masked_pixels_do_not_count(result: mmf.FusionResult) -> None:
    mask = np.ones(result.data.shape, dtype=bool)
    mask[10:30, 10:30] = False
    maps = {
        name: np.where(mask, image, 50 * image.max()) for name, image in result.data.maps.items()
    }
    masked = mmf.FusionDataset(result.data.haadf, maps).masked(mask)
    found, clean = mmf.residuals(replace(result, data=masked)), mmf.residuals(result)
    for name, image in found.maps.items():
        assert not image[~mask].any()
        assert found.spreads[name] == pytest.approx(clean.spreads[name], rel=0.2)
