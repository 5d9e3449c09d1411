"""Whether something bright is specimen: it has a halo, or other images show it as well."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_HALO: Final = 0.15
"""Mean of the pixels around a spike, relative to it: one of them can be a spike as well."""
_SEEN: Final = 5.0
"""Standard deviations above its surroundings at which another image shows the same thing."""
_SMALL: Final = 2
"""Pixels of a group that has no inside."""
_REACH: Final = 3
_AROUND: Final = np.ones((3, 3), bool)

Window = tuple[slice, slice]
Values = NDArray[np.float64]


def surroundings(labels: NDArray[Any], label: int, box: Window) -> tuple[Window, Mask, Mask]:
    """A window around a group of pixels, the group in it, and what surrounds it there."""
    rows, columns = box
    window = (
        slice(max(rows.start - _REACH, 0), rows.stop + _REACH),
        slice(max(columns.start - _REACH, 0), columns.stop + _REACH),
    )
    group = labels[window] == label
    near = ndimage.binary_dilation(group, _AROUND)
    around = ndimage.binary_dilation(near, _AROUND, iterations=2) & ~near & (labels[window] == 0)
    return window, group, around


def has_halo(image: FloatImage, group: Mask, around: Mask) -> bool:
    """Whether a group of pixels fades out into its surroundings."""
    local = image.astype(np.float64)
    highest = float(local[group].max())
    if np.count_nonzero(group) <= _SMALL:
        inner, level = group & (local == highest), float(np.median(local[around]))
    else:  # a line lies on specimen and vacuum: means, which its neighbours share
        level = float(local[around].mean())
        inner = group & (local - level > 0.5 * (highest - level))
    ring = ndimage.binary_dilation(inner, _AROUND) & ~inner
    if not ring.any():
        return True
    height = float(np.median(local[inner])) - level
    return bool(height <= 0 or (float(local[ring].mean()) - level) / height >= _HALO)


def is_shown(image: FloatImage, group: Mask, around: Mask) -> bool:
    """Whether an image differs at the same place from its surroundings."""
    local = image.astype(np.float64)
    if np.count_nonzero(group) > _SMALL:
        return _has_edge(local, group)
    values = local[around]
    difference = abs(float(local[group].mean()) - float(np.median(values)))
    spread = float(values.std()) / np.sqrt(np.count_nonzero(group))
    return bool(difference > _SEEN * spread)


def _has_edge(local: Values, group: Mask) -> bool:
    """Whether an image steps at the border of a group: what merely varies there does not."""
    steps, others = [], []
    for image, inside in ((local, group), (local.T, group.T)):
        difference = image[1:] - image[:-1]
        steps += [
            difference[inside[1:] & ~inside[:-1]],
            -difference[inside[:-1] & ~inside[1:]],
        ]
        others.append(difference[inside[1:] == inside[:-1]])
    step, noise = np.concatenate(steps), np.concatenate(others)
    spread = float(np.sqrt(np.mean(noise**2) / 2)) if noise.size else 0.0
    # A pixel is in up to four steps, so pixels are counted.
    inner = np.count_nonzero(group & ~ndimage.binary_erosion(group, border_value=1))
    outer = np.count_nonzero(ndimage.binary_dilation(group) & ~group)
    return bool(abs(float(step.mean())) > _SEEN * spread * np.sqrt(1 / inner + 1 / outer))
