"""Checks of the values of single images: gaps, counts, contrast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.data_check.noise import shared_noise
from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.masks import Mask

_FEW: Final = 0.1
"""Counts per pixel below which a map holds next to no information."""
_INVERTED: Final = 0.3
"""Correlation with the sum of the maps, below whose negative an image is inverted."""
_SAMPLED: Final = 512
"""Rows and columns that are enough to find it."""


def check_contrast(view: View) -> Iterator[Finding]:
    """An image that is empty or constant, so that it has no scale."""
    if not view.is_constant:
        return
    fact = f"{_start(view)} holds nothing but gaps"
    if not view.is_missing:
        value = view.range[0]
        what = "is empty" if value == 0 else "is constant"
        fact = f"{_start(view)} {what}: every pixel is {value:g}"
    if view.is_map:
        yield Finding(
            "no contrast", "error", (view.name,), fact, 0.0, "leave out", "leave this element out"
        )
    else:
        advice = "take a HAADF image with contrast"
        yield Finding("no contrast", "error", (view.name,), fact, 0.0, None, advice)


def check_fill_values(view: View, rectangle: tuple[slice, slice]) -> Iterator[Finding]:
    """Values that stand for no measurement; `rectangle` is what is left without rims."""
    number = int(np.count_nonzero(view.filled))
    if not number:
        return
    found = np.unique(view.source[view.filled]).tolist()
    values = ", ".join(f"{value:g}" for value in found)
    inside = int(np.count_nonzero(view.filled[rectangle]))
    rim = " in a rim" if not inside else ""
    yield Finding(
        "fill value",
        "warning",
        (view.name,),
        f"{pixels_are(number, view.label)} {values}{rim}, which stands for no value",
        number / view.image.size,
        "mask" if inside else "crop",
        pixels=number,
        region=region_of(view.filled),
    )


def check_counts(view: View) -> Iterator[Finding]:
    """Negative values in a map, and too few counts."""
    if not view.is_map or view.is_missing:
        return
    values = view.measured()
    negative = view.valid & (view.image < 0)
    number = int(np.count_nonzero(negative))
    if number:
        yield Finding(
            "negative counts",
            "warning",
            (view.name,),
            f"{pixels_are(number, view.label)} negative"
            f" (down to {view.range[0]:.4g}), as no count can be",
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


def check_intensities(view: View, maps: Sequence[View]) -> Iterator[Finding]:
    """A HAADF image without a value above zero: an offset, or inverted."""
    low, high = view.range
    if view.is_constant or high >= 0:
        return
    share = _correlation(view, maps)
    advice = "check that it is no inverted image; only differences of its values count"
    what = f"all of {view.label} is negative ({low:.4g} to {high:.4g})"
    if share < -_INVERTED:
        what += ", and it is dark where the maps have most counts"
        advice = "turn its sign"
    yield Finding(
        "negative intensities",
        "warning" if share < -_INVERTED else "note",
        (view.name,),
        what,
        high,
        None,
        advice,
    )


def _correlation(view: View, maps: Sequence[View]) -> float:
    """Correlation of an image with the sum of the maps, on a sample of the pixels."""
    step = max(1, view.image.shape[0] // _SAMPLED), max(1, view.image.shape[1] // _SAMPLED)
    part = (slice(None, None, step[0]), slice(None, None, step[1]))
    total = np.zeros(view.image[part].shape)
    for each in maps:
        spread = each.range[1] - each.range[0]
        total += each.image[part] / spread if spread > 0 else 0
    one, other = view.image[part] - view.image[part].mean(dtype=np.float64), total - total.mean()
    norm = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    return float(np.sum(one * other)) / norm if norm > 0 else 0.0


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


def _start(view: View) -> str:
    return view.label[0].upper() + view.label[1:] if not view.is_map else view.label


def pixels_are(number: int, label: str, verb: str = "are") -> str:
    """How a sentence on some pixels of an image begins."""
    one = {"are": "is", "share": "shares"}[verb]
    return f"1 pixel of {label} {one}" if number == 1 else f"{number} pixels of {label} {verb}"
