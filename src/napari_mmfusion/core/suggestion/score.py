"""How well fused maps predict what was measured at pixels they have not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.line import fit_line


def prediction_losses(
    predicted: NDArray[np.floating], measured: NDArray[np.floating]
) -> NDArray[np.float64]:
    r"""What each of a map's pixels adds to the part of their variance that is not explained.

    .. math:: \frac{(b - (a x + c))^2}{\|b - \bar b\|^2 / m}, \quad
        (a, c) = \arg\min_{a \ge 0, \, c} \|b - (a x + c)\|

    Their mean is :math:`1 - R^2`.

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
    (m,) float64
        Of a mean from 0 to 1; all 1 if the measurement is constant or a fusion that diverged has
        left numbers that are not finite. A prediction that is constant or falls where the
        measurement rises explains nothing either.

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
