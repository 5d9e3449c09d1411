"""The guided solver: against the oracle, and what its answer must not depend on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.ndimage import gaussian_filter

import guided_oracle
import napari_mmfusion as mmf
import oracle
from napari_mmfusion.simulate import nrmse
from tutorial import Tutorial

COUNTS = 8.0
TIGHT: dict[str, Any] = {"solver": "guided", "gap": 1e-5, "n_iter": 1500}


def measured(
    name: str = "core-shell",
    shape: tuple[int, int] = (48, 40),
    counts: float = COUNTS,
    seed: int = 1,
) -> mmf.FusionDataset:
    """A specimen whose HAADF image is linear in its maps."""
    return mmf.simulate(name, shape=shape, counts=counts, seed=seed, gamma=1, weighting="z^1.7")


@pytest.fixture(scope="module")
def data() -> mmf.FusionDataset:
    return measured()


def distance(one: mmf.FusionResult, other: mmf.FusionResult) -> float:
    """Largest relative distance of two results, over the maps."""
    return max(
        float(np.linalg.norm(one.maps[name] - image) / np.linalg.norm(image))
        for name, image in other.maps.items()
    )


def problem_of(result: mmf.FusionResult, mask: np.ndarray | None = None) -> guided_oracle.Problem:
    """What the result should minimise, from the measured images; the weights are the result's."""
    data, params = result.data, result.params
    measured = np.stack([data.maps[name].astype(float) for name in data.elements])
    peaks = np.array([np.percentile(gaussian_filter(image, 1.5), 99.5) for image in measured])
    scales = np.array([result.scales[name] for name in data.elements])
    normalised = np.stack([result.maps[name].astype(float) for name in data.elements])
    weights = np.array([result.weights[name] for name in data.elements])
    offset = np.mean(result.haadf - np.tensordot(weights, normalised, axes=1))
    return guided_oracle.Problem(
        c=measured / peaks[:, None, None],
        haadf=oracle.normalised(data.haadf) - offset,
        guide=oracle.guide_field(data.haadf, params.eta),
        doses=peaks * COUNTS,
        weights=weights * peaks / scales,
        mu=params.guided_haadf,
        lambda_tv=params.guided_tv,
        mask=mask,
    )


def in_peaks(result: mmf.FusionResult) -> np.ndarray:
    """The maps of a result in units of their peaks."""
    maps = [result.scales[name] * image for name, image in result.maps.items()]
    problem = problem_of(result)
    measured = np.stack([result.data.maps[name] for name in result.data.elements])
    return np.stack(maps) * (problem.c.max(axis=(1, 2)) / measured.max(axis=(1, 2)))[:, None, None]


@pytest.mark.parametrize(
    "changes",
    [{}, {"guided_haadf": 0.0}, {"guided_tv": 1.0, "eta": 0.1}, {"weighting": "z^1.7"}],
    ids=str,
)
def test_the_minimum_is_that_of_the_oracle(
    data: mmf.FusionDataset, changes: dict[str, Any]
) -> None:
    result = mmf.fuse(data, **TIGHT, **changes)
    problem = problem_of(result)
    best = problem.minimise(4000)
    found = in_peaks(result)
    assert result.gap is not None
    assert result.gap <= 1e-5
    assert problem.objective(found) <= problem.objective(best) * (1 + 3e-5)
    # Where there are few counts the minimum is flat.
    assert np.linalg.norm(found - best) <= 1e-2 * np.linalg.norm(best)


def test_the_costs_are_those_of_the_maps(data: mmf.FusionDataset) -> None:
    states = list(mmf.fuse_iter(data, solver="guided", gap=1e-3, n_iter=200))
    result = mmf.fuse(data, solver="guided", gap=1e-3, n_iter=200)
    assert states[-1].objective == pytest.approx(
        problem_of(result).objective(in_peaks(result)), rel=1e-4
    )
    assert len(states) == len(result.costs)
    for name, image in result.maps.items():
        assert_array_equal(states[-1].maps[name], image)
    assert_array_equal(states[-1].haadf, result.haadf)


def test_the_gap_bounds_the_objective_and_falls(data: mmf.FusionDataset) -> None:
    weights = dict.fromkeys(data.elements, 0.4)  # so that the objective stays the same
    settings: dict[str, Any] = {"solver": "guided", "weights": weights}
    best = list(mmf.fuse_iter(data, gap=1e-6, n_iter=2000, **settings))[-1].objective
    gaps = []
    for target in (1e-1, 1e-2, 1e-3, 1e-4):
        result = mmf.fuse(data, gap=target, n_iter=2000, **settings)
        run = mmf.fuse_iter(data, gap=target, n_iter=2000, **settings)
        objective = list(run)[-1].objective
        assert result.gap is not None
        assert result.gap <= target
        assert objective - best <= result.gap * objective + 1e-5 * best
        gaps.append(result.gap)
    assert gaps == sorted(gaps, reverse=True)


def test_threads_change_no_bit() -> None:
    data = measured(shape=(200, 72))
    one, two, three = (
        mmf.fuse(data, solver="guided", n_iter=6, threads=threads) for threads in (1, 2, 3)
    )
    assert one == two == three


def test_two_starts_end_in_one_answer(data: mmf.FusionDataset) -> None:
    constant = {name: np.full(data.shape, 0.5) for name in data.elements}
    first, second = (mmf.fuse(data, start=start, **TIGHT) for start in (None, constant))
    assert distance(first, second) <= 1e-2
    weights = dict.fromkeys(data.elements, 0.4)
    first, second = (
        mmf.fuse(data, start=start, weights=weights, **TIGHT) for start in (None, constant)
    )
    assert distance(first, second) <= 5e-3


def test_a_start_near_the_minimum_saves_iterations(data: mmf.FusionDataset) -> None:
    cold = mmf.fuse(data, solver="guided", n_iter=200)
    nearby = mmf.fuse(data, solver="guided", n_iter=200, guided_tv=5.5, start=cold.maps)
    assert nearby.verdict.converged
    assert len(nearby.costs) <= 1.5 * len(cold.costs)


def test_the_data_of_masked_pixels_do_not_matter(data: mmf.FusionDataset) -> None:
    mask = np.random.default_rng(3).random(data.shape) > 0.1
    other = {name: np.where(mask, image, 0.4 * image.max()) for name, image in data.maps.items()}
    altered = mmf.FusionDataset(data.haadf, other)
    settings: dict[str, Any] = {"solver": "guided", "mask": mask}
    first, second = (mmf.fuse(each, n_iter=10, **settings) for each in (data, altered))
    one, other = (each.scales["Co"] * each.maps["Co"] for each in (first, second))
    assert_array_equal(one, other)
    without = mmf.fuse(altered, solver="guided", n_iter=10)
    assert distance(first, without) > 1e-3


def test_a_mask_leaves_out_pixels_of_the_objective(data: mmf.FusionDataset) -> None:
    mask = np.ones(data.shape, dtype=bool)
    mask[10:14, 12:20] = False
    weights = dict.fromkeys(data.elements, 0.4)
    masked = mmf.fuse(data, mask=mask, weights=weights, **TIGHT)
    problem = problem_of(masked, mask.astype(float))
    assert problem.objective(in_peaks(masked)) < problem.objective(
        in_peaks(mmf.fuse(data, weights=weights, **TIGHT))
    )


@pytest.mark.parametrize(
    ("name", "limit"), [("core-shell", 0.075), ("wedge", 0.035), ("null-element", 0.075)]
)
def test_it_is_nearer_to_the_truth_than_any_gaussian(name: str, limit: float) -> None:
    data = measured(name, shape=(96, 96), counts=10)
    result = mmf.fuse(data, solver="guided")
    assert result.verdict.converged
    truth = {key: image for key, image in (data.truth or {}).items() if np.ptp(image) > 0}
    for key, image in truth.items():
        blurred = [gaussian_filter(data.maps[key], sigma) for sigma in (1, 1.5, 2, 3)]
        best = min(nrmse(each, image) for each in blurred)
        assert nrmse(result.maps[key], image) < best
    assert np.mean([nrmse(result.maps[key], image) for key, image in truth.items()]) < limit


def test_amounts_are_kept() -> None:
    for name in ("core-shell", "wedge", "null-element"):
        data = measured(name, shape=(96, 96), counts=10)
        result = mmf.fuse(data, solver="guided")
        for element, image in data.maps.items():
            fused = result.offsets[element] + result.scales[element] * result.maps[element]
            assert fused.sum() == pytest.approx(image.sum(), rel=0.05)


def test_units_of_the_maps_and_of_the_haadf_do_not_matter(data: mmf.FusionDataset) -> None:
    scaled = mmf.FusionDataset(
        7 * data.haadf + 3, {name: 16 * image for name, image in data.maps.items()}
    )
    first, second = (mmf.fuse(each, solver="guided") for each in (data, scaled))
    assert distance(first, second) <= 1e-3


def test_weights_that_are_given_are_kept(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, solver="guided", weights={"Co": 0.5})
    assert result.weights["Co"] == pytest.approx(0.5)
    assert result.weights["S"] != 0.5
    law = mmf.fuse(data, solver="guided", weighting="z^1.7", atomic_numbers={"S": 27})
    # Two elements of one atomic number: their weights differ by the amounts measured.
    assert law.weights["S"] / law.weights["Co"] == pytest.approx(
        law.scales["S"] / law.scales["Co"], rel=1e-5
    )


def test_the_verdict_names_the_gap(data: mmf.FusionDataset) -> None:
    converged = mmf.fuse(data, solver="guided", n_iter=200).verdict
    assert converged.converged
    assert "Converged after" in str(converged)
    assert "above the minimum" in str(converged)
    short = mmf.fuse(data, solver="guided", n_iter=1).verdict
    assert not short.converged
    assert str(short).startswith("Not converged")
    assert str(short).endswith("Raise n_iter, or go on from here with resume=result.")


def test_going_on_comes_to_the_same_minimum(data: mmf.FusionDataset) -> None:
    short = mmf.fuse(data, solver="guided", n_iter=2)
    assert not short.verdict.converged
    on = mmf.fuse(data, resume=short, n_iter=200)
    assert on.verdict.converged
    assert len(on.costs) > len(short.costs)
    np.testing.assert_array_equal(on.costs[:2], short.costs)
    at_once = mmf.fuse(data, solver="guided", n_iter=200)
    for element, image in at_once.maps.items():
        assert abs(on.maps[element] - image).mean() < 0.01 * image.max()


def test_a_stop_flag_ends_it_and_the_maps_are_those_of_the_start(data: mmf.FusionDataset) -> None:
    stop = mmf.StopFlag()
    stop.set()
    result = mmf.fuse(data, solver="guided", stop=stop)
    assert result.stopped
    assert result.gap is None
    assert len(result.costs) == 0
    model = np.sum([result.weights[name] * result.maps[name] for name in data.elements], axis=0)
    assert np.ptp(result.haadf - model) < 1e-5


def test_unknown_maps_and_elements_are_named(data: mmf.FusionDataset) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="weights names 'Fe'"):
        mmf.fuse(data, solver="guided", weights={"Fe": 1.0})
    renamed = mmf.FusionDataset(data.haadf, {"first map": data.maps["Co"]})
    assert mmf.fuse(renamed, solver="guided").verdict.converged
    with pytest.raises(mmf.MMFusionDataError, match="no single element symbol"):
        mmf.fuse(renamed, solver="guided", weighting="z^1.7")
    flat = mmf.FusionDataset(np.ones(data.shape), data.maps)
    with pytest.raises(mmf.MMFusionDataError, match="constant"):
        mmf.fuse(flat, solver="guided")


def test_a_saved_result_keeps_its_gap(data: mmf.FusionDataset, tmp_path: Path) -> None:
    result = mmf.fuse(data, solver="guided")
    loaded = mmf.load_result(mmf.save(result, tmp_path / "out"))
    assert loaded.gap == result.gap
    assert str(loaded.verdict) == str(result.verdict)


def test_trust_tools_repeat_it(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, solver="guided", guided_haadf=100.0)
    alone = mmf.tv_only(result)
    assert max(float(np.abs(image).max()) for image in alone.changes.values()) > 0.02
    assert abs(mmf.null_element_test(result).slope) < 0.2
    assert mmf.bootstrap(result, n=2).n == 2


def test_real_data_converge_and_keep_their_amounts(tutorial: Tutorial) -> None:
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    result = mmf.fuse(data, solver="guided", n_iter=300)
    assert result.verdict.converged
    for name, image in data.maps.items():
        assert (result.maps[name] >= 0).all()
        if tutorial.file == "PTO_Trilayer_dataset.npz":  # the other maps are thresholded
            fused = result.offsets[name] + result.scales[name] * result.maps[name]
            assert fused.mean() == pytest.approx(image.mean(), rel=0.03)
