"""Ways out: rims cut off, pixels left out, spikes replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.checks import check_slice
from napari_mmfusion.core.data_check.gaps.rims import measured_rectangle, not_finite
from napari_mmfusion.core.data_check.view import View, views_of
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.masks import Mask
from napari_mmfusion.core.ways_out import MASK
from napari_mmfusion.core.wording import Remedy, Text

Change = Callable[[NDArray[Any]], NDArray[Any]]


def without_rims(data: FusionDataset) -> FusionDataset:
    """The data with their rims left out; see `FusionDataset.without_rims`."""
    views = views_of(data)
    used = np.zeros(data.shape, np.bool_)
    used[measured_rectangle(data, views)] = True
    return data if used.all() else left_out(data, used)


def cropped(data: FusionDataset, rows: slice | None, columns: slice | None) -> FusionDataset:
    """A rectangle of the data; see `FusionDataset.cropped`."""
    if rows is None and columns is None:
        rows, columns = measured_rectangle(data, views_of(data))
    ny, nx = data.shape
    (top, bottom), (left, right) = (
        check_slice(name, part, size)
        for name, part, size in (("rows", rows, ny), ("columns", columns, nx))
    )
    if (top, bottom, left, right) == (0, ny, 0, nx):
        return data
    step = f"cropped to rows {top} to {bottom - 1} and columns {left} to {right - 1}"
    return data.changed(step, lambda image: image[top:bottom, left:right])


def left_out(data: FusionDataset, mask: Mask | None) -> FusionDataset:
    """The data without the pixels where `mask` is false; see `FusionDataset.masked`."""
    views = views_of(data)
    _require_measured(views)
    gaps = ~mask if mask is not None else unmeasured_pixels(views)
    if not gaps.any():
        return data
    used = ~gaps if data.mask is None else ~gaps & data.mask
    if not used.any():
        raise MMFusionDataError("the mask leaves no pixel to fuse; check the images one by one")
    filled = data
    for view in views:
        own = gaps if mask is not None else view.filled | ~np.isfinite(view.source)
        if own.any():
            filled = filled.changed("", _nearest(own), only=view.name)
    missing = not_finite(filled)
    if missing.any():
        raise MMFusionDataError(
            Text(
                "{} pixels that the mask keeps are NaN or infinite; leave them out as well, as {}{}"
                " does",
                np.count_nonzero(missing),
                MASK,
                Remedy(" without a mask"),
            )
        )
    number = np.count_nonzero(gaps)
    return filled.changed(f"left out {number} of {gaps.size} pixels", _same, mask=used)


def unmeasured_pixels(views: Sequence[View]) -> Mask:
    """True where any image is not finite or holds a value that stands for no measurement."""
    gaps = np.zeros(views[0].image.shape, np.bool_)
    for view in views:
        gaps |= view.filled | ~np.isfinite(view.source)
    return gaps


def _require_measured(views: Sequence[View]) -> None:
    """Raise `MMFusionDataError` for an image of which nothing was measured."""
    for view in views:
        if view.is_missing:
            cure = "leave this element out" if view.is_map else "take another one"
            raise MMFusionDataError(f"{view.label} holds nothing but gaps; {cure}")


def without_spikes(data: FusionDataset) -> FusionDataset:
    """The data with all spikes replaced; see `FusionDataset.without_spikes`."""
    for name, (pixels, _) in data.spikes.items():
        number = np.count_nonzero(pixels)
        noun = "spike" if number == 1 else "spikes"
        step = f"replaced {number} {noun} of {name} by the median of their neighbours"
        data = data.changed(step, _median_of_neighbours(pixels), only=name)
    return data


def with_lowered_spikes(data: FusionDataset) -> FusionDataset:
    """The data with all spikes at the limit of the other values."""
    for name, (pixels, _) in data.spikes.items():
        number = np.count_nonzero(pixels)
        noun = "spike" if number == 1 else "spikes"
        step = f"lowered {number} {noun} of {name} to the range of the other pixels"
        data = data.changed(step, _limited(pixels), only=name)
    return data


def _same(image: NDArray[Any]) -> NDArray[Any]:
    return image


def _nearest(gaps: Mask) -> Change:
    """A change that gives the pixels of a mask the value of the nearest pixel outside it."""
    rows, columns = ndimage.distance_transform_edt(
        gaps, return_distances=False, return_indices=True
    )
    return lambda image: np.asarray(image[rows, columns])


def _limited(pixels: Mask) -> Change:
    """A change that brings the pixels of a mask into the range of the others."""

    def change(image: NDArray[Any]) -> NDArray[Any]:
        others = image[~pixels & np.isfinite(image)]
        return np.where(pixels, np.clip(image, others.min(), others.max()), image)

    return change


def _median_of_neighbours(pixels: Mask) -> Change:
    """A change that gives the pixels of a mask the median of the nearest ones outside it."""

    def change(image: NDArray[Any]) -> NDArray[Any]:
        changed, usable = image.copy(), ~pixels & np.isfinite(image)
        left, reach = np.argwhere(pixels), 0
        while len(left) and reach < max(image.shape):
            reach += 1
            windows = [_window(image, usable, y, x, reach) for y, x in left.tolist()]
            for (y, x), values in zip(left, windows, strict=True):
                if values.size:
                    changed[y, x] = np.median(values)
            left = left[[not values.size for values in windows]]
        return changed

    return change


def _window(image: NDArray[Any], usable: Mask, y: int, x: int, reach: int) -> NDArray[Any]:
    """The usable values of a square around a pixel."""
    part = (slice(max(y - reach, 0), y + reach + 1), slice(max(x - reach, 0), x + reach + 1))
    return np.asarray(image[part][usable[part]])
