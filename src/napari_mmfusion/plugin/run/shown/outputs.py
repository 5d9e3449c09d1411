"""The output layers of a fusion: added with its first frame, then updated in place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.fusion import FusionResult, FusionState
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.plugin.layers.calibration import place_of
from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample
from napari_mmfusion.plugin.layers.looks.look import is_gray
from napari_mmfusion.plugin.layers.looks.own_limits import follow_image, note_limits, set_limits
from napari_mmfusion.plugin.layers.notes import ownership
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.layers.preview_region import Region
from napari_mmfusion.plugin.layers.results.kept_results import is_renamed
from napari_mmfusion.plugin.run.shown.brightness import dim_together
from napari_mmfusion.plugin.run.shown.earlier_outputs import EarlierOutputs

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

PIXELS_A_STEP = 1 << 20
"""Pixels copied between two turns of the window: some ms in newly allocated memory."""


class OutputLayers:
    """The output layers of one run.

    A layer of an earlier run is used again, with its colours; one that a person renamed is kept,
    and one that is removed during the run is not added again.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the data set that is fused.
    reference : Image
        The HAADF layer, at whose place the outputs are put.
    file : str
        Where the measured images came from.
    owner : object
        The session that writes the layers.
    earlier : EarlierOutputs, optional
        What earlier runs left.
    repairs : sequence of str
        How the images are mended for the fusion.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        reference: Image,
        file: str,
        owner: object | None = None,
        earlier: EarlierOutputs | None = None,
        repairs: Sequence[str] = (),
    ) -> None:
        self._viewer = viewer
        self._layers = layers
        self._place = place_of(reference)
        self._file = file
        self._repairs = repairs
        self._owner = self if owner is None else owner
        self._earlier = earlier or EarlierOutputs(viewer)
        self._run = uuid.uuid4().hex
        self._own = HeldLayers[str | None](viewer)
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
            if (
                layer is not None
                and layer.data.shape == region.shape
                and may_write(layer, self._owner)
            ):
                layer.data[region.slices] = region.trim(image)
                layer.refresh(thumbnail=False, highlight=False, extent=False)

    def describe(self, result: FusionResult) -> None:
        """Write the note about a result into its layers."""
        note = LayerNote.of_run(result, self._file, self._repairs)
        note = replace(note, reading=self._layers.reading, run=self._run)
        for element, _ in _images(result):
            layer = self._own.get(element)
            if layer is not None:
                layer.metadata.update(note.for_element(element).to_metadata())

    def settle(self, result: FusionResult) -> Iterator[None]:
        """Update thumbnails, histograms and contrast for a result, one thing in each step.

        Contrast limits follow the result, except where a person chose them.
        """
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
            if follow_image(layer):
                set_limits(layer, limits_of_sample(image))
            yield
        maps = [layer for element, layer in self._own.present().items() if element is not None]
        if maps:
            dim_together(maps)

    def _make(self, state: FusionState | FusionResult) -> Iterator[None]:
        colours = element_colours(list(state.maps))
        if self._layers.fused(None) is None:
            yield from self._hide_measured(state.maps)
        yield from self._earlier.clear_view(self._layers, (None, *state.maps), self._owner)
        for element, image in _images(state):
            layer = self._layers.fused(element)
            if layer is None or layer.data.shape != image.shape:
                data = np.empty_like(image)
                yield from _copy([(data, image)])
                layer = self._add(element, data, colours)
                yield
            else:
                if follow_image(layer):
                    note_limits(layer)
                self._move(layer)
            ownership.claim(layer, self._owner)
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
            # Gray ones would add up to white.
            has_colour = measured is not None and not is_gray(measured)
            colormap = measured.colormap if measured and has_colour else colours[element]
            look = {"colormap": colormap, "blending": "additive"}
        note = LayerNote(Role.FUSED, element, self._file, reading=self._layers.reading)
        layer: Image = self._viewer.add_image(
            data,
            name=self._earlier.name_for(element, self._layers),
            contrast_limits=limits,
            metadata=replace(note, run=self._run).to_metadata(),
            **look,
            **self._place,
        )
        note_limits(layer)
        self._earlier.note_added(layer, self._layers)
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


def may_write(layer: Image, owner: object) -> bool:
    """Whether a run may write a fused layer: nobody renamed it, and no other dock writes it."""
    return not is_renamed(layer) and ownership.is_free(layer, owner)


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
