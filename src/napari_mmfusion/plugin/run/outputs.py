"""The output layers of a fusion: added with its first frame, then updated in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.fusion import FusionResult, FusionState
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layers.calibration import place_of
from napari_mmfusion.plugin.layers.contrast_limits import limits_of_sample
from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import HAADF_MODEL, fused_name
from napari_mmfusion.plugin.layers.note import LayerNote, Role
from napari_mmfusion.plugin.layers.preview_region import Region

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

PIXELS_A_STEP = 1 << 20
"""Pixels copied between two turns of the window: some ms in newly allocated memory."""


class OutputLayers:
    """The output layers of one run.

    A layer of an earlier run is used again, with its colours and contrast; one that the user
    removes during the run is not added again.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet, reference: Image, file: str) -> None:
        self._viewer = viewer
        self._layers = layers
        self._place = place_of(reference)
        self._file = file
        self._own = HeldLayers[str | None](viewer)
        self._limits: dict[str | None, tuple[float, float]] = {}
        self._shown: Mapping[str, FloatImage] | None = None

    def show(self, state: FusionState | FusionResult) -> Iterator[None]:
        """Show an iteration, in steps, without updating thumbnails, histograms or contrast.

        Layers change one after the other and are redrawn in the last step, all at once.
        """
        if not self._own:
            yield from self._make(state)
        if state.maps is self._shown:
            return
        yield from _copy(_replace_unfit(self._pairs(state)))
        for layer, _ in self._pairs(state):
            layer.refresh(thumbnail=False, highlight=False, extent=False)
        self._shown = state.maps

    def show_region(self, region: Region, result: FusionResult) -> None:
        """Show a part of the images, in the layers of an earlier run."""
        for element, image in _images(result):
            layer = self._layers.fused(element)
            if layer is not None and layer.data.shape == region.shape:
                layer.data[region.slices] = region.trim(image)
                layer.refresh(thumbnail=False, highlight=False, extent=False)

    def describe(self, result: FusionResult) -> None:
        """Write the note about a result into its layers."""
        note = LayerNote.of_run(result, self._file)
        for element, _ in _images(result):
            layer = self._own.get(element)
            if layer is not None:
                layer.metadata.update(note.for_element(element).to_metadata())

    def settle(self, result: FusionResult) -> Iterator[None]:
        """Update thumbnails, histograms and contrast for a result, one thing in each step."""
        for element, image in _images(result):
            layer = self._own.get(element)
            if layer is None:
                continue
            yield from _copy(_replace_unfit([(layer, image)]))
            yield
            limits = tuple(layer.contrast_limits)
            layer.data = layer.data
            if tuple(layer.contrast_limits) != limits:
                layer.contrast_limits = limits
            yield
            if self._limits.get(element) == limits == tuple(layer.contrast_limits):
                layer.contrast_limits = limits_of_sample(image)
            yield

    def _make(self, state: FusionState | FusionResult) -> Iterator[None]:
        colours = element_colours(list(state.maps))
        if self._layers.fused(None) is None:
            yield from self._hide_measured(state.maps)
        for element, image in _images(state):
            layer = self._layers.fused(element)
            if layer is None or layer.data.shape != image.shape:
                data = np.empty_like(image)
                yield from _copy([(data, image)])
                layer = self._add(element, data, colours)
                yield
            else:
                self._move(layer)
            self._own[element] = layer

    def _move(self, layer: Image) -> None:
        for name, value in self._place.items():
            if not np.array_equal(getattr(layer, name), value):  # setting it takes milliseconds
                setattr(layer, name, value)

    def _add(self, element: str | None, data: FloatImage, colours: dict[str, str]) -> Image:
        limits = (0.0, 1.0) if element is None else limits_of_sample(data)
        look: dict[str, Any] = {"colormap": "gray", "blending": "translucent", "visible": False}
        if element is not None:
            measured = self._layers.measured(element)
            colormap = colours[element] if measured is None else measured.colormap
            look = {"colormap": colormap, "blending": "additive"}
        layer: Image = self._viewer.add_image(
            data,
            name=HAADF_MODEL if element is None else fused_name(safe_name(element)),
            contrast_limits=limits,
            metadata=LayerNote(Role.FUSED, element, self._file).to_metadata(),
            **look,
            **self._place,
        )
        self._limits[element] = (float(layer.contrast_limits[0]), float(layer.contrast_limits[1]))
        self._layers.set_fused(element, layer)
        return layer

    def _hide_measured(self, maps: Mapping[str, FloatImage]) -> Iterator[None]:
        """Hide the measured layers: the noisy maps would cover the fused ones."""
        for element in (None, *maps):
            layer = self._layers.measured(element)
            if layer is not None:
                layer.visible = False
                yield

    def _pairs(self, state: FusionState | FusionResult) -> Iterator[tuple[Image, FloatImage]]:
        """The layers that still exist, and their images."""
        for element, image in _images(state):
            layer = self._own.get(element)
            if layer is not None:
                yield layer, image


def _images(state: FusionState | FusionResult) -> Iterator[tuple[str | None, FloatImage]]:
    yield None, state.haadf
    yield from state.maps.items()


def _replace_unfit(
    pairs: Iterable[tuple[Image, FloatImage]],
) -> Iterator[tuple[FloatImage, FloatImage]]:
    """The data of layers, and the images to copy there; data that do not fit are replaced."""
    for layer, image in pairs:
        if _fits(layer.data, image):
            yield layer.data, image
        else:
            layer.data = image.copy()


def _copy(pairs: Iterable[tuple[FloatImage, FloatImage]]) -> Iterator[None]:
    """Copy images into arrays, at most `PIXELS_A_STEP` in a step."""
    room = PIXELS_A_STEP
    for target, image in pairs:
        rows = max(1, PIXELS_A_STEP // image.shape[1])
        for first in range(0, len(image), rows):
            part = image[first : first + rows]
            if part.size > room:
                yield
                room = PIXELS_A_STEP
            target[first : first + rows] = part
            room -= part.size


def _fits(data: Any, image: FloatImage) -> bool:
    return (
        isinstance(data, np.ndarray)
        and data.shape == image.shape
        and data.dtype == image.dtype
        and data.flags.writeable
    )
