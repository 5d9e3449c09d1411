"""Layers as napari hands them to writers, checked and converted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import printable, quoted, safe_names, sized
from napari_mmfusion.plugin.layers.calibration import NO_UNIT, SAME_SIZE, unit_symbol
from napari_mmfusion.plugin.layers.layer_data import LayerData
from napari_mmfusion.plugin.layers.notes.note import LayerNote


@dataclass(frozen=True, eq=False)
class LayerImage:
    """The image of a layer and what files record about it.

    Attributes
    ----------
    name : str
        Name of the layer.
    image : (ny, nx) float32
    pixel_size : (float, float) or None
        Height and width of a pixel in `unit`; None for a layer that counts in pixels.
    unit : str
        Unit of length as files spell it.
    attributes : mapping
        All attributes that napari hands on.
    """

    name: str
    image: FloatImage
    pixel_size: tuple[float, float] | None
    unit: str
    attributes: Mapping[str, Any]

    @property
    def note(self) -> LayerNote:
        """The note of the layer."""
        return LayerNote.of(self.attributes)

    def fits(self, other: LayerImage) -> bool:
        """Whether both have the same shape and pixel size."""
        if (self.image.shape, self.unit) != (other.image.shape, other.unit):
            return False
        if self.pixel_size is None or other.pixel_size is None:
            return self.pixel_size == other.pixel_size
        return bool(np.allclose(self.pixel_size, other.pixel_size, rtol=SAME_SIZE, atol=0))


def images_of(layers: Sequence[LayerData]) -> list[LayerImage]:
    """Check layers that are to be saved together.

    Raises
    ------
    MMFusionWriteError
        If there is none, one is not a two-dimensional image of real numbers, or they differ in
        shape or pixel size.
    """
    if not layers:
        raise MMFusionWriteError("no layer to save; select image layers")
    images = [image_of(layer) for layer in layers]
    first = images[0]
    for other in images[1:]:
        if other.image.shape != first.image.shape:
            raise MMFusionWriteError(
                f"one file holds images of one shape, but {quoted(first.name)} is"
                f" {sized(first.image.shape)} and {quoted(other.name)} {sized(other.image.shape)};"
                " select layers of one shape"
            )
        if (other.pixel_size, other.unit) != (first.pixel_size, first.unit):
            raise MMFusionWriteError(
                f"one file has one pixel size, but {quoted(first.name)} has {_scale(first)} and"
                f" {quoted(other.name)} {_scale(other)}; save them in two files"
            )
    return images


def distinct_names(names: Iterable[str]) -> list[str]:
    """Safe names in the same order, made different where given names are equal.

    Examples
    --------
    >>> distinct_names(["Sc", "Sc", "../Sc"])
    ['Sc', 'Sc_2', '__Sc']
    """
    chosen: list[str] = []
    for name in names:
        chosen += safe_names([name], reserved=chosen).values()
    return chosen


def image_of(layer: LayerData) -> LayerImage:
    """Check one layer.

    Raises
    ------
    MMFusionWriteError
        If it is not a two-dimensional image of real numbers.
    """
    data, attributes, kind = layer
    name = str(attributes.get("name", "image"))
    if kind != "image" or attributes.get("rgb"):
        what = "a color (RGB) image" if kind == "image" else f"a layer of type {kind}"
        raise MMFusionWriteError(
            f"{quoted(name)} is {what}; select image layers with one value a pixel"
        )
    source = np.asarray(data[0] if attributes.get("multiscale") else data)
    if source.ndim != 2 or source.size == 0:
        raise MMFusionWriteError(
            f"{quoted(name)} is {sized(source.shape)}; only two-dimensional images (rows, columns)"
            " can be saved here, take one slice of it first"
        )
    scale, units = attributes.get("scale"), attributes.get("units")
    size = (1.0, 1.0) if scale is None else (float(scale[-2]), float(scale[-1]))
    unit = NO_UNIT if units is None else unit_symbol(units[-1])
    counts_pixels = unit == NO_UNIT and size == (1.0, 1.0)
    return LayerImage(
        name, _as_float32(name, source), None if counts_pixels else size, unit, attributes
    )


def _as_float32(name: str, source: NDArray[Any]) -> FloatImage:
    if source.dtype.kind not in "biuf":
        raise MMFusionWriteError(
            f"{quoted(name)} has values of type {source.dtype}; only real numbers can be saved"
        )
    with np.errstate(over="ignore"):
        image = source.astype(np.float32)
    if np.isinf(image).sum() != np.isinf(source).sum():
        raise MMFusionWriteError(
            f"{quoted(name)} has values beyond single precision; divide it by a constant first"
        )
    return image


def _scale(image: LayerImage) -> str:
    if image.pixel_size is None:
        return "none"
    height, width = image.pixel_size
    return printable(f"{height:g} x {width:g} {image.unit}")
