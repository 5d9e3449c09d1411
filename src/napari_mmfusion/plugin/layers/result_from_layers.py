"""The result of a fusion, put together again from its layers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from napari.layers import Image, Layer

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import is_haadf_name, symbol_in
from napari_mmfusion.core.errors import MMFusionError, MMFusionWriteError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io.naming import listed, quoted
from napari_mmfusion.plugin.layers.layer_data import HAADF, NO_UNIT
from napari_mmfusion.plugin.layers.layer_image import LayerImage, image_of
from napari_mmfusion.plugin.layers.provenance import HAADF_MODEL, fused_name, is_fused, metadata_of

ByElement = dict[str | None, LayerImage]


def result_of(images: Sequence[LayerImage]) -> FusionResult:
    """The one result whose fused and measured layers are among `images`.

    Parameters
    ----------
    images : sequence of LayerImage
        The layers; others than those of the result are left aside.

    Raises
    ------
    MMFusionWriteError
        If there is none, or layers of it are missing; the message lists which.
    """
    fused = _by_element(
        (metadata_of(image.attributes).get("element"), image)
        for image in images
        if is_fused(image.attributes)
    )
    if not fused:
        raise MMFusionWriteError("there is no fused layer to save; press Run first")
    first = next(iter(fused.values()))
    ours = metadata_of(first.attributes)
    weights = {str(key): float(value) for key, value in _mapping(ours, "weights").items()}
    measured = _measured(images, ours)
    wanted: tuple[str | None, ...] = (None, *weights)
    missing = [fused_name(key) if key else HAADF_MODEL for key in wanted if key not in fused]
    missing += [key or HAADF for key in wanted if key not in measured]
    if missing:
        raise MMFusionWriteError(
            f"a result is saved with all its layers, but {listed(missing)}"
            f" {'is' if len(missing) == 1 else 'are'} not among these;"
            " select all layers of the fusion, or save these as .tif"
        )
    try:
        return FusionResult(
            maps=MappingProxyType({key: fused[key].image for key in weights}),
            haadf=fused[None].image,
            costs=np.asarray(ours["costs"], dtype=np.float64).reshape(-1, 3),
            params=FusionParameters(**_mapping(ours, "parameters")),
            data=_dataset(measured, weights, ours),
            weights=MappingProxyType(weights),
            lambda_haadf=float(ours["lambda_haadf"]),
            stopped=bool(ours["stopped"]),
        )
    except (KeyError, TypeError, ValueError, MMFusionError) as error:
        raise MMFusionWriteError(
            f"what the fused layers say about their fusion is damaged ({error}); run it again"
        ) from error


def result_among(layers: Iterable[Layer]) -> FusionResult:
    """The one result among the layers of a viewer; see `result_of`."""
    flat = [
        image_of(layer.as_layer_data_tuple())
        for layer in layers
        if isinstance(layer, Image) and layer.ndim == 2 and not layer.rgb
    ]
    fused = next((image for image in flat if is_fused(image.attributes)), None)
    if fused is None:
        return result_of([])
    return result_of([image for image in flat if image.fits(fused)])


def whole_result(images: Sequence[LayerImage]) -> FusionResult | None:
    """The result that `images` are all the layers of, no more and no fewer, or None."""
    try:
        result = result_of(images)
    except MMFusionWriteError:
        return None
    return result if len(images) == 2 * (1 + len(result.maps)) else None


def _measured(images: Sequence[LayerImage], ours: Mapping[str, Any]) -> ByElement:
    """The measured layers, of the same file where a reader of ours noted that, else by name."""
    found: list[tuple[str | None, LayerImage]] = []
    for image in images:
        theirs = metadata_of(image.attributes)
        if "role" in theirs:
            continue
        if "element" in theirs:
            if theirs.get("sha256") == ours.get("sha256"):
                found.append((theirs["element"], image))
        elif is_haadf_name(image.name):
            found.append((None, image))
        elif (symbol := symbol_in(image.name)) is not None:
            found.append((symbol, image))
    return _by_element(found)


def _by_element(found: Iterable[tuple[str | None, LayerImage]]) -> ByElement:
    images: ByElement = {}
    for element, image in found:
        if element in images:
            raise MMFusionWriteError(
                f"{quoted(images[element].name)} and {quoted(image.name)} both stand for"
                f" {element or HAADF}; select the layers of one fusion only"
            )
        images[element] = image
    return images


def _dataset(
    measured: ByElement, elements: Iterable[str], ours: Mapping[str, Any]
) -> FusionDataset:
    haadf = measured[None]
    height, width = haadf.pixel_size or (1.0, 1.0)
    is_square = haadf.pixel_size is not None and math.isclose(height, width, rel_tol=1e-6)
    return FusionDataset(
        haadf.image,
        {key: measured[key].image for key in elements},
        width if is_square else None,
        haadf.unit if is_square else NO_UNIT,
        name=Path(str(ours.get("file") or "")).stem,
        source_sha256=ours.get("sha256"),
    )


def _mapping(ours: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = ours.get(key)
    return dict(value) if isinstance(value, Mapping) else {}
