"""The error of a map against the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from napari_mmfusion import MMFusionDataError
from napari_mmfusion.simulate import nrmse

RNG = np.random.default_rng(7)
TRUTH = RNG.random((40, 60))
NOISE = RNG.normal(size=TRUTH.shape)


def test_the_truth_has_no_error():
    assert nrmse(TRUTH, TRUTH) == 0


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 5.0), (3.0, 0.0), (1e-6, 2e-6), (200.0, -7.0)])
def test_scale_and_offset_do_not_count(scale, offset):
    noisy = TRUTH + 0.3 * NOISE
    assert nrmse(scale * noisy + offset, TRUTH) == pytest.approx(nrmse(noisy, TRUTH), rel=1e-9)


def test_noise_counts_in_proportion():
    # What is neither mean nor truth is the error, relative to the truth's root mean square.
    basis = np.stack([np.ones(TRUTH.size), TRUTH.ravel()], axis=1)
    fit, *_ = np.linalg.lstsq(basis, NOISE.ravel(), rcond=None)
    noise = NOISE - (basis @ fit).reshape(TRUTH.shape)
    for amount in (0.01, 0.1, 1.0):
        expected = amount * np.linalg.norm(noise) / np.linalg.norm(TRUTH)
        assert nrmse(TRUTH + amount * noise, TRUTH) == pytest.approx(expected, rel=1e-6)


def test_a_noisy_map_gains_nothing_by_shrinking():
    noisy = TRUTH + NOISE
    assert nrmse(0.01 * noisy, TRUTH) == pytest.approx(nrmse(noisy, TRUTH))
    assert nrmse(noisy, TRUTH) > 1


@pytest.mark.parametrize("image", [np.zeros_like(TRUTH), 1 - TRUTH])
def test_a_map_that_does_not_rise_with_the_truth_is_infinitely_wrong(image):
    assert nrmse(image, TRUTH) == math.inf


@pytest.mark.parametrize(
    ("image", "truth", "word"),
    [
        (TRUTH.T, TRUTH, "shape"),
        (TRUTH, np.ones_like(TRUTH), "constant"),
        (np.where(TRUTH > 0.5, np.nan, TRUTH), TRUTH, "finite"),
        (np.zeros((0, 3)), np.zeros((0, 3)), "two-dimensional"),
    ],
)
def test_images_that_cannot_be_compared_are_refused(image, truth, word):
    with pytest.raises(MMFusionDataError, match=word):
        nrmse(image, truth)
