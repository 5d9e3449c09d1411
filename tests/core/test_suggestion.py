"""The parts of `suggest`: pixels held out, their score, the parabola, and the assumptions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage, optimize

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.assumptions import check_assumptions, noise_correlation
from napari_mmfusion.core.suggestion.holdout import hold_out
from napari_mmfusion.core.suggestion.score import prediction_loss
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


@pytest.mark.parametrize("mean", [0.05, 1.0, 20.0])
def test_the_loss_is_that_of_the_best_affine_fit(mean):
    rng = np.random.default_rng(1)
    x = rng.gamma(2.0, size=300)
    b = rng.poisson(mean * (0.3 + x)) / mean

    def loss(fit):
        mu = fit[0] * x + fit[1]
        return np.mean(mu - b * np.log(mu))

    best = optimize.minimize(loss, [1, 1], bounds=[(0, None), (1e-12, None)], tol=1e-12)
    assert prediction_loss(x, b) == pytest.approx(best.fun, rel=1e-6, abs=1e-8)
    assert prediction_loss(7 * x, b) == pytest.approx(prediction_loss(x, b), abs=1e-9)


def test_the_loss_of_flat_empty_and_opposite_maps():
    b = np.array([1.0, 2.0, 3.0])
    flat = 2 - 2 * np.log(2)
    assert prediction_loss(np.ones(3), b) == pytest.approx(flat)
    assert prediction_loss(np.zeros(3), b) == pytest.approx(flat)
    assert prediction_loss(b[::-1], b) == pytest.approx(flat, rel=1e-5)
    assert prediction_loss(b, np.zeros(3)) == 0


def run(steps):
    """The weights a search returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value[0]


def test_the_search_finds_a_minimum_anywhere_in_reach():
    for tv, chem in ((0.4, 0.08), (0.004, 0.003), (0.03, 0.01), (1.5, 0.2), (2e-4, 4e-5)):
        # As real scores do, it hangs on the ratio and on one of them.
        def score(weights, tv=tv, chem=chem):
            ratio = weights.lambda_tv / weights.lambda_chem
            return np.log(ratio * chem / tv) ** 2 + np.log(weights.lambda_chem / chem) ** 2

        steps = search(score, 0.08, 10)
        weights = run(steps)
        assert weights.lambda_tv == pytest.approx(tv, rel=0.05)
        assert weights.lambda_chem == pytest.approx(chem, rel=0.05)


def test_no_weight_leaves_its_range():
    trials = list(search(lambda weights: -weights.lambda_tv, 5.0, 10.0))
    assert max(max(trial.lambda_tv, trial.lambda_chem) for trial in trials) == 10


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
