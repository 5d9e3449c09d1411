"""How far a map is from the truth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import MeasuredImage


def real_image(name: str, image: ArrayLike) -> NDArray[np.float64]:
    """An image in double precision.

    Raises
    ------
    MMFusionDataError
        If it is not a two-dimensional array of finite real numbers.
    """
    MeasuredImage.from_array(name, image)
    return np.asarray(image, dtype=np.float64)


def nrmse(image: ArrayLike, truth: ArrayLike) -> float:
    r"""Normalised root-mean-square error of a map, after the best affine fit.

    .. math:: \frac{\|(x - b) / a - t\|}{\|t\|}, \quad (a, b) = \arg\min \|x - (a t + b)\|

    Scale and offset of the map do not count, because fused maps are relative. The map is fitted
    to the truth and not the other way round: a noisy map cannot lower its error by shrinking.

    Parameters
    ----------
    image : (ny, nx) array
        The map x.
    truth : (ny, nx) array
        The noiseless map t.

    Returns
    -------
    float
        0 for a perfect map; infinite for one that does not rise with the truth.

    Raises
    ------
    MMFusionDataError
        If the shapes differ, a value is not finite or the truth is constant.

    Examples
    --------
    >>> nrmse([[3.0, 5.0], [7.0, 9.0]], [[0, 1], [2, 3]])
    0.0
    """
    x, t = real_image("image", image), real_image("truth", truth)
    if x.shape != t.shape:
        raise MMFusionDataError(f"the map has shape {x.shape}, but the truth {t.shape}")
    if np.ptp(t) == 0:
        raise MMFusionDataError("the truth is constant, so no map can be compared with it")
    rise = t - t.mean()
    # Sums, since products of long vectors would go to a library that starts threads.
    slope = float((rise * x).sum() / (rise * rise).sum())
    if slope <= 0:
        return math.inf
    error = (x - x.mean()) / slope - rise
    return math.sqrt(float((error * error).sum() / (t * t).sum()))
