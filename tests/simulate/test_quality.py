"""Fractions, noise, edges and leakage, each against a case with a known answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage
from scipy.special import erfinv

from napari_mmfusion import MMFusionDataError
from napari_mmfusion.simulate.quality import edge_width, fraction_error, leakage, region_snr

RNG = np.random.default_rng(3)
LEFT = np.arange(40)[None, :] < 20 * np.ones((30, 1))
TRUTH = {"Ga": 1.0 * LEFT, "Al": 1.0 * ~LEFT, "As": np.ones(LEFT.shape)}
PHASES = {"left": LEFT, "right": ~LEFT}


def test_true_fractions_have_no_error_at_any_common_scale():
    assert fraction_error(TRUTH, TRUTH, PHASES) == 0
    scaled = {name: 7 * image for name, image in TRUTH.items()}
    assert fraction_error(scaled, TRUTH, PHASES) == pytest.approx(0, abs=1e-15)


def test_one_wrong_amount_spoils_the_fractions_of_its_phase():
    # Left: Ga 1, Al 0.5, As 1 instead of 1, 0, 1: fractions .4, .2, .4 instead of .5, 0, .5.
    maps = {**TRUTH, "Al": TRUTH["Al"] + 0.5 * LEFT}
    assert fraction_error(maps, TRUTH, PHASES) == pytest.approx((0.1 + 0.2 + 0.1) / 6)


def test_zero_mean_noise_hardly_changes_fractions():
    noisy = {name: image + RNG.normal(0, 0.3, image.shape) for name, image in TRUTH.items()}
    assert fraction_error(noisy, TRUTH, PHASES) < 0.02


def test_snr_is_that_of_the_noise_and_rises_with_blur():
    image = 2 + RNG.normal(0, 0.1, (300, 300))
    region = np.zeros(image.shape, bool)
    region[50:250, 50:250] = True
    assert region_snr(image, region) == pytest.approx(20, rel=0.02)
    assert region_snr(ndimage.gaussian_filter(image, 2), region) > 100
    assert region_snr(np.ones((4, 4)), np.ones((4, 4), bool)) == math.inf


@pytest.mark.parametrize("sigma", [2.0, 3.5, 6.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_blurred_step_is_as_wide_as_its_error_function(sigma, sign):
    step = sign * np.repeat([0.0, 3.0], 40) + 5
    expected = 2 * math.sqrt(2) * erfinv(0.8) * sigma
    assert edge_width(ndimage.gaussian_filter1d(step, sigma)) == pytest.approx(expected, rel=0.02)


def test_a_sharp_step_is_narrower_than_a_pixel():
    assert edge_width(np.repeat([0.0, 1.0], 8)) == pytest.approx(0.8)


def test_without_a_step_there_is_no_width():
    with pytest.raises(MMFusionDataError, match="no edge"):
        edge_width(np.ones(12))


def test_leakage_is_the_share_that_was_mixed_in():
    structure = RNG.random((50, 60))
    noise = RNG.normal(size=structure.shape)
    noise -= leakage(noise, structure)[0] * structure
    slope, correlation = leakage(0.4 + 0.1 * structure + 0.02 * noise, structure)
    assert slope == pytest.approx(0.1)
    expected = 0.1 * structure.std() / math.hypot(0.1 * structure.std(), 0.02 * noise.std())
    assert correlation == pytest.approx(expected)
    assert leakage(-structure, structure) == pytest.approx((-1, -1))
    assert leakage(np.ones_like(structure), structure) == (0, 0)
