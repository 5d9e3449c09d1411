"""How well fused maps predict what was measured at pixels they have not seen."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_STEPS: Final = 20
_PRECISION: Final = 1e-6


def prediction_loss(predicted: NDArray[np.floating], measured: NDArray[np.floating]) -> float:
    r"""Poisson quasi-likelihood loss of a map's pixels, after the best affine fit.

    .. math:: \min_{a, c \ge 0} \; \mathrm{mean}(\mu - b \log \mu), \quad \mu = a x + c

    Fused maps are relative, so scale and offset are fitted. Without the fit the loss tells
    mostly how far the HAADF image has moved the level of the maps, not what is in them.

    Parameters
    ----------
    predicted : (m,) array
        The fused map x at pixels held out, not negative.
    measured : (m,) array
        The measured map b there, not negative.

    Returns
    -------
    float
        In the units of b; the difference of two losses is what matters.

    Examples
    --------
    >>> import numpy as np
    >>> measured = np.array([1.0, 2.0, 3.0])
    >>> prediction_loss(10 * measured, measured) < prediction_loss(measured[::-1], measured)
    True
    """
    x = predicted.astype(np.float64)
    b = measured.astype(np.float64)
    level = float(b.mean())
    if level <= 0:
        return 0.0
    mean = float(x.mean())
    contrast = x / mean - 1 if mean > 0 else np.zeros_like(x)
    # At the best fit the mean of mu is that of b, so one number is left: mu = level (1 + s r).
    mu = level * (1 + _best_contrast(contrast, b) * contrast)
    return level - float(np.dot(b, np.log(mu))) / b.size


def _best_contrast(r: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The s in [0, 1] that minimises -sum(b log(1 + s r)): Newton's method, held in an interval."""
    low, high = 0.0, 1.0 - 1e-9  # from a flat prediction to one without offset
    s = 0.5
    for _ in range(_STEPS):
        ratio = r / (1 + s * r)
        slope = -float(np.dot(b, ratio))
        if slope > 0:
            high = s
        else:
            low = s
        curvature = float(np.dot(b, ratio * ratio))
        proposed = s - slope / curvature if curvature > 0 else low
        if not low < proposed < high:
            proposed = (low + high) / 2
        if abs(proposed - s) < _PRECISION:
            break
        s = proposed
    return s
