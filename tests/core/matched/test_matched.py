"""The matched solver: against the oracle, and what its answer must not depend on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

import matched_oracle
import napari_mmfusion as mmf
from napari_mmfusion.simulate import nrmse

COUNTS = 8.0
HAADF_COUNTS = 1000.0
MATCHED: dict[str, Any] = {"solver": "matched"}


def measured(
    name: str = "core-shell", shape: tuple[int, int] = (40, 31), counts: float = COUNTS
) -> mmf.FusionDataset:
    """A specimen whose HAADF image is linear in its maps; its corner, if that is all there is."""
    rows, columns = (max(side, 16) for side in shape)
    data = mmf.simulate(
        name, shape=(rows, columns), counts=counts, seed=1, gamma=1, weighting="z^1.7"
    )
    return data if data.shape == shape else data.cropped(slice(shape[0]), slice(shape[1]))


@pytest.fixture(scope="module")
def data() -> mmf.FusionDataset:
    return measured()


def in_counts(result: mmf.FusionResult, name: str) -> NDArray[np.float64]:
    """The fused map in counts as it is, without the amounts that `in_measured_units` keeps."""
    return COUNTS * unscaled(result, name)


def unscaled(result: mmf.FusionResult, name: str) -> NDArray[np.float64]:
    return result.offsets[name] + result.scales[name] * result.maps[name].astype(float)


def oracle_of(data: mmf.FusionDataset, strength: float = 1.0) -> matched_oracle.Matched:
    return matched_oracle.Matched(HAADF_COUNTS * data.haadf.astype(float), strength)


@pytest.mark.parametrize(
    ("name", "shape", "strength"),
    [
        ("core-shell", (40, 31), 1.0),
        ("lattice", (33, 52), 1.5),
        ("wedge", (8, 60), 0.5),
        ("wedge", (60, 9), 1.0),
        ("core-shell", (8, 8), 1.0),
    ],
)
def test_both_estimates_are_those_of_the_oracle(
    name: str, shape: tuple[int, int], strength: float
) -> None:
    data = measured(name, shape)
    oracle = oracle_of(data, strength)
    results = [
        mmf.fuse(data, **MATCHED, n_iter=n_iter, matched_strength=strength) for n_iter in (1, 2)
    ]
    for element in data.elements[:2]:
        for result, expected in zip(
            results, oracle.estimates(COUNTS * data.maps[element].astype(float)), strict=True
        ):
            assert_allclose(in_counts(result, element), expected, atol=2e-4, rtol=1e-4)


def test_masked_pixels_are_guessed_and_their_data_do_not_matter(data: mmf.FusionDataset) -> None:
    mask = np.random.default_rng(3).random(data.shape) > 0.1
    other = {name: np.where(mask, image, 0.4 * image.max()) for name, image in data.maps.items()}
    one = mmf.fuse(data, **MATCHED, mask=mask)
    two = mmf.fuse(mmf.FusionDataset(data.haadf, other), **MATCHED, mask=mask)
    whole = mmf.fuse(data, **MATCHED)
    assert data.truth is not None
    for name in data.elements:
        assert_allclose(unscaled(one, name), unscaled(two, name), atol=1e-5)
        truth = data.truth[name][~mask]
        error = np.abs(unscaled(one, name)[~mask] - truth).mean()
        raw = np.abs(data.maps[name][~mask] - truth).mean()
        assert error < 0.6 * raw
        assert not np.array_equal(one.maps[name], whole.maps[name])


def test_threads_change_no_bit() -> None:
    data = measured(shape=(200, 72))
    one, two, three = (mmf.fuse(data, **MATCHED, threads=threads) for threads in (1, 2, 3))
    assert one == two == three


def test_the_instruction_sets_agree(data: mmf.FusionDataset) -> None:
    """All levels but the baseline share their arithmetic, bit for bit."""
    script = (
        "import pickle, sys, napari_mmfusion as mmf;"
        "data = pickle.load(sys.stdin.buffer);"
        "result = mmf.fuse(data, solver='matched');"
        "sys.stdout.buffer.write(pickle.dumps(dict(result.maps)))"
    )
    levels = mmf.build_info()["available_simd_levels"].split(", ")
    found = {}
    for level in levels:
        run = subprocess.run(
            [sys.executable, "-c", script],
            input=pickle.dumps(data),
            env=os.environ | {"MMFUSION_SIMD": level},
            capture_output=True,
            check=True,
        )
        found[level] = pickle.loads(run.stdout)
    first, *others = found.values()
    for maps in others:
        for name, image in maps.items():
            assert_allclose(image, first[name], atol=1e-4)
    for maps in others[1:]:
        for name, image in maps.items():
            assert_array_equal(image, others[0][name])


def test_states_end_in_the_result(data: mmf.FusionDataset) -> None:
    run = mmf.fuse_iter(data, **MATCHED)
    states = list(run)
    result = mmf.fuse(data, **MATCHED)
    assert [state.iteration for state in states] == [1, 2]
    assert run.result == result
    assert not result.stopped
    assert result.verdict.converged
    first = mmf.fuse(data, **MATCHED, n_iter=1)
    assert_array_equal(states[0].maps["Co"], first.maps["Co"])
    assert not first.verdict.converged
    assert "only the first" in str(first.verdict)


def test_progress_and_stop(data: mmf.FusionDataset) -> None:
    seen: list[int] = []
    stop = mmf.StopFlag()

    def progress(iteration: int, costs: NDArray[np.float64]) -> None:
        assert np.isfinite(costs).all()
        seen.append(iteration)
        stop.set()

    result = mmf.fuse(data, **MATCHED, progress=progress, stop=stop)
    assert seen == [1]
    assert result.stopped
    assert result.maps["Co"].shape == data.shape
    nothing = mmf.fuse(data, **MATCHED, stop=stop)
    assert len(nothing.costs) == 0
    assert "no estimate" in str(nothing.verdict)
    assert_allclose(unscaled(nothing, "Co"), data.maps["Co"], atol=1e-5)


def test_a_stop_ends_an_estimate_on_the_way() -> None:
    """Set by another thread while the core computes, it is seen before the iteration is over."""
    import threading

    data = measured(shape=(700, 700))
    stop = mmf.StopFlag()
    threading.Timer(0.2, stop.set).start()
    result = mmf.fuse(data, **MATCHED, threads=1, stop=stop)
    assert result.stopped
    assert len(result.costs) < 2


def test_a_constant_map_stays_constant() -> None:
    """A flat map with noise becomes flat, at its level, whatever the HAADF image shows."""
    rng = np.random.default_rng(0)
    specimen = measured(shape=(96, 96))
    for level in (0.5, 2.0, 20.0):
        flat = rng.poisson(level, (96, 96))
        fused = mmf.fuse(mmf.FusionDataset(specimen.haadf, {"Co": flat}), **MATCHED)
        found = unscaled(fused, "Co")
        assert found.mean() == pytest.approx(flat.mean(), rel=0.02)
        assert found.std() < 0.1 * np.sqrt(level)


def test_amounts_are_kept() -> None:
    """The inverse is that of a mean; what smoothing transformed counts loses shows at one count."""
    for counts, error in ((1.0, 0.05), (3.0, 0.01), (10.0, 0.005), (100.0, 0.002)):
        data = measured("wedge", (96, 96), counts)
        result = mmf.fuse(data, **MATCHED)
        for name, image in data.maps.items():
            assert unscaled(result, name).mean() == pytest.approx(image.mean(), rel=error)


@pytest.mark.parametrize("name", ["core-shell", "wedge", "lattice"])
@pytest.mark.parametrize("counts", [2.0, 10.0])
def test_the_truth_is_nearer_than_after_blurring(name: str, counts: float) -> None:
    from scipy.ndimage import gaussian_filter

    data = measured(name, (96, 96), counts)
    result = mmf.fuse(data, **MATCHED)
    assert data.truth is not None
    for element, truth in data.truth.items():
        blurred = min(
            nrmse(gaussian_filter(data.maps[element], sigma), truth)
            for sigma in (0.5, 1, 1.5, 2, 3)
        )
        assert nrmse(result.maps[element], truth) < 0.95 * blurred


@pytest.mark.parametrize("factor", [1.0, 1e-9, 37.0, 1e9])
def test_units_of_the_images_do_not_matter(data: mmf.FusionDataset, factor: float) -> None:
    scaled = mmf.FusionDataset(
        factor * data.haadf.astype(float),
        {name: factor * image.astype(float) for name, image in data.maps.items()},
    )
    one, other = mmf.fuse(data, **MATCHED), mmf.fuse(scaled, **MATCHED)
    for name, image in one.maps.items():
        assert_allclose(other.maps[name], image, atol=2e-4)


def test_maps_without_noise_stay_as_they_are() -> None:
    y, x = np.mgrid[:40, :50] / 50
    smooth = mmf.FusionDataset(1 + x, {"Co": np.exp(-((x - 0.5) ** 2 + y**2) * 9), "O": x + y})
    result = mmf.fuse(smooth, **MATCHED)
    for name in smooth.elements:
        assert_allclose(result.maps[name], smooth.normalised(name), atol=5e-3)


@pytest.mark.parametrize("shape", [(7, 40), (40, 7), (1, 1)])
def test_images_smaller_than_a_block_are_refused(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    if shape == (1, 1):
        with pytest.raises(mmf.MMFusionDataError):
            mmf.fuse(mmf.FusionDataset([[1.0]], {"Co": [[2.0]]}), **MATCHED)
        return
    data = mmf.FusionDataset(rng.random(shape), {"Co": rng.poisson(3, shape)})
    with pytest.raises(mmf.MMFusionDataError, match="8 x 8"):
        mmf.fuse(data, **MATCHED)


def test_start_and_resume_are_refused(data: mmf.FusionDataset) -> None:
    result = mmf.fuse(data, **MATCHED, n_iter=1)
    with pytest.raises(mmf.MMFusionParameterError, match="start"):
        mmf.fuse(data, **MATCHED, start=result.maps)
    with pytest.raises(mmf.MMFusionParameterError, match="anew"):
        mmf.fuse(data, resume=result, n_iter=2)


def test_suggest_chooses_the_strength(data: mmf.FusionDataset) -> None:
    suggestion = mmf.suggest(data, **MATCHED)
    assert set(suggestion.chosen) == {"matched_strength"}
    assert suggestion.params == mmf.FusionParameters(**MATCHED, **suggestion.chosen)
    best, *others = (
        next(each for each in suggestion.choice.scores if each.name == name).losses
        for name in ("matched", "plain TV")
    )
    assert suggestion.score == pytest.approx(np.mean(list(best.values())), rel=1e-6)
    assert others


def test_raising_the_strength_smooths_more(data: mmf.FusionDataset) -> None:
    variations = [
        mmf.tv_norm(mmf.fuse(data, **MATCHED, matched_strength=strength).maps["Co"])
        for strength in (0.0, 0.5, 1.0, 2.0)
    ]
    assert variations == sorted(variations, reverse=True)
    nothing = mmf.fuse(data, **MATCHED, matched_strength=0.0)
    assert nothing.maps["Co"].std() == pytest.approx(data.normalised("Co").std(), rel=0.2)


def test_a_haadf_far_from_zero_is_matched_alike():
    data = mmf.simulate("core-shell", shape=(48, 48), counts=20, seed=4)
    far = mmf.FusionDataset(data.haadf + 1e4, data.maps)
    near = mmf.FusionDataset(far.haadf.astype(float) - float(far.haadf.min()), data.maps)
    one, two = (mmf.fuse(each, solver="matched").maps for each in (far, near))
    for name in one:
        assert np.isfinite(one[name]).all()
        assert np.corrcoef(one[name].ravel(), two[name].ravel())[0, 1] > 0.95
