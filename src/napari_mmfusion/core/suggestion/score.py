"""How well fused maps predict what was measured at pixels they have not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def prediction_loss(predicted: NDArray[np.floating], measured: NDArray[np.floating]) -> float:
    r"""Part of the variance of a map's pixels that the prediction does not explain.

    .. math:: 1 - R^2 = \min_{a \ge 0, \, c} \; \|b - (a x + c)\|^2 / \|b - \bar b\|^2

    Whatever the distribution of the noise, the noise of pixels that the fusion has not seen adds
    the same to every prediction on average, and what is left is the squared error of the map. A
    likelihood would weight dark pixels higher than bright ones. Scale and offset are fitted
    because fused maps are relative: without the fit the loss tells mostly how far the HAADF image
    has moved the level of the maps, not what is in them.

    Parameters
    ----------
    predicted : (m,) array
        The fused map x at pixels held out.
    measured : (m,) array
        The measured map b there.

    Returns
    -------
    float
        From 0 to 1; 1 if either is constant, the prediction falls where the measurement rises, or
        a fusion that diverged has left numbers that are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> measured = np.array([1.0, 2.0, 3.0])
    >>> prediction_loss(10 * measured + 5, measured), prediction_loss(-measured, measured)
    (0.0, 1.0)
    """
    x, b = (values.astype(np.float64) for values in (predicted, measured))
    if not np.isfinite(x).all():
        return 1.0
    x, b = x - x.mean(), b - b.mean()
    variances = float(x @ x) * float(b @ b)
    return 1.0 - max(float(x @ b), 0.0) ** 2 / variances if variances > 0 else 1.0
