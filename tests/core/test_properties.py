"""What the mathematics promises, for images and parameters that hypothesis chooses."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_mmfusion as mmf
from napari_mmfusion.core import native

SIDE = st.one_of(st.integers(1, 40), st.sampled_from((63, 64, 65, 129, 257)))
SHAPES = st.tuples(SIDE, SIDE)
SEEDS = st.integers(0, 2**32 - 1)
KINDS = st.sampled_from(("isotropic", "anisotropic"))
SOLVERS = ("tutorial", "converged")
LEAST_START = np.float32(0.01)  # of the converged solver, whose maps cannot leave 0

few = settings(deadline=None, max_examples=25)


def noise(shape: tuple[int, int], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.5, 0.4, shape).astype(np.float32)


def specimen(shape: tuple[int, int], seed: int) -> mmf.FusionDataset:
    """Counts with contrast, so that every image has a range, however small it is."""
    rng = np.random.default_rng(seed)
    images = rng.poisson(20, (3, *shape)).astype(np.float32)
    images[:, 0, 0], images[:, -1, -1] = 1, 60
    return mmf.FusionDataset(images[0], {"Co": images[1], "O": images[2]})


def changed(data: mmf.FusionDataset, change: object) -> mmf.FusionDataset:
    maps = {name: change(image) for name, image in data.maps.items()}  # type: ignore[operator]
    return mmf.FusionDataset(change(data.haadf), maps)  # type: ignore[operator]


def differences(image: np.ndarray) -> np.ndarray:
    image = image.astype(float)
    result = np.zeros((2, *image.shape))
    result[0, :-1] = np.diff(image, axis=0)
    result[1, :, :-1] = np.diff(image, axis=1)
    return result


def digest(result: mmf.FusionResult) -> str:
    images = (*result.maps.values(), result.haadf, result.costs)
    return hashlib.sha256(b"".join(image.tobytes() for image in images)).hexdigest()


def far_apart(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


@few
@given(SHAPES, st.floats(1e-3, 10), st.integers(1, 9), KINDS, SEEDS)
def test_divergence_is_the_adjoint_of_the_differences(
    shape: tuple[int, int], weight: float, n_iter: int, tv: str, seed: int
) -> None:
    """The primal is b + weight div p, so that <D x, p> = -<x, div p> for every x."""
    image, other = noise(shape, seed), noise(shape, seed + 1)
    u, dual = native.tv_prox(
        image,
        weight,
        n_iter,
        isotropic=tv == "isotropic",
        nonnegative=False,
        threads=1,
        return_dual=True,
    )
    assert dual is not None
    forward = np.sum(differences(other) * dual)
    backward = -np.sum(other.astype(float) * (image.astype(float) - u)) / weight
    # In the primal, weight div p is rounded to the last bit of the image.
    scale = np.linalg.norm(other) * (np.linalg.norm(dual) + np.linalg.norm(image) / weight)
    assert abs(forward - backward) <= 1e-6 * scale


@few
@given(SHAPES, st.floats(1e-2, 1), KINDS, st.booleans(), SEEDS)
def test_the_gap_falls_and_bounds_the_error(
    shape: tuple[int, int], weight: float, tv: str, nonnegative: bool, seed: int
) -> None:
    image = noise(shape, seed)
    options = {"tv": tv, "nonnegative": nonnegative}
    best, least = mmf.tv_prox_with_gap(image, weight, 2000, **options)
    rounding = 1e-6 * float(np.sum(image.astype(float) ** 2))
    gaps = []
    for n_iter in (0, 10, 200):
        found, gap = mmf.tv_prox_with_gap(image, weight, n_iter, **options)
        # Both are as near the minimum as their gaps say, so they are as near one another.
        distance = float(np.linalg.norm(found.astype(float) - best))
        assert distance <= np.sqrt(2 * max(gap, 0)) + np.sqrt(2 * max(least, 0) + rounding)
        assert gap >= -rounding
        gaps.append(gap)
    assert gaps[1] <= gaps[0] + rounding
    assert gaps[2] <= 0.1 * gaps[0] + rounding


@few
@given(SHAPES, st.sampled_from(SOLVERS), KINDS, SEEDS)
def test_fusing_commutes_with_transposing(
    shape: tuple[int, int], solver: str, tv: str, seed: int
) -> None:
    data = specimen((max(shape[0], 2), max(shape[1], 2)), seed)
    turned = changed(data, np.transpose)
    params = mmf.FusionParameters(n_iter=5, solver=solver, tv=tv, tolerance=1e-12)
    found, expected = mmf.fuse(turned, params), mmf.fuse(data, params)
    for name, image in expected.maps.items():
        assert far_apart(found.maps[name].T, image) <= 1e-6
    # One cost may nearly vanish beside the others, and with it its digits.
    np.testing.assert_allclose(found.costs, expected.costs, atol=1e-6 * expected.costs.max())


@few
@given(SHAPES, st.sampled_from(SOLVERS), st.integers(-20, 20), st.floats(1e-3, 1e3), SEEDS)
def test_units_of_the_images_do_not_matter(
    shape: tuple[int, int], solver: str, exponent: int, factor: float, seed: int
) -> None:
    data = specimen((max(shape[0], 2), max(shape[1], 2)), seed)
    params = mmf.FusionParameters(n_iter=5, solver=solver, tolerance=1e-12)
    expected = mmf.fuse(data, params)
    doubled = mmf.fuse(changed(data, lambda image: image * 2.0**exponent), params)
    assert digest(doubled) == digest(expected)
    scaled = mmf.fuse(changed(data, lambda image: image.astype(float) * factor), params)
    for name, image in expected.maps.items():
        assert far_apart(scaled.maps[name], image) <= 1e-6


@few
@given(SHAPES, st.sampled_from(SOLVERS), SEEDS)
def test_with_all_lambdas_0_the_maps_stay_as_measured(
    shape: tuple[int, int], solver: str, seed: int
) -> None:
    data = specimen((max(shape[0], 2), max(shape[1], 2)), seed)
    result = mmf.fuse(data, n_iter=3, solver=solver, lambda_haadf=0, lambda_chem=0, lambda_tv=0)
    least = LEAST_START if solver == "converged" else 0
    for name, image in result.maps.items():
        np.testing.assert_array_equal(image, np.maximum(data.normalised(name), least))


@few
@given(SHAPES, st.booleans(), KINDS, SEEDS)
def test_the_prox_without_weight_or_steps_only_clips(
    shape: tuple[int, int], nonnegative: bool, tv: str, seed: int
) -> None:
    image = noise(shape, seed)
    expected = np.maximum(image, 0) if nonnegative else image
    for weight, n_iter in ((0, 9), (3, 0)):
        found = mmf.tv_prox(image, weight, n_iter, tv=tv, nonnegative=nonnegative)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("solver", SOLVERS)
@settings(deadline=None, max_examples=8)
@given(
    shape=st.tuples(st.integers(2, 700), st.integers(2, 300)),
    tv=KINDS,
    gamma=st.sampled_from((1.0, 1.6, 2.0)),
    seed=SEEDS,
)
def test_any_number_of_threads_gives_the_same_bits(
    solver: str, shape: tuple[int, int], tv: str, gamma: float, seed: int
) -> None:
    data = specimen(shape, seed)
    params = mmf.FusionParameters(n_iter=6, solver=solver, tv=tv, gamma=gamma)
    digests = {digest(mmf.fuse(data, params, threads=n)) for n in (1, 2, 3, 7, 16, 16, 3)}
    assert len(digests) == 1


@few
@given(SHAPES, st.floats(0, 10), KINDS, SEEDS)
def test_the_prox_has_the_same_bits_with_any_threads(
    shape: tuple[int, int], weight: float, tv: str, seed: int
) -> None:
    image = noise((shape[0] * 4, shape[1]), seed)
    results = {mmf.tv_prox(image, weight, 7, tv=tv, threads=n).tobytes() for n in (1, 2, 3, 7, 16)}
    assert len(results) == 1
