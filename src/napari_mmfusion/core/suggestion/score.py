"""How well fused maps predict the measured values of pixels held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.line import fit_line


def prediction_losses(
    predicted: NDArray[np.floating], measured: NDArray[np.floating]
) -> NDArray[np.float64]:
    r"""Contribution of each pixel to the part of the variance that a prediction does not explain.

    .. math:: \frac{(b - (a x + c))^2}{\|b - \bar b\|^2 / m}, \quad
        (a, c) = \arg\min_{a \ge 0, \, c} \|b - (a x + c)\|

    Their mean is :math:`1 - R^2`.

    Whatever its distribution, the noise of pixels held out adds the same to the loss of every
    prediction on average; the rest is the squared error of the map. A likelihood would weight dark
    pixels higher than bright ones. Scale and offset are fitted because fused maps are relative:
    without the fit the loss would mainly show how far the HAADF image shifts the level of the maps.

    Parameters
    ----------
    predicted : (m,) array
        The fused map x at pixels held out.
    measured : (m,) array
        The measured map b there.

    Returns
    -------
    (m,) float64
        The mean is between 0 and 1. All are 1 if the measurement is constant, or if a fusion that
        diverged predicts numbers that are not finite. A prediction that is constant or falls where
        the measurement rises explains nothing.

    Examples
    --------
    >>> import numpy as np
    >>> measured = np.array([1.0, 2.0, 3.0])
    >>> prediction_losses(10 * measured + 5, measured).round(6).tolist()
    [0.0, 0.0, 0.0]
    >>> prediction_losses(-measured, measured).tolist()
    [1.5, 0.0, 1.5]
    """
    x, b = (values.astype(np.float64) for values in (predicted, measured))
    if not np.isfinite(x).all():
        return np.ones_like(b)
    variance = float(b.var())
    if variance == 0:
        return np.ones_like(b)
    offset, slope = fit_line(x, b)
    losses: NDArray[np.float64] = (b - (offset + slope * x)) ** 2 / variance
    return losses
