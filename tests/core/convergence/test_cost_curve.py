"""The status of curves of known shape."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from napari_mmfusion.core.convergence.cost_curve import Status, settled_at, status_of

K = np.arange(30.0)
PLATEAU = 1 + 0.4**K
SIGN = (-1.0) ** K

CURVES = {
    "falls to a plateau": (PLATEAU, Status.CONVERGED),
    "rises to a plateau": (3 - 0.4**K, Status.CONVERGED),
    "falls, overshoots and rises to a plateau": (2 - K * np.exp(-K / 2), Status.CONVERGED),
    "crosses 0 to a plateau": (0.4**K - 0.02, Status.CONVERGED),
    "falls to a plateau near 0": (1e-9 + 0.4**K, Status.CONVERGED),
    "is constant": (np.ones(30), Status.CONVERGED),
    "is 0": (np.zeros(30), Status.CONVERGED),
    "is constant but for rounding": (1 + 1e-9 * SIGN, Status.CONVERGED),
    "swings and settles": (1 + 0.6**K * SIGN, Status.CONVERGED),
    "falls": (1 / (1 + K), Status.FALLING),
    "falls by little, but evenly": (1 - 1e-5 * K, Status.FALLING),
    "falls upon a large constant": (1e5 + 10 * 0.95**K, Status.FALLING),
    "falls with a ripple": (1 - 0.01 * K + 0.008 * SIGN, Status.FALLING),
    "rises towards a plateau": (3 - 0.93**K, Status.RISING),
    "rises ever faster": (1 / (31 - K), Status.RISING),
    "rises with a ripple": (1 + 0.01 * K + 0.008 * SIGN, Status.RISING),
    "swings slowly less and less": (1 + 0.9**K * SIGN, Status.SETTLING),
    "swings quickly less and less": (1 + 0.4 ** K[:6] * SIGN[:6], Status.SETTLING),
    "swings evenly": (1 + 0.1 * SIGN, Status.OSCILLATING),
    "falls, then ripples": (1 + 0.3**K + 0.002 * SIGN, Status.RIPPLING),
    "falls, then swings": (1 + 0.3**K + 0.01 * SIGN, Status.OSCILLATING),
    "swings in four steps": (1 + 0.1 * np.tile([0, 1.0, 0.2, 0.9], 8)[:30], Status.OSCILLATING),
    "ripples more and more": (1 + 1e-5 * 1.2**K * SIGN, Status.DIVERGING),
    "swings more and more": (1 + 0.01 * 1.2**K * SIGN, Status.DIVERGING),
    "ends in NaN": (np.where(K > 20, np.nan, 1.0), Status.DIVERGING),
    "passes through infinity": (np.where(K == 20, np.inf, 1.0), Status.DIVERGING),
    "is NaN at once": (np.array([np.nan]), Status.DIVERGING),
    "is empty": (np.empty(0), Status.UNKNOWN),
    "is one point": (np.ones(1), Status.UNKNOWN),
    "is constant over two steps": (np.ones(3), Status.UNKNOWN),
    "is two points": (np.array([2.0, 1.0]), Status.FALLING),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_that(name: str) -> None:
    curve, status = CURVES[name]
    assert status_of(curve) is status
    assert (settled_at(curve) is not None) == (status is Status.CONVERGED)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_the_unit_does_not_matter(name: str, unit: float) -> None:
    curve, status = CURVES[name]
    assert status_of(unit * curve) is status
    assert settled_at(unit * curve) == settled_at(curve)


def test_convergence_is_counted_from_the_last_change() -> None:
    late = PLATEAU.copy()
    late[15] += 1
    assert settled_at(PLATEAU) == 11
    assert settled_at(late) == 20  # the curve is back at iteration 17, and three calm steps follow


@pytest.mark.parametrize("n", [4, 5, 8, 12, 30, 300])
def test_a_swing_is_seen_at_any_length(n: int) -> None:
    curve: NDArray[np.float64] = 5 + (-1.0) ** np.arange(n)
    expected = Status.OSCILLATING if n > 4 else Status.FALLING
    assert status_of(curve) is expected


def test_near_0_a_step_is_calm_beside_the_range_of_the_curve() -> None:
    """The last step that is not is 0.6 of 0.4 to the power of 12: more than 1e-5 of the range."""
    assert settled_at(1e-9 + 0.4**K) == 17
