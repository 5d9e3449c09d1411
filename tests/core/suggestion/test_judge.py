"""Scores of fusions of the pixels that are left."""

from __future__ import annotations

import time

import numpy as np

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.suggestion.curves import Weights
from napari_mmfusion.core.suggestion.judge import Judge


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
