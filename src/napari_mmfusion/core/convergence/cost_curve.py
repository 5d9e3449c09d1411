"""What one cost curve does at its end: settle, fall, rise, swing or diverge."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

_TOLERANCE = 1e-3
"""Share of the cost that a calm step may change."""
_SPREAD_TOLERANCE = 5e-3
"""Share of the curve's range that a calm step may change: Psi_2 can hold a large constant, beside
which any step would look small."""
_SPREAD_FLOOR = 0.01
"""Smallest size of a cost, as a share of the curve's range: a cost near 0 could never settle."""
_ROUNDING = 1e-6
"""Share of the largest cost that counts as rounding."""
CALM_STEPS = 3
"""Calm steps that make a settled curve."""
_RECENT = 8
"""Steps that decide what an unsettled curve does."""
_DYING = 0.8
"""Ratio of later to earlier recent swings below which they are dying down."""
_RIPPLE = 0.005
"""Share of the largest cost below which a swing that stays is a ripple, hardly seen in the maps."""
_GROWN = 1.5
"""Ratio of recent swings to the first steps above which they have grown."""


class Status(Enum):
    """What a cost curve does at its end, from the best to the worst."""

    CONVERGED = "converged"
    UNKNOWN = "too short to tell"
    RISING = "still rising"
    FALLING = "still falling"
    SETTLING = "swinging less and less"
    RIPPLING = "swinging evenly by less than 0.5 %"
    OSCILLATING = "oscillating"
    DIVERGING = "diverging"


def settled_at(curve: Curve) -> int | None:
    """Iteration (from 1) that ends the first window of calm steps followed by calm steps only."""
    if not np.isfinite(curve).all():
        return None
    moving = np.flatnonzero(_moving(curve))
    calm_from = int(moving[-1]) + 1 if moving.size else 0
    return calm_from + CALM_STEPS + 1 if len(curve) - 1 - calm_from >= CALM_STEPS else None


def status_of(curve: Curve) -> Status:
    """What `curve` does at its end."""
    if not np.isfinite(curve).all():
        return Status.DIVERGING
    if settled_at(curve) is not None:
        return Status.CONVERGED
    if not _moving(curve).any():
        return Status.UNKNOWN
    steps = np.diff(curve)
    if _swings(steps[-_RECENT:]):
        return _swinging_status(steps, float(np.abs(curve).max()))
    # Two steps together, so that an oscillation on a slope does not decide its direction.
    return Status.RISING if steps[-2:].sum() > 0 else Status.FALLING


def swings_of(curve: Curve) -> Curve:
    """Bend of `curve` at each of its recent iterations, as a share of the recent cost."""
    recent = curve[-_RECENT - 2 :]
    size = np.abs(recent).sum() / max(len(recent), 1)
    return np.diff(recent, n=2) / (size if size > 0 else 1)


def _moving(curve: Curve) -> NDArray[np.bool_]:
    """Whether each step changes `curve` by more than the tolerances."""
    moving: NDArray[np.bool_] = np.abs(np.diff(curve)) > calm_limits(curve)
    return moving


def calm_limits(curve: Curve) -> Curve:
    """The size up to which each step of `curve` counts as calm."""
    if len(curve) < 2:
        return np.zeros(0)
    spread = np.ptp(curve)
    size = np.abs(curve)
    of_cost = _TOLERANCE * np.maximum(size[1:], _SPREAD_FLOOR * spread)
    limit = np.minimum(of_cost, _SPREAD_TOLERANCE * spread)
    limits: Curve = np.maximum(limit, _ROUNDING * size.max())
    return limits


def _swings(steps: Curve) -> bool:
    """Whether `steps` oscillate about a level; a ripple on a slope is no oscillation."""
    pairs = steps[1:] + steps[:-1]  # averages out an oscillation of two iterations
    about_a_level = 3 * abs(steps.sum()) < np.abs(steps).sum() or _turns(pairs)
    return bool(_turns(steps) and about_a_level)


def _turns(steps: Curve) -> bool:
    turns = np.count_nonzero(steps[1:] * steps[:-1] < 0)
    return bool(turns >= max(3, len(steps) // 2))


def _swinging_status(steps: Curve, largest: float) -> Status:
    recent = np.abs(steps[-_RECENT:])
    earlier, later = (half.max() for half in np.array_split(recent, 2))
    if later < _DYING * earlier:
        return Status.SETTLING
    if later > _GROWN * np.abs(steps[:CALM_STEPS]).max():
        return Status.DIVERGING
    return Status.RIPPLING if later < _RIPPLE * largest else Status.OSCILLATING
