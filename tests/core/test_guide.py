"""The guide field, and the proximal operator of directional total variation."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
import oracle


def noisy(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.5, 0.4, shape)


def two_halves(shape: tuple[int, int] = (40, 50)) -> np.ndarray:
    """A step in the middle, from 0 to 1."""
    return np.repeat([[0.0, 1.0]], shape[0], axis=0).repeat(shape[1] // 2, axis=1)


def test_the_field_is_that_of_the_formula() -> None:
    haadf = 300 + 50 * noisy((31, 44))
    field = mmf.guide_field(haadf, eta=0.02)
    assert field.shape == (2, 31, 44)
    np.testing.assert_allclose(field, oracle.guide_field(haadf, 0.02), atol=1e-5)
    assert (np.hypot(*field) <= 1 + 1e-6).all()


def test_the_field_is_zero_where_the_image_is_flat_and_long_at_an_edge() -> None:
    field = mmf.guide_field(two_halves(), eta=0.01)
    assert np.abs(field[:, :, :15]).max() < 1e-3
    assert (np.abs(field[1, :, 24]) > 0.999).all()


@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize("n_iter", [1, 3, 50])
@pytest.mark.parametrize("shape", [(1, 20), (20, 1), (37, 53), (20, 2000)])
def test_the_prox_is_that_of_the_oracle(
    shape: tuple[int, int], n_iter: int, nonnegative: bool
) -> None:
    image = noisy(shape)
    guide = mmf.guide_field(noisy(shape, 1), eta=0.1)
    found = mmf.tv_prox(image, 0.2, n_iter, nonnegative=nonnegative, guide=guide)
    expected = oracle.tv_prox(
        image, 0.2, n_iter, nonnegative=nonnegative, guide=guide.astype(np.float64)
    )
    assert np.linalg.norm(found - expected) <= 1e-6 * max(np.linalg.norm(expected), 1e-3)


def test_a_guide_without_edges_changes_nothing() -> None:
    image = noisy((33, 47))
    plain = mmf.tv_prox(image, 0.2, 20)
    np.testing.assert_array_equal(mmf.tv_prox(image, 0.2, 20, guide=np.zeros((2, 33, 47))), plain)


def test_the_gap_falls_to_zero_and_bounds_the_error() -> None:
    image = noisy((40, 33))
    guide = mmf.guide_field(noisy((40, 33), 1), eta=0.1)
    best = oracle.tv_prox(image, 0.1, 4000, guide=guide.astype(np.float64))
    gaps = []
    for n_iter in (1, 10, 100, 1000):
        found, gap = mmf.tv_prox_with_gap(image, 0.1, n_iter, guide=guide)
        assert 0.5 * np.sum((found - best) ** 2) <= gap * 1.001 + 1e-7
        gaps.append(gap)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-3 * gaps[0]


def test_an_edge_that_the_guide_knows_stays_sharp() -> None:
    truth = two_halves()
    image = truth + 0.3 * noisy(truth.shape) - 0.15
    guided = mmf.tv_prox(image, 1.0, 300, guide=mmf.guide_field(truth, eta=0.01))
    plain = mmf.tv_prox(image, 1.0, 300)
    assert np.std(guided - truth) < 0.5 * np.std(plain - truth)


@pytest.mark.parametrize(
    ("guide", "message"),
    [
        (np.zeros((2, 5, 5)), r"must be \(2, 8, 9\)"),
        (np.full((2, 8, 9), np.nan), "finite and at most 1 long"),
        (np.full((2, 8, 9), 0.8), "finite and at most 1 long"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused(guide: np.ndarray, message: str) -> None:
    with pytest.raises(mmf.MMFusionDataError, match=message):
        mmf.tv_prox(noisy((8, 9)), 0.1, 3, guide=guide)


def test_a_guide_needs_isotropic_total_variation_and_an_image_with_edges() -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="isotropic"):
        mmf.tv_prox(noisy((8, 9)), 0.1, 3, tv="anisotropic", guide=np.zeros((2, 8, 9)))
    with pytest.raises(mmf.MMFusionDataError, match="constant"):
        mmf.guide_field(np.ones((8, 9)), eta=0.1)
    with pytest.raises(mmf.MMFusionParameterError, match="eta"):
        mmf.guide_field(noisy((8, 9)), eta=0)
