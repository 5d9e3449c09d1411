"""Start values and pixel masks, checked against a data set."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import MeasuredImage


def start_images(data: FusionDataset, start: Mapping[str, ArrayLike]) -> NDArray[np.float32]:
    """Start values (n, ny, nx) in the order of the maps of `data`.

    Raises
    ------
    MMFusionDataError
        If a map has no start values, or they are of another shape, negative, not real or not
        finite.
    """
    if not isinstance(start, Mapping):
        raise MMFusionDataError(f"start must map names to images, not {quote(start)}")
    missing = [name for name in data.elements if name not in start]
    if missing:
        raise MMFusionDataError(f"start has no values for the map {missing[0]!r}")
    images = []
    for name in data.elements:
        label = f"start[{name!r}]"
        image = MeasuredImage.from_array(label, start[name])
        _require_shape(label, image.measured.shape, data)
        if image.offset < 0:
            raise MMFusionDataError(f"{label} must hold numbers of at least 0")
        images.append(image.measured)
    return np.stack(images)


def pixel_mask(data: FusionDataset, mask: ArrayLike) -> NDArray[np.float32]:
    """A mask (ny, nx) of ones and zeros for the compiled core.

    Raises
    ------
    MMFusionDataError
        If it is of another shape than the images, or not of booleans.
    """
    checked = np.asarray(mask)
    if checked.dtype != np.bool_:
        raise MMFusionDataError(f"mask must hold booleans, not {checked.dtype}")
    _require_shape("mask", checked.shape, data)
    return np.ascontiguousarray(checked, dtype=np.float32)


def _require_shape(name: str, shape: tuple[int, ...], data: FusionDataset) -> None:
    if shape != data.haadf.shape:
        raise MMFusionDataError(f"{name} has the shape {shape}, the images {data.haadf.shape}")
