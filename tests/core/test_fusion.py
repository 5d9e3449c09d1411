"""Promises of `fuse` and `fuse_iter` other than their numbers."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf


@pytest.fixture
def data() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=(96, 130), counts=10, seed=3)


def test_any_number_of_threads_gives_the_same_bits() -> None:
    data = mmf.simulate("core-shell", shape=(500, 300), counts=10, seed=3)
    one = mmf.fuse(data, threads=1)
    for threads in (2, 3, 7):
        many = mmf.fuse(data, threads=threads)
        assert many.costs.tobytes() == one.costs.tobytes()
        assert many.haadf.tobytes() == one.haadf.tobytes()
        for name in data.elements:
            assert many.maps[name].tobytes() == one.maps[name].tobytes()


def test_iterating_ends_where_fusing_ends(data: mmf.FusionDataset) -> None:
    states = list(mmf.fuse_iter(data, n_iter=7))
    result = mmf.fuse(data, n_iter=7)
    assert [state.iteration for state in states] == list(range(1, 8))
    np.testing.assert_array_equal(np.stack([state.costs for state in states]), result.costs)
    np.testing.assert_array_equal(states[-1].haadf, result.haadf)
    for name in data.elements:
        np.testing.assert_array_equal(states[-1].maps[name], result.maps[name])


@pytest.mark.parametrize(
    "settings",
    [{}, {"solver": "converged", "tolerance": 1e-4}, {"solver": "guided"}, {"solver": "matched"}],
)
def test_iterations_that_are_not_observed_are_skipped(
    data: mmf.FusionDataset, settings: dict[str, Any]
) -> None:
    observe = mmf.StopFlag()
    result = mmf.fuse(data, n_iter=40, **settings)
    (last,) = mmf.fuse_iter(data, n_iter=40, observe=observe, **settings)
    assert last.iteration == len(result.costs)
    np.testing.assert_array_equal([*last.skipped_costs, last.costs], result.costs)
    np.testing.assert_array_equal(last.haadf, result.haadf)
    for name in data.elements:
        np.testing.assert_array_equal(last.maps[name], result.maps[name])


def test_observed_states_come_at_once_and_a_stop_ends_at_what_was_reached(
    data: mmf.FusionDataset,
) -> None:
    observe, stop = mmf.StopFlag(), mmf.StopFlag()
    observe.set()
    states = mmf.fuse_iter(data, n_iter=7, observe=observe, stop=stop)
    assert [next(states).iteration for _ in range(3)] == [1, 2, 3]
    stop.set()
    assert list(states) == []


def test_states_may_be_changed_freely(data: mmf.FusionDataset) -> None:
    plain = [state.maps["Co"].copy() for state in mmf.fuse_iter(data, n_iter=3)]
    for state, expected in zip(mmf.fuse_iter(data, n_iter=3), plain, strict=True):
        np.testing.assert_array_equal(state.maps["Co"], expected)
        state.maps["Co"][:] = np.nan
        state.haadf[:] = np.nan


def test_results_are_float32_of_the_images_shape(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, n_iter=2)
    for image in (result.haadf, *result.maps.values()):
        assert image.dtype == np.float32
        assert image.shape == data.shape
        assert image.flags.c_contiguous
    assert result.costs.dtype == np.float64
    assert tuple(result.maps) == data.elements


def test_maps_are_matched_by_name_never_by_order(data: mmf.FusionDataset) -> None:
    forwards = mmf.fuse(data)
    backwards = mmf.fuse(data.select(reversed(data.elements)))
    for name in data.elements:
        assert backwards.weights[name] == forwards.weights[name]
        np.testing.assert_allclose(backwards.maps[name], forwards.maps[name], atol=1e-5)


def test_atomic_numbers_replace_those_of_the_symbols(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, n_iter=1, weighting="z/sum", atomic_numbers={"Co": 90})
    assert result.weights["Co"] == pytest.approx(90 / (90 + 16 + 8))
    with pytest.raises(mmf.MMFusionParameterError, match=r"'Fe'.*maps are: Co"):
        mmf.fuse(data, atomic_numbers={"Fe": 26})


def test_a_name_without_a_symbol_needs_an_atomic_number() -> None:
    rng = np.random.default_rng(0)
    data = mmf.FusionDataset(rng.random((9, 9)), {"phase A": rng.random((9, 9))})
    with pytest.raises(mmf.MMFusionDataError, match=r"'phase A'.*atomic_numbers"):
        mmf.fuse(data)
    assert mmf.fuse(data, n_iter=1, atomic_numbers={"phase A": 14}).weights == {"phase A": 1.0}
    assert mmf.fuse(data, n_iter=1, weighting="unit").weights == {"phase A": 1.0}


def test_a_constant_image_is_refused_by_name(data: mmf.FusionDataset) -> None:
    maps = {**data.maps, "O": np.full(data.shape, 7)}
    with pytest.raises(mmf.MMFusionDataError, match=r"map 'O' is constant.*7.*leave this element"):
        mmf.fuse(mmf.FusionDataset(data.haadf, maps))
    with pytest.raises(mmf.MMFusionDataError, match="the HAADF image is constant"):
        mmf.fuse(mmf.FusionDataset(np.zeros(data.shape), data.maps))
    usable = mmf.FusionDataset(data.haadf, maps).select(["Co", "S"])
    assert set(mmf.fuse(usable, n_iter=1).maps) == {"Co", "S"}


def test_errors_come_before_the_first_iteration(data: mmf.FusionDataset) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="unknown parameter 'lambda_TV'"):
        mmf.fuse_iter(data, lambda_TV=0.1)
    with pytest.raises(mmf.MMFusionParameterError, match="threads"):
        mmf.fuse(data, threads=0)


def test_the_default_lambda_haadf_is_one_over_n(data: mmf.FusionDataset) -> None:
    assert mmf.fuse(data, n_iter=1).lambda_haadf == pytest.approx(1 / 3)
    assert mmf.fuse(data, n_iter=1, lambda_haadf=0.7).lambda_haadf == 0.7


def test_progress_is_called_after_every_iteration(data: mmf.FusionDataset) -> None:
    seen: list[tuple[int, float]] = []
    result = mmf.fuse(data, n_iter=4, progress=lambda k, costs: seen.append((k, costs[2])))
    assert seen == [(k + 1, result.costs[k, 2]) for k in range(4)]


def test_a_stop_keeps_what_was_reached(data: mmf.FusionDataset) -> None:
    stop = mmf.StopFlag()

    def stop_after_three(iteration: int, _: object) -> None:
        if iteration == 3:
            stop.set()

    result = mmf.fuse(data, stop=stop, progress=stop_after_three)
    assert result.stopped
    assert len(result.costs) == 3
    reached = mmf.fuse(data, n_iter=3)
    np.testing.assert_array_equal(result.maps["Co"], reached.maps["Co"])
    assert not reached.stopped
    assert list(mmf.fuse_iter(data, stop=stop)) == []
    nothing = mmf.fuse(data, stop=stop)
    assert nothing.costs.shape == (0, 3)
    np.testing.assert_array_equal(nothing.maps["Co"], data.normalised("Co"))


@pytest.mark.slow
def test_python_goes_on_and_a_stop_ends_within_one_iteration() -> None:
    rng = np.random.default_rng(0)
    shape = (2048, 2048)
    names = ("C", "O", "Ti", "Sr")
    maps = {name: rng.random(shape, dtype=np.float32) for name in names}
    data = mmf.FusionDataset(rng.random(shape, dtype=np.float32), maps)
    stop = mmf.StopFlag()
    results: list[mmf.FusionResult] = []
    worker = threading.Thread(
        target=lambda: results.append(mmf.fuse(data, n_iter=10_000, stop=stop, threads=1))
    )
    worker.start()
    ticks = 0
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        time.sleep(0.001)
        ticks += 1
    stop.set()
    worker.join()
    # With the GIL held, all ticks but a few would wait for the end of ten thousand iterations.
    assert ticks > 100
    (result,) = results
    assert result.stopped
    assert 1 <= len(result.costs) < 10_000
    assert np.isfinite(result.maps["Sr"]).all()


def test_undoing_the_normalisation_gives_measured_units(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, n_iter=1)
    for name in data.elements:
        undone = result.offsets[name] + result.scales[name] * data.normalised(name)
        np.testing.assert_allclose(undone, data.maps[name], atol=1e-5 * result.scales[name])
