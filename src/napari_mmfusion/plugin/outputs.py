"""The layers a fusion writes: made at its first frame, changed in place by every later one."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.fusion import FusionResult, FusionState
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layer_set import LayerSet
from napari_mmfusion.plugin.layers import METADATA_KEY
from napari_mmfusion.plugin.origin import result_metadata
from napari_mmfusion.plugin.provenance import FUSED, HAADF_MODEL, fused_name
from napari_mmfusion.plugin.region import Region

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_PERCENTILE = 99.9


def geometry(layer: Image) -> dict[str, Any]:
    """Where a layer lies in the world, as arguments of another layer of the same shape."""
    return {
        "scale": layer.scale,
        "translate": layer.translate,
        "rotate": layer.rotate,
        "shear": layer.shear,
        "units": layer.units,
        "axis_labels": layer.axis_labels,
    }


class OutputLayers:
    """The output layers of one run.

    A layer of an earlier run is used again, with its colours and contrast; one that the user
    removes during the run stays away.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet, reference: Image, file: str) -> None:
        self._viewer = viewer
        self._layers = layers
        self._geometry = geometry(reference)
        self._file = file
        self._own: dict[str | None, weakref.ref[Image]] = {}
        self._limits: dict[str | None, tuple[float, float]] = {}

    def show(self, state: FusionState | FusionResult) -> None:
        """Put an iteration on the canvas, quickly: no thumbnail, no histogram, fixed contrast."""
        if not self._own:
            self._make(state.maps, state.haadf)
            return
        for element, image in _images(state.maps, state.haadf):
            layer = self._present(element)
            if layer is not None:
                _overwrite(layer, image)

    def show_region(self, region: Region, result: FusionResult) -> None:
        """Show a part of the images, in the layers of an earlier run."""
        for element, image in _images(result.maps, result.haadf):
            layer = self._layers.fused(element)
            if layer is not None and layer.data.shape == region.shape:
                layer.data[region.slices] = region.trim(image)
                layer.refresh(thumbnail=False, highlight=False, extent=False)

    def finish(self, result: FusionResult) -> None:
        """Show a result, with everything that follows the data of a layer, and its provenance."""
        if not self._own:
            self._make(result.maps, result.haadf)
        made_by = result_metadata(result, self._file)
        for element, image in _images(result.maps, result.haadf):
            layer = self._present(element)
            if layer is None:
                continue
            limits = tuple(layer.contrast_limits)
            layer.data = image.copy()  # the next run writes into it
            layer.metadata[METADATA_KEY] = made_by | {"element": element}
            if self._limits.get(element) == limits:
                layer.contrast_limits = _limits(image)
            elif tuple(layer.contrast_limits) != limits:
                layer.contrast_limits = limits

    def _make(self, maps: Mapping[str, FloatImage], haadf: FloatImage) -> None:
        colours = element_colours(list(maps))
        if self._layers.fused(None) is None:
            self._hide_measured(maps)
        for element, image in _images(maps, haadf):
            layer = self._layers.fused(element)
            if layer is not None and layer.data.shape == image.shape:
                for name, value in self._geometry.items():
                    if str(getattr(layer, name)) != str(value):  # to set it takes milliseconds
                        setattr(layer, name, value)
                _overwrite(layer, image)
            else:
                layer = self._add(element, image, colours)
            self._own[element] = weakref.ref(layer)

    def _add(self, element: str | None, image: FloatImage, colours: dict[str, str]) -> Image:
        limits = (0.0, 1.0) if element is None else _limits(image)
        look: dict[str, Any] = {"colormap": "gray", "blending": "translucent", "visible": False}
        if element is not None:
            measured = self._layers.measured(element)
            colormap = colours[element] if measured is None else measured.colormap
            look = {"colormap": colormap, "blending": "additive"}
        layer: Image = self._viewer.add_image(
            image.copy(),
            name=HAADF_MODEL if element is None else fused_name(safe_name(element)),
            contrast_limits=limits,
            metadata={METADATA_KEY: {"role": FUSED, "element": element, "file": self._file}},
            **look,
            **self._geometry,
        )
        self._limits[element] = (float(layer.contrast_limits[0]), float(layer.contrast_limits[1]))
        self._layers.set_fused(element, layer)
        return layer

    def _hide_measured(self, maps: Mapping[str, FloatImage]) -> None:
        """Leave the canvas to the fused maps: below the noisy ones they could not be seen."""
        for element in (None, *maps):
            layer = self._layers.measured(element)
            if layer is not None:
                layer.visible = False

    def _present(self, element: str | None) -> Image | None:
        reference = self._own.get(element)
        layer = reference() if reference is not None else None
        return layer if layer is not None and layer in self._viewer.layers else None


def _images(
    maps: Mapping[str, FloatImage], haadf: FloatImage
) -> Iterator[tuple[str | None, FloatImage]]:
    yield None, haadf
    yield from maps.items()


def _overwrite(layer: Image, image: FloatImage) -> None:
    data = layer.data
    if (
        isinstance(data, np.ndarray)
        and data.shape == image.shape
        and data.dtype == image.dtype
        and data.flags.writeable
    ):
        np.copyto(data, image)
        layer.refresh(thumbnail=False, highlight=False, extent=False)
    else:
        layer.data = image.copy()


def _limits(image: FloatImage) -> tuple[float, float]:
    """Contrast from the darkest to nearly the brightest; a few hot pixels may saturate."""
    low, high = float(image.min()), float(np.percentile(image, _PERCENTILE))
    return (low, high) if high > low else (low, low + 1.0)
