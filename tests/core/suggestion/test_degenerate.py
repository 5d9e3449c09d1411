"""Data from which no lambda can be learnt are refused with the reason."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.holdout import make_holdouts

RNG = np.random.default_rng(0)


def counts(shape: tuple[int, int]) -> mmf.FusionDataset:
    return mmf.FusionDataset(RNG.random(shape), {"Fe": RNG.poisson(5, shape)})


@pytest.mark.parametrize(
    "shape", [(1, 2), (2, 2), (1, 9), (9, 1), (3, 3), (7, 9), (1, 200), (200, 2)]
)
def test_tiny_images_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(mmf.MMFusionDataError, match="too small to hold pixels out: at least 64"):
        mmf.suggest(counts(shape), n_iter=1)


@pytest.mark.parametrize("shape", [(8, 8), (3, 22), (9, 9), (16, 16)])
@pytest.mark.parametrize("reach", [0, 1])
def test_small_images_have_no_empty_holdout(shape: tuple[int, int], reach: int) -> None:
    try:
        holdouts = make_holdouts(counts(shape), reach=reach)
    except mmf.MMFusionDataError:
        assert reach == 1
        return
    assert all(holdout.values.shape[1] >= 2 for holdout in holdouts)


def test_the_smallest_images_get_a_number() -> None:
    suggestion = mmf.suggest(counts((8, 8)), n_iter=2)
    assert 0 < suggestion.score < 1


def test_masked_pixels_are_no_measurements() -> None:
    mask = np.zeros((16, 16), bool)
    mask[:7, :9] = True
    with pytest.raises(mmf.MMFusionDataError, match="at least 64 that were measured"):
        mmf.suggest(counts((16, 16)).masked(mask), n_iter=1)


def test_maps_without_signal_are_refused() -> None:
    dot = np.zeros((16, 16))
    dot[4, 4] = 1
    with pytest.raises(mmf.MMFusionDataError, match="no lambdas predict the pixels held out"):
        mmf.suggest(mmf.FusionDataset(RNG.random((16, 16)), {"O": dot}), n_iter=2)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_constant_images_are_refused(value: float) -> None:
    flat, image = np.full((16, 16), value), RNG.poisson(5, (16, 16))
    for haadf, map_ in ((flat, image), (image, flat)):
        with pytest.raises(mmf.MMFusionDataError, match="is constant"):
            mmf.suggest(mmf.FusionDataset(haadf, {"O": map_}))
