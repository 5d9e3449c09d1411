"""The prediction loss: the part of the variance that the best affine fit leaves."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.core.suggestion.score import prediction_losses


def loss(predicted, measured):
    return prediction_losses(predicted, measured).mean()


def test_the_loss_is_what_the_best_affine_fit_leaves():
    rng = np.random.default_rng(1)
    x = rng.gamma(2.0, size=300)
    b = rng.poisson(3 + 2 * x)
    left = b - np.polynomial.Polynomial.fit(x, b, 1)(x)
    assert loss(x, b) == pytest.approx(left.var() / b.var(), rel=1e-9)
    assert loss(7 * x + 3, b) == pytest.approx(loss(x, b), rel=1e-9)


def test_independent_noise_adds_the_same_to_every_prediction():
    """So the loss ranks predictions by their squared error, dark pixels or bright."""
    rng = np.random.default_rng(2)
    truth = rng.gamma(1.0, size=200_000)
    predictions = truth + 0.3 * rng.normal(size=truth.size), np.maximum(truth, 0.5)
    for counts in (1, 20):
        measured = rng.poisson(counts * truth) / counts
        gain = measured.var() * (loss(predictions[0], measured) - loss(predictions[1], measured))
        expected = truth.var() * (loss(predictions[0], truth) - loss(predictions[1], truth))
        assert gain == pytest.approx(expected, rel=0.1)


def test_the_loss_of_useless_predictions_is_1():
    b = np.array([1.0, 2.0, 3.0])
    for useless in (np.ones(3), b[::-1], np.array([1.0, np.nan, 2.0]), np.array([0, np.inf, 1])):
        assert loss(useless, b) == 1
    assert loss(b, np.zeros(3)) == 1
