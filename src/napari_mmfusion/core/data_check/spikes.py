"""Spikes and hot pixels: a few pixels that are apart from all others, and alone.

The largest value of an image sets its scale, so one cosmic ray takes the contrast of all else. But
needles, atom columns and small particles are bright as well. A spike is a pixel, or two, that

- is further above all others than counting noise explains, so that it sets the scale;
- has no halo, as everything has that a probe wider than a pixel has scanned;
- is in one image only: what is there would be in the HAADF image too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.masks import Mask

_LEAST_RATIO: Final = 1.5
"""Of a spike to the brightest other pixel, both above the darkest twentieth."""
_MOST: Final = 1e-3
_AT_LEAST_THREE: Final = 3
"""Part of the pixels that can be spikes."""
_HALO: Final = 0.15
"""Mean of the eight pixels around a spike, relative to it: one of them can be a spike as well."""
_SEEN: Final = 5.0
"""Standard deviations above its surroundings at which another image shows the same thing."""
_SIGMAS: Final = 4.0
_UNSEEN: Final = 5.0
"""Counts above another expectation that noise never gives: this, and standard deviations of it."""
_NOISE: Final = 8.0
_AROUND: Final = np.ones((3, 3), bool)

Values = NDArray[np.float64]


class Spikes(NamedTuple):
    """The spikes of an image, and how far they stretch its range."""

    pixels: Mask
    ratio: float


def find_spikes(view: View, others: Sequence[View]) -> Spikes:
    """The spikes of an image, among `others` of the same area."""
    bright = _find(view.image.astype(np.float64), view, others)
    if view.is_map:
        return bright
    dark = _find(-view.image.astype(np.float64), view, others)  # dead pixels
    return Spikes(bright.pixels | dark.pixels, max(bright.ratio, dark.ratio))


def _find(image: Values, view: View, others: Sequence[View]) -> Spikes:
    none = Spikes(np.zeros(image.shape, np.bool_), 1.0)
    values = image[view.valid]
    most = max(_AT_LEAST_THREE, int(_MOST * values.size))
    if values.size <= 8 * most:
        return none
    top = np.sort(np.partition(values, -most - 1)[-most - 1 :])[::-1]
    base = float(np.quantile(values, 0.05))
    above = top - base
    ratios = np.divide(above[:-1], above[1:], out=np.full(most, np.inf), where=above[1:] > 0)
    gaps = np.flatnonzero(ratios >= _LEAST_RATIO)
    gaps = gaps[above[gaps] > 0]
    if not gaps.size:
        return none
    last = int(gaps[-1])
    rest, lowest = float(top[last + 1]), float(top[last])
    apart = view.valid & (image >= lowest)
    if not _is_beyond_noise(lowest, rest, image, apart, view):
        return none
    pixels = _alone(image, apart, [other for other in others if other.name != view.name])
    if not pixels.any():
        return none
    kept = image[view.valid & ~pixels].max() - base
    return Spikes(pixels, float((image[pixels].max() - base) / kept) if kept > 0 else np.inf)


def _is_beyond_noise(lowest: float, rest: float, image: Values, apart: Mask, view: View) -> bool:
    if view.count is not None:
        counts, expected = lowest / view.count, max(rest / view.count, 0)
        return bool(counts - expected > _UNSEEN + _SIGMAS * np.sqrt(expected))
    smooth = ndimage.median_filter(image, 3, mode="reflect")
    bright = view.valid & ~apart & (smooth >= np.quantile(smooth, 0.95))
    noise = 1.4826 * float(np.median(np.abs((image - smooth)[bright]))) if bright.any() else 0.0
    return lowest - rest > _NOISE * noise


def _alone(image: Values, apart: Mask, others: Sequence[View]) -> Mask:
    """The groups of pixels without a halo that no other image shows."""
    pixels = np.zeros_like(apart)
    labels, _ = ndimage.label(apart, _AROUND)
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        window = (
            slice(max(rows.start - 3, 0), rows.stop + 3),
            slice(max(columns.start - 3, 0), columns.stop + 3),
        )
        group = labels[window] == number
        local = image[window]
        brightest = group & (local == local[group].max())
        near = ndimage.binary_dilation(group, _AROUND)
        around = (
            ndimage.binary_dilation(near, _AROUND, iterations=2) & ~near & (labels[window] == 0)
        )
        ring = ndimage.binary_dilation(brightest, _AROUND) & ~brightest
        if not (ring.any() and around.any()):
            continue
        level = float(np.median(local[around]))
        halo = (float(local[ring].mean()) - level) / (float(local[brightest].mean()) - level)
        if halo < _HALO and not any(_shows(other, window, group, around) for other in others):
            pixels[window] |= group
    return pixels


def _shows(other: View, window: tuple[slice, slice], group: Mask, around: Mask) -> bool:
    """Whether another image differs at the same place from its surroundings."""
    local = other.image[window].astype(np.float64)
    values = local[around]
    difference = abs(float(local[group].mean()) - float(np.median(values)))
    spread = float(values.std()) / np.sqrt(np.count_nonzero(group))
    if spread == 0:
        return difference > 0
    return bool(difference > _SEEN * spread)
