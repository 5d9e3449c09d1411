"""A part of a large image that is enough to know its statistics."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

_LARGEST: Final = 1 << 20
"""Pixels that are enough."""
_BAND: Final = 64
"""Rows that stay together."""


def sample_bands(image: NDArray[Number]) -> NDArray[Number]:
    """The whole image or, if it is large, bands of 64 rows from all over it.

    The bands depend on the shape alone, so those of two images are in the same places.

    Examples
    --------
    >>> sample_bands(np.zeros((4096, 4096))).shape, sample_bands(np.zeros((256, 256))).shape
    ((256, 4096), (256, 256))
    """
    bands = max(_LARGEST // (_BAND * image.shape[1]), 1)
    if image.size <= _LARGEST or bands * _BAND >= image.shape[0]:
        return image
    starts = np.linspace(0, image.shape[0] - _BAND, bands).astype(int)
    parts: list[NDArray[Any]] = [image[start : start + _BAND] for start in starts]
    return np.concatenate(parts)
