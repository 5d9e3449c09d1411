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
from napari_mmfusion.core.wording import Argument, Remedy, Text


def require_dataset(data: object) -> None:
    """Raise `MMFusionDataError` for anything else than a `FusionDataset`."""
    if not isinstance(data, FusionDataset):
        raise MMFusionDataError(
            Text(
                "{} must be a FusionDataset, not {}; {}load one",
                Argument("data"),
                quote(data),
                Remedy("make one of arrays with FusionDataset(haadf, maps), or "),
            )
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
        raise MMFusionDataError(
            Text("{} has no values for the map {}", Argument("start"), quote(missing[0]))
        )
    images = []
    for name in data.elements:
        label = Argument("start", name)
        image = MeasuredImage.from_array(label, start[name])
        _require_shape(label, image.measured.shape, data)
        if image.offset < 0:
            raise MMFusionDataError(Text("{} must hold numbers of at least 0", label))
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
        given = boolean_mask(Argument("mask"), mask, data.shape)
        used = given if used is None else given & used
    return None if used is None else np.ascontiguousarray(used, dtype=np.float32)


def _require_shape(name: Argument, shape: tuple[int, ...], data: FusionDataset) -> None:
    if shape != data.haadf.shape:
        raise MMFusionDataError(
            Text("{} has the shape {}, the images {}", name, shape, data.haadf.shape)
        )
