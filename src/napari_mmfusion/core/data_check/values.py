"""Checks of the values of single images: gaps, counts, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.data_check.noise import shared_noise
from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.masks import Mask

_FEW: Final = 0.1
"""Counts per pixel below which a map holds next to no information."""
_LEVELS: Final = 20
_LEAST_CLIPPED: Final = 10
_HEAP: Final = 5.0
"""Pixels at the limit of an image, relative to those at each of the levels beside it."""


def check_contrast(view: View) -> Iterator[Finding]:
    """An image that is empty or constant, so that it has no scale."""
    if not view.is_constant:
        return
    values = view.image[view.valid]
    fact = f"{_start(view)} holds nothing but gaps"
    if values.size:
        what = "is empty" if values[0] == 0 else "is constant"
        fact = f"{_start(view)} {what}: every pixel is {values[0]:g}"
    if view.is_map:
        yield Finding(
            "no contrast", "error", (view.name,), fact, 0.0, "leave out", "leave this element out"
        )
    else:
        advice = "take a HAADF image with contrast"
        yield Finding("no contrast", "error", (view.name,), fact, 0.0, None, advice)


def check_fill_values(view: View) -> Iterator[Finding]:
    """Values that stand for no measurement."""
    number = int(np.count_nonzero(view.filled))
    if not number:
        return
    values = ", ".join(f"{value:g}" for value in np.unique(view.source[view.filled]))
    fact = f"{_pixels(number)} of {view.label} {_are(number)} {values}, which stands for no value"
    yield Finding(
        "fill value",
        "warning",
        (view.name,),
        fact,
        number / view.image.size,
        "mask",
        pixels=number,
        region=region_of(view.filled),
    )


def check_counts(view: View) -> Iterator[Finding]:
    """Negative values in a map, and too few counts."""
    values = view.image[view.valid]
    if not view.is_map or not values.size:
        return
    negative = view.valid & (view.image < 0)
    number = int(np.count_nonzero(negative))
    if number:
        yield Finding(
            "negative counts",
            "warning",
            (view.name,),
            f"{_pixels(number)} of {view.label} {_are(number)} negative"
            f" (down to {float(values.min()):.4g}), as no count can be",
            number / view.image.size,
            None,
            "fuse maps from which no background was subtracted",
            number,
            region_of(negative),
        )
    if view.count is None or view.is_constant:
        return
    counts = float(values.mean(dtype=np.float64)) / view.count
    if 0 <= counts < _FEW:
        yield Finding(
            "few counts",
            "warning",
            (view.name,),
            f"{view.label} has {counts:.2g} counts per pixel, too few to show more than where they"
            " are",
            counts,
            None,
            "bin the images or sum more frames",
        )


def check_limits(view: View) -> Iterator[Finding]:
    """Values cut off at the largest or, of a HAADF image, at the smallest."""
    values = view.image[view.valid]
    sides = [("largest", values)] if view.is_map else [("largest", values), ("smallest", -values)]
    for side, directed in sides:
        number = _heap_at_the_top(directed)
        limit = float(directed.max(initial=-np.inf)) * (1 if side == "largest" else -1)
        # Vacuum gives no electrons, and a pure element all of a fraction.
        if not number or limit == 0 or (view.is_map and view.count is None and limit in (1, 100)):
            continue
        clipped = view.valid & (view.image == np.float32(limit))
        yield Finding(
            "clipped",
            "warning",
            (view.name,),
            f"{_pixels(number)} of {view.label} share its {side} value, {limit:.6g}, as after"
            " saturation",
            number / view.image.size,
            None,
            "take an image whose range was not cut off",
            number,
            region_of(clipped),
        )


def check_filtering(view: View) -> Iterator[Finding]:
    """A map whose pixels share their noise."""
    correlation = shared_noise(view) if view.is_map else 0.0
    if correlation:
        yield Finding(
            "filtered",
            "warning",
            (view.name,),
            f"{view.label} was smoothed or resampled: the noise of neighbouring pixels has the"
            f" correlation {correlation:.2f}",
            correlation,
            None,
            "fuse the map as it was counted",
        )


def region_of(pixels: Mask) -> tuple[int, int, int, int] | None:
    """First and last row and column, exclusive, that hold the pixels of a mask."""
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _heap_at_the_top(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> int:
    """Number of pixels at the largest value, if far more than at the levels below it."""
    levels, numbers = np.unique(values, return_counts=True)
    if len(levels) < _LEVELS or numbers[-1] < _LEAST_CLIPPED:
        return 0
    beside = float(numbers[-_LEVELS // 2 - 1 : -1].mean())
    return int(numbers[-1]) if numbers[-1] > _HEAP * beside else 0


def _start(view: View) -> str:
    return view.label[0].upper() + view.label[1:] if not view.is_map else view.label


def _pixels(number: int) -> str:
    return "1 pixel" if number == 1 else f"{number} pixels"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
