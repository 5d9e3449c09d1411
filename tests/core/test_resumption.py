"""Going on from a shorter run: the same as one longer run, or a clear refusal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import napari_mmfusion as mmf


@pytest.fixture(scope="module")
def data():
    return mmf.simulate("lattice", shape=(40, 53), counts=20, seed=3)


SETTINGS = {
    "defaults": {},
    "threshold": {"threshold": 0.2, "n_iter_tv": 6, "background": 0.01},
    "fitted": {"weighting": "z/fitted", "tv": "anisotropic"},
    "not regularised": {"regularize": False, "gamma": 2},
    "oscillating": {"lambda_chem": 0.9},
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("parts", [(1, 2), (7, 30), (3, 8, 20)])
def test_it_equals_one_longer_run_bit_for_bit(data, name, parts):
    result = None
    for n_iter in parts:
        result = mmf.fuse(data, resume=result, **(SETTINGS[name] | {"n_iter": n_iter}))
    assert result == mmf.fuse(data, **SETTINGS[name], n_iter=parts[-1])


def test_a_stopped_run_goes_on_to_the_same_end(data):
    stop = mmf.StopFlag()
    stopped = mmf.fuse(
        data, n_iter=20, stop=stop, progress=lambda i, _: stop.set() if i == 5 else None
    )
    assert stopped.stopped
    assert len(stopped.costs) == 5
    assert mmf.fuse(data, resume=stopped) == mmf.fuse(data, n_iter=20)


def test_a_mask_is_given_again(data):
    mask = np.arange(data.haadf.size).reshape(data.shape) % 3 > 0
    first = mmf.fuse(data, n_iter=4, mask=mask)
    assert mmf.fuse(data, resume=first, n_iter=9, mask=mask) == mmf.fuse(data, n_iter=9, mask=mask)


def test_iterations_and_progress_count_on(data):
    first = mmf.fuse(data, n_iter=4)
    run = mmf.fuse_iter(data, resume=first, n_iter=7)
    assert [state.iteration for state in run] == [5, 6, 7]
    assert run.result == mmf.fuse(data, n_iter=7)
    heard = []
    mmf.fuse(data, resume=first, n_iter=7, progress=lambda i, _: heard.append(i))
    assert heard == [5, 6, 7]


def test_a_stop_at_once_gives_back_what_was_reached(data):
    first, stop = mmf.fuse(data, n_iter=4), mmf.StopFlag()
    stop.set()
    again = mmf.fuse(data, resume=first, n_iter=9, stop=stop)
    assert again.maps == first.maps
    assert again.stopped
    assert len(again.costs) == 4


def test_the_converged_solver_comes_to_the_same_minimum(data):
    whole = mmf.fuse(data, solver="converged", lambda_tv=0.03, n_iter=2000, tolerance=1e-7)
    first = mmf.fuse(data, solver="converged", lambda_tv=0.03, n_iter=15, tolerance=1e-7)
    result = mmf.fuse(data, resume=first, n_iter=2000)
    assert not result.stopped
    assert np.array_equal(result.costs[:15], first.costs)

    def objective(costs):
        params = result.params
        return costs @ (result.lambda_haadf, params.lambda_chem, params.lambda_tv)

    totals = objective(result.costs)
    rises = [i for i, (a, b) in enumerate(itertools.pairwise(totals), 1) if b > a * (1 + 1e-6)]
    assert rises in ([], [15])  # the dual starts anew there
    assert totals[-1] == pytest.approx(objective(whole.costs[-1]), rel=1e-5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_iter": 4}, "n_iter must be above the 4"),
        ({"n_iter": 9, "gamma": 2}, "another gamma"),
        ({"n_iter": 9, "weights": {"Co": 1}}, "another weights"),
        ({"n_iter": 9, "start": {}}, "start and resume exclude"),
    ],
)
def test_what_is_no_continuation_is_refused(data, changes, words):
    first = mmf.fuse(data, n_iter=4)
    with pytest.raises(mmf.MMFusionParameterError, match=words):
        mmf.fuse(data, resume=first, **changes)


def test_other_images_are_refused(data):
    first = mmf.fuse(data, n_iter=4)
    other = mmf.FusionDataset(data.haadf, {**data.maps, data.elements[0]: data.haadf})
    for images in (other, data.select(data.elements[::-1]), data.select(data.elements[:1])):
        with pytest.raises(mmf.MMFusionDataError, match="other images"):
            mmf.fuse(images, resume=first, n_iter=9)
