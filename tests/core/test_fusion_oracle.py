"""The core against the slow NumPy oracle: 1e-5 relative, for all kinds of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

import napari_mmfusion as mmf
import oracle
from tutorial import Tutorial, agrees

TV_KINDS = mmf.FusionParameters.info("tv").choices


def relative(found: ArrayLike, expected: ArrayLike) -> float:
    expected = np.asarray(expected)
    return float(np.linalg.norm(np.asarray(found) - expected) / np.linalg.norm(expected))


def assert_equals_oracle(
    data: mmf.FusionDataset, z: list[int], images: Any, **settings: Any
) -> None:
    haadf, maps = images
    result = mmf.fuse(data, **settings)
    states = list(oracle.fuse(haadf, maps, z, **settings))
    expected_maps, expected_haadf, _ = states[-1]
    assert relative(np.stack(list(result.maps.values())), expected_maps) <= 1e-5
    assert relative(result.haadf, expected_haadf) <= 1e-5
    np.testing.assert_allclose(result.costs, [costs for _, _, costs in states], rtol=1e-5)


def random_images(shape: tuple[int, int], names: list[str], seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return rng.random(shape), {name: rng.poisson(2.0, shape) + rng.random() for name in names}


@pytest.mark.parametrize("tv", TV_KINDS)
@pytest.mark.parametrize("weighting", oracle.WEIGHTINGS)
def test_real_data(tutorial: Tutorial, tv: str, weighting: str) -> None:
    settings = {**tutorial.settings, "n_iter": 10, "tv": tv, "weighting": weighting}
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    z = list(tutorial.atomic_numbers.values())
    assert_equals_oracle(data, z, (tutorial.haadf, tutorial.maps), **settings)


@pytest.mark.parametrize("threshold", [None, 0.2])
@pytest.mark.parametrize("regularize", [True, False])
def test_real_data_with_and_without_threshold_and_regularisation(
    tutorial: Tutorial, threshold: float | None, regularize: bool
) -> None:
    settings = {**tutorial.settings, "threshold": threshold, "regularize": regularize}
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    z = list(tutorial.atomic_numbers.values())
    assert_equals_oracle(data, z, (tutorial.haadf, tutorial.maps), **settings)


def test_check_points(tutorial: Tutorial) -> None:
    """The published check points, to the six digits they are printed with."""
    result = mmf.fuse(mmf.FusionDataset(tutorial.haadf, tutorial.maps), **tutorial.settings)
    for iteration, costs in tutorial.costs.items():
        for found, printed in zip(result.costs[iteration - 1], costs, strict=True):
            assert agrees(found, printed), (iteration, found, printed)
    for name, mean in tutorial.means.items():
        assert result.maps[name].mean(dtype=np.float64) == pytest.approx(mean, abs=1.01e-6)


@pytest.mark.parametrize("n", [1, 2, 11])
@pytest.mark.parametrize("shape", [(1, 1 + 30), (31, 1), (2, 3), (5, 5), (40, 33), (33, 70)])
def test_shapes_and_numbers_of_elements(shape: tuple[int, int], n: int) -> None:
    names = ["C", "N", "O", "Al", "Si", "Ti", "Fe", "Sr", "Ba", "La", "Pb"][:n]
    z = [6, 7, 8, 13, 14, 22, 26, 38, 56, 57, 82][:n]
    haadf, maps = random_images(shape, names)
    data = mmf.FusionDataset(haadf, maps)
    assert_equals_oracle(data, z, (haadf, maps), n_iter=6)


@pytest.mark.parametrize("gamma", [1.0, 1.4, 1.7, 2.0])
def test_gamma(gamma: float) -> None:
    haadf, maps = random_images((40, 50), ["Sr", "Ti"])
    data = mmf.FusionDataset(haadf, maps)
    assert_equals_oracle(data, [38, 22], (haadf, maps), gamma=gamma, n_iter=8)


@pytest.mark.parametrize(
    "settings",
    [{"lambda_tv": 0.0}, {"n_iter_tv": 0}, {"lambda_haadf": 0.0}, {"lambda_chem": 0.0}],
    ids=str,
)
def test_switched_off_terms(settings: dict[str, float]) -> None:
    haadf, maps = random_images((30, 41), ["Sr", "Ti"])
    data = mmf.FusionDataset(haadf, maps)
    assert_equals_oracle(data, [38, 22], (haadf, maps), n_iter=5, **settings)


def test_large_offsets_and_scales() -> None:
    """Values with most information beyond 24 bits are normalised before they are rounded."""
    haadf, maps = random_images((30, 40), ["Sr", "Ti"])
    haadf = haadf + 1e7
    maps["Sr"] = (maps["Sr"] * 1e-40).astype(np.float64)
    data = mmf.FusionDataset(haadf, maps)
    assert_equals_oracle(data, [38, 22], (haadf, maps), n_iter=5)
