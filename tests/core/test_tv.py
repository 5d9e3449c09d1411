"""The TV norm and its proximal operator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_mmfusion as mmf
import oracle

KINDS = ("isotropic", "anisotropic")


def noisy(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0.5, 0.4, shape)


@pytest.mark.parametrize("tv", KINDS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 20), (20, 1), (37, 53), (30, 2000)])
def test_norm(shape: tuple[int, int], tv: str) -> None:
    image = noisy(shape)
    assert mmf.tv_norm(image, tv=tv) == pytest.approx(oracle.tv_norm(image, tv), rel=1e-6)


@pytest.mark.parametrize("tv", KINDS)
@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize("n_iter", [1, 2, 3, 50])
@pytest.mark.parametrize("shape", [(1, 1), (1, 20), (20, 1), (37, 53), (20, 2000)])
def test_prox(shape: tuple[int, int], n_iter: int, nonnegative: bool, tv: str) -> None:
    image = noisy(shape)
    found = mmf.tv_prox(image, 0.2, n_iter, tv=tv, nonnegative=nonnegative)
    expected = oracle.tv_prox(image, 0.2, n_iter, tv, nonnegative)
    assert np.linalg.norm(found - expected) <= 1e-6 * max(np.linalg.norm(expected), 1e-3)


@pytest.mark.parametrize("tv", KINDS)
@pytest.mark.parametrize("nonnegative", [True, False])
def test_the_gap_falls_to_zero_and_bounds_the_error(tv: str, nonnegative: bool) -> None:
    image = noisy((40, 33))
    best = oracle.tv_prox(image, 0.1, 4000, tv, nonnegative)
    gaps = []
    for n_iter in (1, 10, 100, 1000):
        found, gap = mmf.tv_prox_with_gap(image, 0.1, n_iter, tv=tv, nonnegative=nonnegative)
        np.testing.assert_array_equal(
            found, mmf.tv_prox(image, 0.1, n_iter, tv=tv, nonnegative=nonnegative)
        )
        assert 0.5 * np.sum((found - best) ** 2) <= gap * 1.001 + 1e-7
        gaps.append(gap)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-3 * gaps[0]


def test_the_gap_is_primal_minus_dual() -> None:
    """Against the textbook formula, for a problem small enough not to cancel."""
    image = noisy((6, 7))
    u, gap = mmf.tv_prox_with_gap(image, 0.3, 4, nonnegative=False)
    primal = 0.5 * np.sum((u - image) ** 2) + 0.3 * oracle.tv_norm(np.asarray(u, float))
    dual = 0.5 * np.sum(image**2) - 0.5 * np.sum(u.astype(float) ** 2)
    assert gap == pytest.approx(primal - dual, rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    weight=st.floats(1e-3, 10),
    n_iter=st.integers(0, 8),
    seed=st.integers(0, 2**32 - 1),
    tv=st.sampled_from(KINDS),
)
def test_transposing_commutes(
    shape: tuple[int, int], weight: float, n_iter: int, seed: int, tv: str
) -> None:
    image = noisy(shape, seed)
    found = mmf.tv_prox(image, weight, n_iter, tv=tv)
    np.testing.assert_allclose(mmf.tv_prox(image.T, weight, n_iter, tv=tv).T, found, atol=2e-6)


@settings(deadline=None, max_examples=40)
@given(scale=st.floats(1e-25, 1e25), n_iter=st.integers(1, 8), seed=st.integers(0, 2**32 - 1))
def test_scaling_commutes(scale: float, n_iter: int, seed: int) -> None:
    image = noisy((12, 15), seed)
    found = mmf.tv_prox(image * scale, 0.2 * scale, n_iter) / np.float32(scale)
    np.testing.assert_allclose(found, mmf.tv_prox(image, 0.2, n_iter), atol=3e-6)


def test_a_constant_image_stays() -> None:
    image = np.full((9, 11), 3.25, np.float32)
    np.testing.assert_array_equal(mmf.tv_prox(image, 0.7, 20), image)


@pytest.mark.parametrize(
    ("weight", "n_iter", "kind", "named"),
    [
        (-1.0, 1, "isotropic", "weight"),
        (float("nan"), 1, "isotropic", "weight"),
        (1.0, -1, "isotropic", "n_iter"),
        (1.0, 1.5, "isotropic", "n_iter"),
        (1.0, 10_001, "isotropic", "n_iter"),
        (1.0, 1, "diagonal", "isotropic, anisotropic"),
    ],
)
def test_bad_arguments_are_named(weight: float, n_iter: int, kind: str, named: str) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match=named):
        mmf.tv_prox(np.ones((3, 3)), weight, n_iter, tv=kind)
    if kind != "diagonal":
        return
    with pytest.raises(mmf.MMFusionParameterError, match="tv"):
        mmf.tv_norm(np.ones((3, 3)), tv=kind)
