"""Start values and pixel masks, checked against a data set."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.checks import check_names, quote
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import MeasuredImage
from napari_mmfusion.core.masks import boolean_mask


def require_dataset(data: object) -> None:
    """Raise `MMFusionDataError` for anything else than a `FusionDataset`."""
    if not isinstance(data, FusionDataset):
        raise MMFusionDataError(
            f"data must be a FusionDataset, not {quote(data)}; make one of arrays with"
            " FusionDataset(haadf, maps), or load one"
        )


def start_images(data: FusionDataset, start: Mapping[str, ArrayLike]) -> NDArray[np.float32]:
    """Start values (n, ny, nx) in the order of the maps of `data`.

    Raises
    ------
    MMFusionDataError
        If a map has no start values, or they are of another shape, negative, not real or not
        finite.
    """
    start = check_names("start", start)
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


def pixel_mask(data: FusionDataset, mask: ArrayLike | None) -> NDArray[np.float32] | None:
    """The pixels of `mask` that were measured, as ones and zeros (ny, nx) for the compiled core.

    None if all are.

    Raises
    ------
    MMFusionDataError
        If it is of another shape than the images, or not of booleans.
    """
    used = data.mask
    if mask is not None:
        given = boolean_mask("mask", mask, data.shape)
        used = given if used is None else given & used
    return None if used is None else np.ascontiguousarray(used, dtype=np.float32)


def _require_shape(name: str, shape: tuple[int, ...], data: FusionDataset) -> None:
    if shape != data.haadf.shape:
        raise MMFusionDataError(f"{name} has the shape {shape}, the images {data.haadf.shape}")
