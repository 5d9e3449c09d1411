"""The layers of the trust tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.plugin.layers.calibration import calibrate, place_of
from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.looks.contrast_limits import (
    COLORBAR_SIZE,
    blue_white_red,
    limits_from_zero,
    symmetric_limits,
)
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.trust.tools import Outcome, Picture, Tool

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mmfusion.plugin.layers.layer_set import LayerSet

_Key = tuple[str, str, str | None]
"""Data set, tool, and the element or None."""


class PictureLayers:
    """Shows the pictures of one tool at a time, in the place of those of the tool before.

    The pictures of a tool would cover one another, so only the last is visible at first. A picture
    that the user renamed is kept.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet) -> None:
        self._viewer = viewer
        self._layers = layers
        self._own = HeldLayers[_Key](viewer)
        self._names: dict[_Key, str] = {}

    def show(
        self, tool: Tool, outcome: Outcome, result: FusionResult, reading: str
    ) -> Iterator[None]:
        """Show the images of an outcome, one layer in each step.

        Where another data set was chosen meanwhile, they are added, but not shown.
        """
        for picture in outcome.pictures:
            key = reading, tool.key, picture.element
            layer = self._own.get(key)
            if layer is not None and layer.data.shape == picture.image.shape:
                layer.data = picture.image
                layer.contrast_limits = _choose_limits(picture)
                layer.metadata.update(_note(tool, picture, result, reading).to_metadata())
            else:
                layer = self._add(tool, picture, result, reading)
                shown = reading == self._layers.reading
                layer.visible = shown and picture is outcome.pictures[-1]
                self._own[key] = layer
                self._names[key] = layer.name
            yield

    def make_room(self, tool: Tool) -> None:
        """Remove the pictures of other tools, and show one of this tool if there are any.

        Pictures of other data sets are hidden only.
        """
        own = []
        for key, layer in self._own.present().items():
            reading, other, _ = key
            if reading != self._layers.reading:
                layer.visible = False
            elif other == tool.key:
                own.append(layer)
            else:
                self._discard(key)
        if own and not any(layer.visible for layer in own):
            own[-1].visible = True

    def remove(self) -> None:
        """Remove all pictures."""
        for key in self._own.present():
            self._discard(key)

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._own.present())

    def hide(self) -> None:
        """Hide all pictures: they belong to the result before."""
        for layer in self._own.present().values():
            if layer.visible:
                layer.visible = False

    def _discard(self, key: _Key) -> None:
        """Remove a picture; one that was renamed stays, and is no longer ours."""
        layer = self._own.get(key)
        if layer is not None and layer.name == self._names.get(key):
            self._viewer.layers.remove(layer)
        del self._own[key]

    def _add(self, tool: Tool, picture: Picture, result: FusionResult, reading: str) -> Image:
        note = _note(tool, picture, result, reading)
        layer: Image = self._viewer.add_image(
            picture.image,
            name=picture.name,
            metadata=note.to_metadata(),
            colormap=blue_white_red() if picture.signed else "inferno",
            contrast_limits=_choose_limits(picture),
            **self._place(result, reading),
        )
        layer.colorbar.visible = True
        layer.colorbar.position = "bottom_left"  # opposite the scale bar
        layer.colorbar.size = COLORBAR_SIZE
        return layer

    def _place(self, result: FusionResult, reading: str) -> dict[str, Any]:
        haadf = self._layers.of(reading).measured(None)
        if haadf is not None and haadf.data.shape == result.data.shape:
            return place_of(haadf)
        return calibrate(result.data)


def _note(tool: Tool, picture: Picture, result: FusionResult, reading: str) -> LayerNote:
    return LayerNote(
        Role.TRUST,
        picture.element,
        result.data.name,
        result.data.source_sha256,
        reading=reading or None,
        parameters=result.params.as_dict(),
        tool=tool.key,
    )


def _choose_limits(picture: Picture) -> tuple[float, float]:
    if picture.signed:
        return symmetric_limits(picture.image)
    return limits_from_zero(picture.image)
