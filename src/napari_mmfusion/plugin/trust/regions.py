"""Regions marked by the user: the shapes or labels of the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionDataError

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Layer


def find_marked_regions(viewer: ViewerModel, image: Image) -> dict[str, NDArray[np.bool_]] | None:
    """A mask for each shape or label of the selected layer; None for other types of layers.

    Raises
    ------
    MMFusionDataError
        If the layer does not have the pixels of `image`.
    """
    layer = viewer.layers.selection.active
    kind = None if layer is None else layer._type_string
    if kind not in ("shapes", "labels"):
        return None
    if not _on_pixels_of(image, layer):
        raise MMFusionDataError(
            f"the layer {layer.name!r} does not lie on the pixels of {image.name!r};"
            " mark regions in a layer with its scale, or select another layer"
        )
    if kind == "shapes":
        masks = layer.to_masks(mask_shape=image.data.shape)
        return {f"region {i}": mask for i, mask in enumerate(masks, 1)} or None
    labels = np.asarray(layer.data)
    return {f"label {i}": labels == i for i in np.unique(labels) if i} or None


def _on_pixels_of(image: Image, layer: Layer) -> bool:
    if layer.ndim != image.ndim:
        return False
    same_place = all(
        np.allclose(getattr(layer, name), getattr(image, name)) for name in ("scale", "translate")
    )
    return same_place and (layer._type_string == "shapes" or layer.data.shape == image.data.shape)
