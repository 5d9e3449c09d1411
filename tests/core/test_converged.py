"""The converged solver on real data, and what start values and masks do in both solvers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import napari_mmfusion as mmf
from tutorial import Tutorial

SOLVERS = ["tutorial", "converged"]


@pytest.fixture(scope="module")
def phantom() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=(64, 48), counts=10, seed=1)


def objective(result: mmf.FusionResult) -> np.ndarray:
    params = result.params
    return result.costs @ (result.lambda_haadf, params.lambda_chem, params.lambda_tv)


def test_the_objective_of_real_data_never_rises(tutorial: Tutorial) -> None:
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    settings = {**tutorial.settings, "n_iter": 60}
    result = mmf.fuse(data, solver="converged", tolerance=0, **settings)
    assert len(result.costs) == 60
    assert (np.diff(objective(result)) <= 0).all()
    # ... and is below what the fixed schedule reaches.
    assert objective(result)[-1] < objective(mmf.fuse(data, **settings))[-1]


def test_dysco3_comes_near_its_minimum_in_few_iterations(tutorial: Tutorial) -> None:
    if tutorial.file != "PTO_Trilayer_dataset.npz":
        return
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    settings = {**tutorial.settings, "solver": "converged", "tolerance": 0}
    reference = objective(mmf.fuse(data, **{**settings, "n_iter": 1500}))[-1]
    gap = objective(mmf.fuse(data, **{**settings, "n_iter": 40})) / reference - 1
    assert gap[14] <= 1e-2
    assert gap[39] <= 1e-3


def test_two_starts_of_the_linear_mode_end_in_one_answer(phantom: mmf.FusionDataset) -> None:
    params = mmf.FusionParameters(
        gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.02, n_iter=3000, tolerance=1e-9
    )
    constant = {name: np.full(phantom.shape, 0.5) for name in phantom.elements}
    first, second = (mmf.fuse(phantom, params, start=start).maps for start in (None, constant))
    for name in phantom.elements:
        distance = np.linalg.norm(first[name] - second[name]) / np.linalg.norm(first[name])
        assert distance <= 1e-3


def test_the_linear_mode_keeps_relative_amplitudes(phantom: mmf.FusionDataset) -> None:
    result = mmf.fuse(phantom, gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.01)
    weak = phantom.elements[0]
    maps = {**phantom.maps, weak: 0.1 * phantom.maps[weak]}
    weaker = mmf.fuse(mmf.FusionDataset(phantom.haadf, maps), result.params)
    ratio = {name: weaker.weights[name] / result.weights[name] for name in maps}
    others = [ratio[name] for name in maps if name != weak]
    assert ratio[weak] < 0.2 * min(others)


def test_the_model_of_the_linear_mode_has_the_level_of_the_haadf(
    phantom: mmf.FusionDataset,
) -> None:
    result = mmf.fuse(phantom, gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.01)
    haadf = (phantom.haadf - phantom.haadf.min()) / np.ptp(phantom.haadf)
    assert abs(result.haadf.mean() - haadf.mean()) < 0.05
    assert np.corrcoef(result.haadf.ravel(), haadf.ravel())[0, 1] > 0.95


def test_states_hold_objective_and_step(phantom: mmf.FusionDataset) -> None:
    settings = {"solver": "converged", "n_iter": 12}
    states = list(mmf.fuse_iter(phantom, **settings))
    result = mmf.fuse(phantom, **settings)
    assert [state.objective for state in states] == pytest.approx(objective(result))
    assert all(state.step > 0 for state in states)
    assert_array_equal(states[-1].maps["Co"], result.maps["Co"])


def test_a_settled_run_ends_before_its_last_iteration(phantom: mmf.FusionDataset) -> None:
    result = mmf.fuse(phantom, solver="converged", n_iter=2000, tolerance=1e-4)
    assert len(result.costs) < 500
    assert not result.stopped
    states = list(mmf.fuse_iter(phantom, result.params))
    assert len(states) == len(result.costs)


def test_its_verdict_asks_for_iterations_and_never_for_other_lambdas(
    phantom: mmf.FusionDataset,
) -> None:
    for n_iter in range(3, 30, 3):
        result = mmf.fuse(phantom, solver="converged", n_iter=n_iter, lambda_tv=0.02)
        assert result.verdict.advice == "" or result.verdict.advice.startswith("Raise n_iter")


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_data_of_a_masked_pixel_do_not_matter(phantom: mmf.FusionDataset, solver: str) -> None:
    start = {name: np.full(phantom.shape, 0.3) for name in phantom.elements}
    mask = np.ones(phantom.shape, bool)
    mask[20, 30] = False
    altered = {name: image.copy() for name, image in phantom.maps.items()}
    altered["Co"][20, 30] = 0.5 * altered["Co"].max()
    other = mmf.FusionDataset(phantom.haadf, altered)
    settings = {"start": start, "solver": solver}

    def fused(**mask: object) -> list[mmf.FusionResult]:
        return [mmf.fuse(data, **settings, **mask) for data in (phantom, other)]

    first, second = fused(mask=mask)
    assert_allclose(first.maps["Co"], second.maps["Co"], atol=1e-6)
    assert_allclose(first.costs, second.costs, rtol=1e-6)
    first, second = fused()
    assert abs(first.maps["Co"] - second.maps["Co"]).max() > 1e-3


@pytest.mark.parametrize("of_the_tutorial", [{"threshold": 0.5}, {"n_iter_tv": 1}])
def test_a_minimum_does_not_depend_on_the_tutorials_schedule(
    phantom: mmf.FusionDataset, of_the_tutorial: dict[str, float]
) -> None:
    first, second = (
        mmf.fuse(phantom, solver="converged", n_iter=5, **changes)
        for changes in ({}, of_the_tutorial)
    )
    assert_array_equal(first.maps["Co"], second.maps["Co"])
    assert_array_equal(first.costs, second.costs)


@pytest.mark.parametrize("solver", SOLVERS)
def test_total_variation_that_is_off_is_no_part_of_the_objective(
    phantom: mmf.FusionDataset, solver: str
) -> None:
    settings = {"solver": solver, "n_iter": 3, "regularize": False, "lambda_tv": 0.3}
    *_, state = mmf.fuse_iter(phantom, **settings)
    result = mmf.fuse(phantom, **settings)
    expected = state.costs @ (result.lambda_haadf, result.params.lambda_chem, 0)
    assert state.objective == pytest.approx(expected)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_start_is_where_the_first_iteration_begins(
    phantom: mmf.FusionDataset, solver: str
) -> None:
    start = {name: np.full(phantom.shape, 0.3) for name in phantom.elements}
    settings = {"start": start, "solver": solver, "lambda_haadf": 1e-6, "lambda_chem": 1e-6}
    maps = mmf.fuse(phantom, n_iter=1, **settings).maps
    assert np.allclose(maps["Co"], 0.3, atol=1e-4)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": {"Co": np.ones((64, 48))}}, "no values for the map"),
        ({"start": dict.fromkeys(["Co", "S", "O"], np.ones((2, 2)))}, r"shape \(2, 2\)"),
        ({"start": dict.fromkeys(["Co", "S", "O"], -np.ones((64, 48)))}, "at least 0"),
        ({"mask": np.ones((64, 48))}, "booleans, not float64"),
        ({"mask": np.ones((2, 2), bool)}, r"mask has the shape \(2, 2\)"),
    ],
)
def test_wrong_starts_and_masks_are_named(
    phantom: mmf.FusionDataset, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(mmf.MMFusionDataError, match=message):
        mmf.fuse(phantom, **wrong)
