"""Spikes and hot pixels: pixels, blocks and lines that are apart from all others, and alone.

The largest value of an image sets its scale, so one cosmic ray takes the contrast of all else. But
needles, atom columns and small particles are bright as well. A spike is a pixel, or a group, that

- is further above all others than counting noise explains, so that it sets the scale;
- has no halo, as everything has that a probe wider than a pixel has scanned;
- is in one image only: what is there would be in the HAADF image too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy import ndimage

from napari_mmfusion.core.data_check.spikes.hot_lines import hot_lines
from napari_mmfusion.core.data_check.spikes.traces import has_halo, is_shown, surroundings
from napari_mmfusion.core.data_check.view import View, views_of
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_LEAST_RATIO: Final = 1.5
"""Of a spike to the brightest other pixel, both above the darkest twentieth."""
_MOST_PIXELS: Final = 0.03
_MOST_LINES: Final = 2
_MOST_GROUPS: Final = 1e-3
"""Parts of the image, or whole lines of it, that can be spikes; and groups for each pixel."""
_AT_LEAST_THREE: Final = 3
_LEVELS: Final = 8
"""Gaps between values that are looked at; the largest values of an image rarely have two."""
_SIGMAS: Final = 4.0
_UNSEEN: Final = 5.0
"""Counts above another expectation that noise never gives: this, and standard deviations of it."""
_NOISE: Final = 8.0
_SAMPLE: Final = 1 << 18
_AROUND: Final = np.ones((3, 3), bool)


class Spikes(NamedTuple):
    """The spikes of an image, and how far they stretch its range."""

    pixels: Mask
    ratio: float


def find_all_spikes(data: FusionDataset) -> Mapping[str, Spikes]:
    """The spikes of the images that have some."""
    views = [view for view in views_of(data) if not view.is_constant]
    found = {view.name: find_spikes(view, views) for view in views}
    return {name: spikes for name, spikes in found.items() if spikes.pixels.any()}


def find_spikes(view: View, others: Sequence[View]) -> Spikes:
    """The spikes of an image, among `others` of the same area."""
    bright = _find(view.image, view, others)
    if view.is_map:
        return bright
    dark = _find(-view.image, view, others, is_dark=True)  # dead pixels
    return Spikes(bright.pixels | dark.pixels, max(bright.ratio, dark.ratio))


def _find(image: FloatImage, view: View, others: Sequence[View], is_dark: bool = False) -> Spikes:
    none = Spikes(np.zeros(image.shape, np.bool_), 1.0)
    others = [other for other in others if other.name != view.name]
    values = view.measured(image)
    most = min(_most_pixels(image, values.size), values.size // 8 - 1)
    if most < _AT_LEAST_THREE:
        return none
    pixels = none.pixels.copy()
    base = float(np.quantile(values[:: max(1, values.size // _SAMPLE)], 0.05))
    for lowest, rest in _gaps(values, most, base):
        apart = view.valid & (image >= np.float32(lowest)) & ~pixels
        if apart.any() and _is_beyond_noise(lowest, rest, image, apart, view):
            pixels |= _alone(image, apart, others)
    if not is_dark:
        cleaned = np.where(pixels, np.float32(base), image) if pixels.any() else image
        pixels |= hot_lines(cleaned if view.is_map else cleaned - np.float32(base), view, others)
    if not pixels.any():
        return none
    kept = image.max(initial=-np.inf, where=view.valid & ~pixels) - base
    ratio = float((image[pixels].max() - base) / kept) if kept > 0 else np.inf
    return Spikes(pixels, ratio) if ratio >= _LEAST_RATIO else none


def _most_pixels(image: FloatImage, measured: int) -> int:
    return max(_AT_LEAST_THREE, int(_MOST_PIXELS * measured), _MOST_LINES * int(max(image.shape)))


def _gaps(values: FloatImage, most: int, base: float) -> Iterator[tuple[float, float]]:
    """The lowest value above each gap among the largest ones and that below it, from below."""
    top = np.sort(np.partition(values, -most - 1)[-most - 1 :])[::-1].astype(np.float64)
    above = top - base
    ratios = np.divide(above[:-1], above[1:], out=np.full(most, np.inf), where=above[1:] > 0)
    gaps = np.flatnonzero((ratios >= _LEAST_RATIO) & (above[:-1] > 0))
    for last in gaps[::-1][:_LEVELS]:
        yield float(top[last]), float(top[last + 1])


def _is_beyond_noise(
    lowest: float, rest: float, image: FloatImage, apart: Mask, view: View
) -> bool:
    if view.count is not None:
        counts, expected = lowest / view.count, max(rest / view.count, 0)
        return bool(counts - expected > _UNSEEN + _SIGMAS * np.sqrt(expected))
    smooth = ndimage.median_filter(image, 3, mode="reflect")
    bright = view.valid & ~apart & (smooth >= np.quantile(smooth, 0.95))
    noise = 1.4826 * float(np.median(np.abs((image - smooth)[bright]))) if bright.any() else 0.0
    return lowest - rest > _NOISE * noise


def _alone(image: FloatImage, apart: Mask, others: Sequence[View]) -> Mask:
    """The groups of pixels without a halo that no other image shows."""
    pixels = np.zeros_like(apart)
    labels, number = ndimage.label(apart, _AROUND)
    if number > max(_AT_LEAST_THREE, int(_MOST_GROUPS * image.size)):
        return pixels
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        window, group, around = surroundings(labels, label, box)
        if not around.any() or has_halo(image[window], group, around):
            continue
        if not any(is_shown(other.image[window], group, around) for other in others):
            pixels[window] |= group
    return pixels
