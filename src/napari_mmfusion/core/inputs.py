"""Start values and pixel masks, checked against a data set."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError


def start_images(data: FusionDataset, start: Mapping[str, ArrayLike]) -> NDArray[np.float32]:
    """Start values (n, ny, nx) in the order of the maps of `data`.

    Raises
    ------
    MMFusionDataError
        If a map has no start values, or they are of another shape, negative or not finite.
    """
    missing = [name for name in data.elements if name not in start]
    if missing:
        raise MMFusionDataError(f"start has no values for the map {missing[0]!r}")
    images = []
    for name in data.elements:
        image = np.asarray(start[name], dtype=np.float32)
        _require_shape(f"start[{name!r}]", image.shape, data)
        if not (np.isfinite(image).all() and (image >= 0).all()):
            raise MMFusionDataError(f"start[{name!r}] must hold finite numbers of at least 0")
        images.append(image)
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
