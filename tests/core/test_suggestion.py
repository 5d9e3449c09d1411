"""The parts of `suggest`: pixels held out, their score, the search, and the assumptions."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf
from napari_mmfusion.core.cost_curve import Status
from napari_mmfusion.core.suggestion.assumptions import check_assumptions, noise_correlation
from napari_mmfusion.core.suggestion.curves import Weights
from napari_mmfusion.core.suggestion.holdout import hold_out, hold_outs
from napari_mmfusion.core.suggestion.judge import Judge
from napari_mmfusion.core.suggestion.score import prediction_losses
from napari_mmfusion.core.suggestion.search import search


@pytest.fixture(scope="module")
def data():
    return mmf.simulate("lattice", shape=(70, 90), counts=10, seed=2)


@pytest.mark.parametrize("reach", [0, 1])
def test_what_is_held_out_leaves_no_trace(data, reach):
    """Other values at the pixels held out change nothing but what they are compared with."""
    holdout = hold_out(data, 3, reach=reach)
    replaced = ndimage.maximum_filter(holdout.scored, 2 * reach + 1)
    middle = {name: np.mean(image) for name, image in data.maps.items()}
    other = mmf.FusionDataset(
        data.haadf,
        {name: np.where(replaced, middle[name], image) for name, image in data.maps.items()},
    )
    again = hold_out(other, 3, reach=reach)
    np.testing.assert_array_equal(holdout.scored, again.scored)
    for name, image in holdout.data.maps.items():
        np.testing.assert_allclose(image, again.data.maps[name], rtol=1e-6)
    assert not np.array_equal(holdout.values, again.values)


@pytest.mark.parametrize("reach", [0, 1])
def test_the_rest_and_the_ranges_stay(data, reach):
    holdout = hold_out(data, 0, reach=reach)
    kept = ~ndimage.maximum_filter(holdout.scored, 2 * reach + 1)
    assert 0.03 < np.mean(~kept) < 0.1
    for name in data.elements:
        np.testing.assert_allclose(
            holdout.data.normalised(name)[kept], data.normalised(name)[kept], atol=1e-6
        )
        assert np.ptp(holdout.data.maps[name]) == pytest.approx(np.ptp(data.maps[name]), rel=1e-6)
    np.testing.assert_allclose(holdout.data.haadf, data.haadf, atol=1e-6)


def test_the_replacements_come_from_kept_neighbours():
    y, x = np.mgrid[:40, :50].astype(float)
    data = mmf.FusionDataset(y + x, {"O": y, "Sc": x})
    holdout = hold_out(data, 0)
    moved = [holdout.data.maps[name] - data.maps[name] for name in ("O", "Sc")]
    assert np.max(np.abs(moved)) == pytest.approx(1, abs=1e-5)
    assert (np.hypot(*moved)[holdout.scored] > 0.5).mean() > 0.95


def test_every_pixel_of_a_small_image_is_held_out_once_and_few_of_a_large_one(data):
    scored = sum(each.scored.astype(int) for each in hold_outs(data))
    assert scored.max() == 1
    assert scored.sum() >= scored.size - 2 * len(data.elements)  # the extremes of every map
    y, x = np.mgrid[:600, :600]
    (large,) = hold_outs(mmf.FusionDataset(y + x, {"O": y}))
    assert 0.07 < large.scored.mean() < 0.1


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


def test_the_loss_of_predictions_that_tell_nothing():
    b = np.array([1.0, 2.0, 3.0])
    for useless in (np.ones(3), b[::-1], np.array([1.0, np.nan, 2.0]), np.array([0, np.inf, 1])):
        assert loss(useless, b) == 1
    assert loss(b, np.zeros(3)) == 1


def test_what_is_clearly_worse_is_known_from_part_of_the_pixels():
    data = mmf.simulate("lattice", shape=(128, 128), counts=30, seed=2)
    params = mmf.FusionParameters(n_iter=6)
    pairs = [Weights(0.1, 0.04), Weights(1e-4, 1e-4), Weights(0.1, 0.04001), Weights(4.0, 0.2)]

    def scores(accuracy):
        with Judge(data, 0, 1, mmf.StopFlag()) as judge:
            return np.array([*judge.scores(params, pairs, accuracy)])

    exact, quick = scores(0.0), scores(0.1)
    np.testing.assert_array_equal(quick == exact, [True, False, True, False])
    np.testing.assert_allclose(quick - quick[0], exact - exact[0], rtol=0.3, atol=1e-12)


def test_a_search_that_nobody_follows_goes_on_with_nothing(monkeypatch, data):
    begun = []

    def slow_fuse(*arguments, **named):
        begun.append(1)
        time.sleep(0.01)
        return mmf.fuse(*arguments, **named)

    monkeypatch.setattr("napari_mmfusion.core.suggestion.judge.fuse", slow_fuse)
    with Judge(data, 0, 1, mmf.StopFlag()) as judge:
        scores = judge.scores(mmf.FusionParameters(n_iter=1), [Weights(0.1, 0.1)] * 200, 0.0)
        next(scores)
        scores.close()
    assert len(begun) < 20  # the twelve parts of the first, and the next ones begun


def test_weights_with_which_the_costs_get_out_of_hand_are_not_suggested(data):
    """What they predict hangs on the iteration they end with, and can be the best there is."""
    params = mmf.FusionParameters(background=0.01)
    for weights, status in [
        (Weights(0.1, 0.04), Status.CONVERGED),
        (Weights(4.0, 0.5), Status.DIVERGING),
        (Weights(8.0, 4.0), Status.OSCILLATING),
    ]:
        found = mmf.fuse(data, params, **weights._asdict()).verdict.status
        with Judge(data, 0, 1, mmf.StopFlag()) as judge:
            (score,) = judge.scores(params, [weights], 0.0)
        assert (found, score == 1) == (status, status is not Status.CONVERGED)


def run(score, highest=10.0):
    """The trials of a search, and the weights it returns."""
    steps = search(lambda pairs, _: map(score, pairs), highest)
    trials = []
    while True:
        try:
            trials.append(next(steps))
        except StopIteration as end:
            return trials, end.value[0]


@pytest.mark.parametrize(
    ("tv", "chem"), [(0.4, 0.08), (0.004, 0.003), (0.03, 0.01), (2, 0.5), (2e-4, 4e-5), (1, 3e-4)]
)
def test_the_search_finds_a_minimum_anywhere_in_reach(tv, chem):
    def score(weights):
        ratio = weights.lambda_tv / weights.lambda_chem
        u, v = np.log(ratio * chem / tv), np.log(weights.lambda_chem / chem)
        return u * u + v * v + u * v

    trials, weights = run(score)
    assert weights.lambda_tv == pytest.approx(tv, rel=1e-3)
    assert weights.lambda_chem == pytest.approx(chem, rel=1e-3)
    assert trials[-1].done == trials[-1].total == len(trials) < 70


def test_of_two_valleys_the_deeper_one_is_found():
    def score(weights):
        v = np.log2(weights.lambda_chem)
        u = np.log2(weights.lambda_tv) - v
        return min((v + 10) ** 2 + (u - 2) ** 2, (v + 5) ** 2 + (u - 3) ** 2 - 0.5)

    _, weights = run(score)
    assert weights.lambda_chem == pytest.approx(2**-5)
    assert weights.lambda_tv == pytest.approx(2**-2)


def test_of_equal_scores_the_lowest_tv_weight_is_taken():
    _, weights = run(lambda weights: np.log(weights.lambda_chem / 0.02) ** 2)
    assert weights.lambda_tv < 0.02


@pytest.mark.parametrize("sign", [1, -1])
def test_no_weight_leaves_its_range(sign):
    trials, _ = run(lambda weights: sign * (weights.lambda_tv + weights.lambda_chem))
    assert max(max(trial.lambda_tv, trial.lambda_chem) for trial in trials) <= 10
    assert min(min(trial.lambda_tv, trial.lambda_chem) for trial in trials) > 1e-7
    assert len(trials) < 150


@pytest.mark.parametrize("phantom", ["core-shell", "lattice"])
@pytest.mark.parametrize("counts", [1, 10, 100])
def test_independent_noise_is_found_independent(phantom, counts):
    data = mmf.simulate(phantom, shape=(96, 96), counts=counts, seed=1)
    for name in data.elements:
        image = data.normalised(name)
        assert abs(noise_correlation(image)) < 0.06
        assert noise_correlation(ndimage.gaussian_filter(image, 0.7)) > 0.25
    assert not any("correlated" in words for words in check_assumptions(data).warnings)


def test_correlated_noise_holds_out_squares(data):
    maps = {name: ndimage.gaussian_filter(image, 0.7) for name, image in data.maps.items()}
    found = check_assumptions(mmf.FusionDataset(data.haadf, maps))
    assert found.reach == 1
    assert "correlated in Sc, Dy, O" in found.warnings[-1]
    assert check_assumptions(data).reach == 0


def test_fractions_and_zeros_are_noticed(data):
    total = sum(image.astype(float) for image in data.maps.values()) + 1e-3
    fractions = {name: (image + 1e-3 / 3) / total for name, image in data.maps.items()}
    (warning,) = check_assumptions(mmf.FusionDataset(data.haadf, fractions)).warnings
    assert "fractions" in warning
    sparse = {name: np.where(image > 0.7, image, 0) for name, image in data.maps.items()}
    assert any(
        "exactly zero" in words
        for words in check_assumptions(mmf.FusionDataset(data.haadf, sparse)).warnings
    )


def test_the_tutorials_data_are_fractions_or_mostly_zero(tutorial):
    found = check_assumptions(mmf.FusionDataset(tutorial.haadf, tutorial.maps))
    words = "fractions" if "Dy" in tutorial.maps else "exactly zero"
    assert [words in warning for warning in found.warnings] == [True]
    assert found.reach == 0
