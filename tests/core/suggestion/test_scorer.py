"""Scores of fusions of the pixels that are left."""

from __future__ import annotations

import time

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.suggestion.curves import Lambdas
from napari_mmfusion.core.suggestion.scorer import Scorer


def test_what_is_clearly_worse_is_known_from_part_of_the_pixels():
    data = mmf.simulate("lattice", shape=(128, 128), counts=30, seed=2)
    params = mmf.FusionParameters(n_iter=6)
    pairs = [Lambdas(0.1, 0.04), Lambdas(1e-4, 1e-4), Lambdas(0.1, 0.04001), Lambdas(4.0, 0.2)]

    def scores(accuracy):
        with Scorer(data, 0, 1, mmf.StopFlag()) as scorer:
            return np.array([*scorer.scores(params, pairs, accuracy)])

    exact, quick = scores(0.0), scores(0.1)
    np.testing.assert_array_equal(quick == exact, [True, False, True, False])
    np.testing.assert_allclose(quick - quick[0], exact - exact[0], rtol=0.3, atol=1e-12)


def test_a_search_that_is_abandoned_starts_no_further_fusions(monkeypatch, data):
    begun = []

    def slow_fuse(*arguments, **named):
        begun.append(1)
        time.sleep(0.01)
        return mmf.fuse(*arguments, **named)

    monkeypatch.setattr("napari_mmfusion.core.suggestion.scorer.fuse", slow_fuse)
    with Scorer(data, 0, 1, mmf.StopFlag()) as scorer:
        scores = scorer.scores(mmf.FusionParameters(n_iter=1), [Lambdas(0.1, 0.1)] * 200, 0.0)
        next(scores)
        scores.close()
    assert len(begun) < 20  # the twelve parts of the first, and those started next


def test_a_stop_ends_the_scores_with_an_error(data):
    stop = mmf.StopFlag()
    with Scorer(data, 0, 1, stop) as scorer:
        scores = scorer.scores(mmf.FusionParameters(n_iter=1), [Lambdas(0.1, 0.1)] * 3, 0.0)
        next(scores)
        stop.set()
        with pytest.raises(mmf.MMFusionStoppedError):
            next(scores)


def test_lambdas_for_which_the_costs_diverge_are_not_suggested(data):
    """What they predict depends on the last iteration, and can be the best there is."""
    params = mmf.FusionParameters(background=0.01)
    for lambdas, status in [
        (Lambdas(0.1, 0.04), Status.CONVERGED),
        (Lambdas(4.0, 0.5), Status.DIVERGING),
        (Lambdas(8.0, 4.0), Status.OSCILLATING),
    ]:
        found = mmf.fuse(data, params, **lambdas._asdict()).verdict.status
        with Scorer(data, 0, 1, mmf.StopFlag()) as scorer:
            (score,) = scorer.scores(params, [lambdas], 0.0)
        assert (found, score == 1) == (status, status is not Status.CONVERGED)
