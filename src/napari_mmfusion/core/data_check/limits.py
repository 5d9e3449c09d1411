"""Images whose range was cut off: many pixels share the largest or the smallest value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy import ndimage

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.data_check.values import pixels_are, region_of
from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.masks import Mask

_LEAST: Final = 10
_FEWEST_LEVELS: Final = 3
_LEVELS: Final = 10
"""Levels beside the limit that tell how many pixels it should have."""
_HEAP: Final = 5.0
"""Pixels at the limit, relative to those at each of the levels beside it, of an image without
noise: a surface has flat tops."""
_NOISY_HEAP: Final = 1.3
"""Pixels at the limit, relative to those at the next level, where noise rounds off any top."""
_NOISY: Final = 0.25
"""Noise in steps between levels from which on an image is a noisy one."""
_TYPE_HEAP: Final = 2.0
_TYPE_LIMITS: Final = frozenset({2.0**bits - 1 for bits in (8, 10, 12, 14, 15, 16)})
"""The same for the largest number of a detector or a type."""
_VACUUM: Final = 0.1
"""Counts in vacuum, relative to those of the whole map."""
_SIGMAS: Final = 4.0
_SIDE: Final = 1024
"""Pixels along a side of the part from which the noise is found."""


class Heap(NamedTuple):
    """How many pixels are at the limit of an image, and their value."""

    number: int
    limit: float


def check_limits(view: View, maps: Sequence[View]) -> Iterator[Finding]:
    """Values cut off at the largest or, of a HAADF image, at the smallest."""
    for side, sign in (("largest", 1), ("smallest", -1))[: 1 if view.is_map else 2]:
        heap = _heap(view, sign)
        # Vacuum gives the offset of the detector, and a pure element all of a fraction.
        is_whole = view.is_map and view.count is None and heap.limit in (1, 100)
        if not heap.number or heap.limit == 0 or is_whole:
            continue
        clipped = view.valid & (view.image == np.float32(heap.limit))
        if sign < 0 and _is_vacuum(clipped, maps):
            continue
        yield Finding(
            "clipped",
            "warning",
            (view.name,),
            f"{pixels_are(heap.number, view.label, 'share')} its {side} value, {heap.limit:.6g},"
            " as after saturation",
            heap.number / view.image.size,
            None,
            "take an image whose range was not cut off",
            heap.number,
            region_of(clipped),
        )


def _is_vacuum(pixels: Mask, maps: Sequence[View]) -> bool:
    """Whether no map has much more than its least there."""
    return bool(maps) and all(
        float(each.image[pixels].mean()) - each.range[0]
        < _VACUUM * (float(each.image.mean(dtype=np.float64)) - each.range[0])
        for each in maps
    )


def _heap(view: View, sign: int) -> Heap:
    """The pixels at a limit, if they are far more than at the levels beside it."""
    limit = view.range[sign > 0]
    none = Heap(0, limit)
    number = int(np.count_nonzero(view.valid & (view.image == np.float32(limit))))
    if number < _LEAST:
        return none
    levels = _levels_beside(view, limit, sign)
    if len(levels) < _FEWEST_LEVELS - 1:
        return none
    numbers = [count for _, count in levels]
    if number < numbers[0] + _SIGMAS * np.sqrt(numbers[0]):
        return none
    step = abs(limit - levels[-1][0]) / len(levels)
    if _noise(view, limit) > _NOISY * step:
        beside, factor = float(numbers[0]), _NOISY_HEAP
    elif len(levels) < _LEVELS:
        return none  # a drawing of a few values
    else:
        is_type_limit = sign > 0 and limit in _TYPE_LIMITS
        beside, factor = float(np.mean(numbers)), _TYPE_HEAP if is_type_limit else _HEAP
    return Heap(number, limit) if number > factor * beside else none


def _levels_beside(view: View, limit: float, sign: int) -> list[tuple[float, int]]:
    """The values beside a limit, from the nearest on, and how many pixels have each."""
    values = view.measured()
    near = values[:: max(1, values.size // (_SIDE * _SIDE))]
    near = np.unique(near[near != np.float32(limit)])
    # A sample finds levels that are common; the counts are those of all pixels.
    low = near[-_LEVELS:][::-1] if sign > 0 else near[:_LEVELS]
    if not low.size:
        return []
    edge = low[-1]
    beside = values[(values >= edge) if sign > 0 else (values <= edge)]
    levels, numbers = np.unique(beside[beside != np.float32(limit)], return_counts=True)
    pairs = list(zip(levels.tolist(), numbers.tolist(), strict=True))
    return pairs[-_LEVELS:][::-1] if sign > 0 else pairs[:_LEVELS]


def _noise(view: View, limit: float) -> float:
    """Standard deviation from pixel to pixel, beside those at the limit."""
    part = view.image[_middle(view.image.shape)]
    below = view.valid[_middle(view.image.shape)] & (part != np.float32(limit))
    differences = ndimage.laplace(part.astype(np.float32))
    inside = ndimage.binary_erosion(below, border_value=0)
    varied = np.abs(differences[inside & (differences != 0)])
    return 1.4826 * float(np.median(varied)) / np.sqrt(20) if varied.size else 0.0


def _middle(shape: tuple[int, ...]) -> tuple[slice, ...]:
    starts = [max(0, (side - _SIDE) // 2) for side in shape]
    return tuple(slice(start, start + _SIDE) for start in starts)
