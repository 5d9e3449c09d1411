"""How many iterations a fusion would take to settle: an estimate from its cost curves."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.convergence.cost_curve import (
    CALM_STEPS,
    Curve,
    Status,
    calm_limits,
    settled_at,
    status_of,
)

_FITTED: Final = 8
"""Recent steps whose decay is followed."""
_LEAST: Final = 6
"""Iterations before which nothing can be said."""
_FAR: Final = 10
"""How many times longer than the run a forecast may be; beyond, the decay is too slow to tell."""
_HOPELESS: Final = (Status.RIPPLING, Status.OSCILLATING, Status.DIVERGING)


def forecast(costs: NDArray[np.float64]) -> int | None:
    """Iterations, in all, after which every curve would be calm if it goes on as it does now.

    The recent steps of a curve that has not settled are taken to shrink by one factor each. On
    simulated and measured data the estimate was between half and twice the true number.

    Returns
    -------
    int or None
        Rounded up to tens; None if a curve oscillates, diverges, is too short, or its steps do
        not shrink.

    Examples
    --------
    >>> import numpy as np
    >>> forecast(np.tile(1 + 0.8 ** np.arange(15.0)[:, None], 3))
    30
    """
    ends = [_end_of(curve) for curve in costs.T]
    if not ends or None in ends:
        return None
    last = max(end for end in ends if end is not None)
    return 10 * math.ceil(last / 10) if last <= _FAR * len(costs) else None


def _end_of(curve: Curve) -> int | None:
    settled = settled_at(curve)
    if settled is not None:
        return settled
    n = len(curve)
    if n < _LEAST or status_of(curve) in _HOPELESS:
        return None
    steps = np.abs(np.diff(curve))
    # The larger of two, so that a curve that swings or turns does not seem calm.
    sizes = np.maximum(steps[1:], steps[:-1])[-_FITTED:]
    limit = float(calm_limits(curve)[-1])
    if not (sizes > 0).all() or limit <= 0:
        return None
    at = np.arange(n - len(sizes), n, dtype=np.float64)
    rate, offset = np.polyfit(at, np.log(sizes), 1).tolist()
    if rate >= 0:
        return None
    end = (math.log(limit) - offset) / rate + CALM_STEPS
    return max(n, math.ceil(end)) + 1 if end < _FAR * n else _FAR * n + 1
