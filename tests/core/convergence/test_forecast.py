"""The number of iterations that a fusion would take, estimated from its first ones."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.forecast import forecast
from napari_mmfusion.core.convergence.verdict import judge

K = np.arange(400.0)


def costs(curve):
    return np.stack([curve] * 3, axis=1)


@pytest.mark.parametrize("ratio", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_geometric_decay_is_foreseen(ratio, sign):
    curves = costs(2 + sign * ratio**K)
    end = judge(curves).converged_at
    assert end <= forecast(curves[: end // 2]) <= 1.1 * end + 10


def test_a_swing_that_dies_down_is_foreseen():
    curves = costs(2 + 0.9**K * (-1) ** K)
    end = judge(curves).converged_at
    assert 0.8 * end <= forecast(curves[: end // 2]) <= 1.2 * end + 10


@pytest.mark.parametrize(
    "curve",
    [K[:3], K[:30], 1.1 ** K[:30], 2 + (-1) ** K[:30], np.full(30, np.nan), 1 / (1 + K[:8])],
)
def test_nothing_is_said_without_grounds(curve):
    assert forecast(costs(curve)) is None or forecast(costs(curve)) <= 10 * len(curve)
    if len(curve) > 8 or len(curve) < 6:
        assert forecast(costs(curve)) is None


@pytest.mark.parametrize("phantom", ["core-shell", "lattice"])
@pytest.mark.parametrize("counts", [5, 50])
@pytest.mark.parametrize("seed", [2, 3])
def test_fusions_take_about_as_long_as_foreseen(phantom, counts, seed):
    data = mmf.simulate(phantom, shape=(64, 64), counts=counts, seed=seed)
    params = mmf.FusionParameters(
        lambda_chem=0.006, lambda_tv=0.022, n_iter=200, n_iter_tv=6, background=0.01
    )
    result = mmf.fuse(data, params)
    end = result.verdict.converged_at
    assert end is not None
    assert end > 30
    assert 0.5 * end <= judge(result.costs[:30]).forecast <= 2.5 * end
