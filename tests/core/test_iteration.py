"""`FusionRun`: its result is what `fuse` would have returned after the same iterations."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

SETTINGS: list[dict[str, Any]] = [
    {"n_iter": 9},
    {"n_iter": 60, "solver": "converged", "tolerance": 1e-3},
    {"n_iter": 4, "weighting": "z/fitted"},
    {"n_iter": 60, "solver": "guided"},
    {"solver": "matched"},
]


@pytest.fixture(scope="module")
def data() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=(70, 50), counts=10, seed=3)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_result_at_the_end_is_that_of_fuse(
    data: mmf.FusionDataset, settings: dict[str, Any]
) -> None:
    run = mmf.fuse_iter(data, **settings)
    assert run.result is None
    for _ in run:
        pass
    assert run.result == mmf.fuse(data, **settings)
    assert not run.result.stopped


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_result_on_the_way_is_that_of_a_stopped_fusion(
    data: mmf.FusionDataset, settings: dict[str, Any]
) -> None:
    half_way = 1 if settings.get("solver") == "matched" else 3

    def stop_half_way(iteration: int, _: object) -> None:
        if iteration == half_way:
            stop.set()

    stop = mmf.StopFlag()
    expected = mmf.fuse(data, progress=stop_half_way, stop=stop, **settings)
    run = mmf.fuse_iter(data, **settings)
    for _ in range(half_way):
        next(run)
    assert run.result == expected
    assert run.result.stopped
    run.close()
    assert list(run) == []
    assert run.result == expected


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_result_holds_the_costs_of_skipped_iterations(
    data: mmf.FusionDataset, settings: dict[str, Any]
) -> None:
    run = mmf.fuse_iter(data, observe=mmf.StopFlag(), **settings)
    assert len(list(run)) == 1
    assert run.result == mmf.fuse(data, **settings)


def test_a_stop_before_the_first_iteration_leaves_no_result(data: mmf.FusionDataset) -> None:
    stop = mmf.StopFlag()
    stop.set()
    run = mmf.fuse_iter(data, stop=stop)
    assert list(run) == []
    assert run.result is None


def test_a_state_is_kept_from_changes_of_its_costs(data: mmf.FusionDataset) -> None:
    run = mmf.fuse_iter(data, n_iter=2)
    for state in run:
        state.costs[:] = np.nan
    np.testing.assert_array_equal(run.result.costs, mmf.fuse(data, n_iter=2).costs)


def test_the_solver_is_freed_without_the_garbage_collector(data: mmf.FusionDataset) -> None:
    run = mmf.fuse_iter(data)
    next(run)
    dropped = weakref.ref(run)
    gc.disable()
    try:
        del run
        assert dropped() is None
    finally:
        gc.enable()


def test_its_repr_is_the_progress(data: mmf.FusionDataset) -> None:
    run = mmf.fuse_iter(data, n_iter=5)
    next(run)
    assert repr(run) == "FusionRun(1 of 5 iterations)"
