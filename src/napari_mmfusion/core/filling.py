"""Images blurred, and filled in where nothing was measured."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.image import FloatImage

_BLUR: Final = 1.5


def blur(image: FloatImage, sigma: float) -> FloatImage:
    """An image after a Gaussian blur."""
    from scipy.ndimage import gaussian_filter  # slow to import

    return np.asarray(gaussian_filter(image, sigma), dtype=np.float32)


def fill(image: FloatImage, mask: NDArray[np.bool_] | None) -> FloatImage:
    """Replace masked pixels by the mean of their neighbours, so that their values do not matter."""
    if mask is None or mask.all() or not mask.any():
        return image
    known = mask.astype(np.float32)
    share = blur(known, _BLUR)
    mean = np.float32(image[mask].mean(dtype=np.float64))
    near = blur(np.where(mask, image, np.float32(0)), _BLUR)
    reachable = share > 1e-3
    filling = np.where(reachable, near / np.where(reachable, share, np.float32(1)), mean)
    return np.where(mask, image, filling)
