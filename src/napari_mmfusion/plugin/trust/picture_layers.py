"""The layers of the trust tools, kept apart from measured and fused ones by their role."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.drawing import contrast_of
from napari_mmfusion.plugin.compare.modes.difference import (
    COLORBAR,
    blue_white_red,
    symmetric_limits,
)
from napari_mmfusion.plugin.layers.calibration import calibrate, place_of
from napari_mmfusion.plugin.layers.note import LayerNote, Role
from napari_mmfusion.plugin.trust.tools import Outcome, Picture, Tool

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mmfusion.plugin.layers.layer_set import LayerSet


class PictureLayers:
    """Shows what the tools find; what a tool shows again goes into the same layers.

    The pictures of a tool would cover one another: the last is visible, the others wait hidden.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet) -> None:
        self._viewer = viewer
        self._layers = layers
        self._own: dict[tuple[str, str | None], weakref.ref[Image]] = {}

    def show(self, tool: Tool, outcome: Outcome, result: FusionResult) -> Iterator[None]:
        """Show the images of an outcome, one layer in each step."""
        for picture in outcome.pictures:
            key = tool.key, picture.element
            layer = self._present(key)
            if layer is not None and layer.data.shape == picture.image.shape:
                layer.data = picture.image
                layer.contrast_limits = _limits(picture)
            else:
                layer = self._add(tool, picture, result)
                layer.visible = picture is outcome.pictures[-1]
                self._own[key] = weakref.ref(layer)
            yield

    def show_only(self, tool: Tool) -> None:
        """Hide what other tools have shown: it would lie over what this one shows."""
        own = []
        for key in self._own:
            layer = self._present(key)
            if layer is not None and key[0] == tool.key:
                own.append(layer)
            elif layer is not None:
                layer.visible = False
        if own and not any(layer.visible for layer in own):
            own[-1].visible = True

    def _present(self, key: tuple[str, str | None]) -> Image | None:
        reference = self._own.get(key)
        layer = None if reference is None else reference()
        return layer if layer is not None and layer in self._viewer.layers else None

    def _add(self, tool: Tool, picture: Picture, result: FusionResult) -> Image:
        note = LayerNote(
            Role.TRUST,
            picture.element,
            result.data.name,
            result.data.source_sha256,
            parameters=result.params.as_dict(),
            tool=tool.key,
        )
        layer: Image = self._viewer.add_image(
            picture.image,
            name=picture.name,
            metadata=note.to_metadata(),
            colormap=blue_white_red() if picture.signed else "inferno",
            contrast_limits=_limits(picture),
            **self._place(result),
        )
        layer.colorbar.visible = True
        layer.colorbar.position = "bottom_left"  # opposite the scale bar
        layer.colorbar.size = COLORBAR
        return layer

    def _place(self, result: FusionResult) -> dict[str, Any]:
        haadf = self._layers.measured(None)
        if haadf is not None and haadf.data.shape == result.data.shape:
            return place_of(haadf)
        return calibrate(result.data)


def _limits(picture: Picture) -> tuple[float, float]:
    if picture.signed:
        return symmetric_limits(picture.image)
    return 0.0, float(contrast_of(picture.image)[1]) or 1.0
