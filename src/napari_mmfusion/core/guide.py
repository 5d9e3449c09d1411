"""The guide of directional total variation: where the HAADF image has edges, and which way."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.checks import check_number
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage, MeasuredImage

Guide = NDArray[np.float32]

_BLUR: Final = 0.7
"""Pixels by which the HAADF image is blurred before its gradient is taken."""
_ETA: Final = (1e-6, 1e3)
_LONGEST: Final = 1.0 + 1e-5
"""Greatest squared length of a guide: 1 and its rounding."""


def guide_field(haadf: ArrayLike, eta: float) -> Guide:
    r"""The vector field that tells directional total variation where the HAADF image has edges.

    .. math:: \xi = \frac{\nabla h}{\sqrt{|\nabla h|^2 + \eta^2}}

    with the HAADF image h normalised to minimum 0 and maximum 1 and slightly blurred (0.7 pixels),
    and forward differences that are 0 at the far edge. Steps far above `eta` have length 1 and
    cost a map nothing in their direction; below `eta` the penalty is that of plain total variation.

    Parameters
    ----------
    haadf : (ny, nx) array of any real type
        The HAADF image h.
    eta : float
        Difference of neighbouring pixels, as a part of the range of the image, above which it
        counts as an edge. Raising it trusts only the strong edges.

    Returns
    -------
    (2, ny, nx) float32
        The components along y and x, for the argument `guide` of `tv_prox`.

    Raises
    ------
    MMFusionDataError
        If `haadf` is not a two-dimensional array of finite real numbers or is constant.
    MMFusionParameterError
        If `eta` is not from 1e-6 to 1000.

    References
    ----------
    Ehrhardt, Betcke, SIAM J. Imaging Sci. 9, 1084 (2016), doi:10.1137/15M1047325.

    Examples
    --------
    >>> print(guide_field([[0.0, 0.0, 1.0, 1.0]] * 2, eta=0.01)[1].round(2))
    [[-1. -1. -1.  0.]
     [-1. -1. -1.  0.]]
    """
    image = MeasuredImage.from_array("haadf", haadf)
    if image.is_constant:
        raise MMFusionDataError("haadf is constant, so it has no edges to guide by")
    return guide_of(image, check_number("eta", eta, *_ETA))


def guide_of(haadf: MeasuredImage, eta: float) -> Guide:
    """The guide of a checked image that is not constant."""
    from scipy.ndimage import gaussian_filter  # slow to import

    smooth = gaussian_filter(haadf.normalised().astype(np.float64), _BLUR)
    gradient = np.zeros((2, *smooth.shape))
    gradient[0, :-1] = smooth[:-1] - smooth[1:]
    gradient[1, :, :-1] = smooth[:, :-1] - smooth[:, 1:]
    length = np.sqrt((gradient**2).sum(axis=0) + eta**2)
    return np.asarray(gradient / length, dtype=np.float32)


def check_guide(guide: ArrayLike, image: FloatImage) -> Guide:
    """A guide for `image`, checked.

    Raises
    ------
    MMFusionDataError
        If it has another shape, holds other than finite real numbers, or is longer than 1.
    """
    try:
        given = np.asarray(guide)
    except ValueError as error:
        raise MMFusionDataError(f"guide is no array of numbers ({error})") from None
    if given.dtype.kind not in "iuf":
        raise MMFusionDataError(f"guide must hold real numbers, not {given.dtype}")
    field = np.ascontiguousarray(given, dtype=np.float32)
    if field.shape != (2, *image.shape):
        raise MMFusionDataError(
            f"guide has the shape {field.shape}; for this image it must be {(2, *image.shape)}:"
            " make it with guide_field"
        )
    # The negation also refuses NaN.
    along_y, along_x = field
    if not (along_y * along_y + along_x * along_x).max() <= _LONGEST:
        raise MMFusionDataError("guide must be finite and at most 1 long in every pixel")
    return field
