"""The search for the pair of lambdas with the lowest score."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.core.suggestion.search import search


def run(score, highest=10.0):
    """The trials of a search, and the lambdas it returns."""
    steps = search(lambda pairs, _: map(score, pairs), highest)
    trials = []
    while True:
        try:
            trials.append(next(steps))
        except StopIteration as end:
            return trials, end.value.lambdas


@pytest.mark.parametrize(
    ("tv", "chem"), [(0.4, 0.08), (0.004, 0.003), (0.03, 0.01), (2, 0.5), (2e-4, 4e-5), (1, 3e-4)]
)
def test_the_search_finds_a_minimum_anywhere_in_reach(tv, chem):
    def score(lambdas):
        ratio = lambdas.lambda_tv / lambdas.lambda_chem
        u, v = np.log(ratio * chem / tv), np.log(lambdas.lambda_chem / chem)
        return u * u + v * v + u * v

    trials, lambdas = run(score)
    assert lambdas.lambda_tv == pytest.approx(tv, rel=1e-3)
    assert lambdas.lambda_chem == pytest.approx(chem, rel=1e-3)
    assert trials[-1].done == trials[-1].total == len(trials) < 70


def test_of_two_valleys_the_deeper_one_is_found():
    def score(lambdas):
        v = np.log2(lambdas.lambda_chem)
        u = np.log2(lambdas.lambda_tv) - v
        return min((v + 10) ** 2 + (u - 2) ** 2, (v + 5) ** 2 + (u - 3) ** 2 - 0.5)

    _, lambdas = run(score)
    assert lambdas.lambda_chem == pytest.approx(2**-5)
    assert lambdas.lambda_tv == pytest.approx(2**-2)


def test_of_equal_scores_the_lowest_lambda_tv_is_taken():
    _, lambdas = run(lambda lambdas: np.log(lambdas.lambda_chem / 0.02) ** 2)
    assert lambdas.lambda_tv < 0.02


@pytest.mark.parametrize("sign", [1, -1])
def test_no_lambda_leaves_its_range(sign):
    trials, _ = run(lambda lambdas: sign * (lambdas.lambda_tv + lambdas.lambda_chem))
    assert max(max(trial.lambda_tv, trial.lambda_chem) for trial in trials) <= 10
    assert min(min(trial.lambda_tv, trial.lambda_chem) for trial in trials) > 1e-7
    assert len(trials) < 150


def test_trials_are_counted_on_from_earlier_searches():
    def score(lambdas):
        return lambdas.lambda_tv

    first, *_ = search(lambda pairs, _: map(score, pairs), 10.0)
    counted, *_ = search(lambda pairs, _: map(score, pairs), 10.0, done_before=40, searches=3)
    assert (counted.done, counted.total) == (41, 40 + 3 * first.total)
