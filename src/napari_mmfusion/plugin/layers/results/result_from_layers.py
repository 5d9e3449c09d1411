"""The result of a fusion, rebuilt from its layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from napari.layers import Image, Layer

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.engine import normalisable
from napari_mmfusion.core.errors import MMFusionError, MMFusionWriteError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.masks import mask_of_runs
from napari_mmfusion.core.names.reading import read_names
from napari_mmfusion.core.wording import Text
from napari_mmfusion.io.naming import listed, quoted
from napari_mmfusion.plugin.layers.calibration import NO_UNIT, is_square
from napari_mmfusion.plugin.layers.choice.repairs import REPAIRS
from napari_mmfusion.plugin.layers.layer_image import LayerImage, image_of
from napari_mmfusion.plugin.layers.names import HAADF, HAADF_MODEL, fused_name
from napari_mmfusion.plugin.layers.notes.note import LayerNote

ByElement = dict[str | None, LayerImage]


def result_of(images: Sequence[LayerImage]) -> FusionResult:
    """The one result whose fused and measured layers are among `images`.

    Parameters
    ----------
    images : sequence of LayerImage
        The layers; those that do not belong to the result are ignored.

    Raises
    ------
    MMFusionWriteError
        If there is none, or some of its layers are missing; the message lists them.
    """
    fused = _by_element((image.note.element, image) for image in _of_last_run(images))
    if not fused:
        raise MMFusionWriteError("there is no fused layer to save; press Run first")
    note = next(iter(fused.values())).note
    weights = note.weights or {}
    measured = _find_measured(images, note)
    required: tuple[str | None, ...] = (None, *weights)
    missing = [fused_name(key) if key else HAADF_MODEL for key in required if key not in fused]
    missing += [key or HAADF for key in required if key not in measured]
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
            costs=np.asarray(_require(note, "costs"), dtype=np.float64).reshape(-1, 3),
            params=note.fusion_parameters(),
            data=normalisable(_join(measured, weights, note), note.fusion_parameters()),
            weights=MappingProxyType(dict(weights)),
            lambda_haadf=_require(note, "lambda_haadf"),
            stopped=_require(note, "stopped"),
            gap=note.gap,
        )
    except (TypeError, ValueError, MMFusionError) as error:
        raise MMFusionWriteError(
            Text("the notes of the fused layers are damaged ({}); run the fusion again", error)
        ) from error


def result_among(layers: Iterable[Layer]) -> FusionResult:
    """The one result among the layers of a viewer; see `result_of`."""
    flat = [
        image_of(layer.as_layer_data_tuple())
        for layer in layers
        if isinstance(layer, Image) and layer.ndim == 2 and not layer.rgb
    ]
    fused = next((image for image in flat if image.note.is_fused), None)
    if fused is None:
        return result_of([])
    return result_of([image for image in flat if image.fits(fused)])


def whole_result(images: Sequence[LayerImage]) -> FusionResult | None:
    """The result whose layers are exactly `images`, or None."""
    try:
        result = result_of(images)
    except MMFusionWriteError:
        return None
    return result if len(images) == 2 * (1 + len(result.maps)) else None


def _of_last_run(images: Iterable[LayerImage]) -> list[LayerImage]:
    """The fused layers of one run: the last of each data set."""
    fused = [image for image in images if image.note.is_fused]
    last: dict[str | None, LayerNote] = {}
    for image in fused:
        before = last.get(image.note.reading)
        if before is None or (image.note.date or "") > (before.date or ""):
            last[image.note.reading] = image.note
    return [image for image in fused if image.note.run == last[image.note.reading].run]


def _find_measured(images: Sequence[LayerImage], fused: LayerNote) -> ByElement:
    """The measured layers: those noted to be of the same file, others by their names."""
    found: list[tuple[str | None, LayerImage]] = []
    measured = [image for image in images if not image.note.is_output]
    for image, reading in zip(measured, read_names([i.name for i in measured]), strict=True):
        note = image.note
        if note.is_measured:
            if note.sha256 == fused.sha256 and _may_belong(note.reading, fused.reading):
                found.append((note.element, image))
        elif reading.role is not None:
            found.append((None if reading.role == HAADF else reading.role, image))
    return _by_element(found)


def _may_belong(reading: str | None, other: str | None) -> bool:
    """Whether both are of one data set; notes of older versions do not say which."""
    return reading is None or other is None or reading == other


def _by_element(found: Iterable[tuple[str | None, LayerImage]]) -> ByElement:
    images: ByElement = {}
    for element, image in found:
        if element in images:
            raise MMFusionWriteError(
                f"{quoted(images[element].name)} and {quoted(image.name)} are both"
                f" {element or HAADF}; select the layers of one fusion only"
            )
        images[element] = image
    return images


def _join(measured: ByElement, elements: Iterable[str], fused: LayerNote) -> FusionDataset:
    """The data set of the measured layers."""
    haadf = measured[None]
    height, width = haadf.pixel_size or (1.0, 1.0)
    has_size = haadf.pixel_size is not None and is_square(height, width)
    data = FusionDataset(
        haadf.image,
        {key: measured[key].image for key in elements},
        width if has_size else None,
        haadf.unit if has_size else NO_UNIT,
        name=Path(fused.file).stem,
        source_sha256=fused.sha256,
    )
    return _mended_as(data, fused)


def _mended_as(data: FusionDataset, fused: LayerNote) -> FusionDataset:
    """The images as the fusion had them: layers hold what was measured."""
    for repair in REPAIRS:
        if repair in (fused.repairs or ()):
            data = getattr(data, repair)()
    mask = None if fused.left_out is None else mask_of_runs(fused.left_out, data.shape)
    return data if mask is None or data.mask is not None else data.with_mask(mask)


def _require(note: LayerNote, name: str) -> Any:
    value = getattr(note, name)
    if value is None:
        raise MMFusionError(f"{name} is missing")
    return value
