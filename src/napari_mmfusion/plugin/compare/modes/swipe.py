"""Raw to the left of a divider, fused to its right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from napari_mmfusion.plugin.compare.channels import Channel, light_of, pairs_of, reference_name
from napari_mmfusion.plugin.compare.figure.rendering import Picture, add_light
from napari_mmfusion.plugin.compare.modes.kind import ModeKind, Setting
from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.qt.napari_versions import camera_of

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mmfusion.plugin.compare.view_state import ViewState
    from napari_mmfusion.plugin.layers.layer_set import LayerSet

_REACH = 8
"""Distance from the divider, in pixels of the screen, within which the mouse takes it."""
_LINE = 400
"""Columns per pixel of the divider's width, so that it is visible in large images."""


class Swipe(Mode):
    """One picture: raw to the left of a divider, fused to its right.

    Napari's clipping planes do not clip two-dimensional images, so the mode adds a layer with the
    picture; moving the divider changes only the columns it passes.
    """

    names_colours = True

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        channels: Sequence[Channel] | None = None,
        *,
        position: float = 0.5,
    ) -> None:
        super().__init__(viewer, layers, channels)
        self.position = position

    def show(self, view: ViewState) -> None:
        """Show the picture alone."""
        pairs = self.pairs()
        self._raw, self._fused = self._pictures()
        self._line = (0, 0)
        layer = self.add_image(
            self._fused.copy(), pairs[0].raw, name=f"Swipe: {self._title()}", rgb=True
        )
        self.set_position(self.position)
        self.show_only(view, [layer], annotations=True)
        self.write(view, self._title())
        self.watch([layer for pair in pairs for layer in (pair.raw, pair.fused)], self._draw_again)
        self.viewer.mouse_drag_callbacks.append(self._drag)
        self.viewer.mouse_move_callbacks.append(self._show_handle)

    def leave(self) -> None:
        """Restore the view."""
        for callbacks, own in (
            (self.viewer.mouse_drag_callbacks, self._drag),
            (self.viewer.mouse_move_callbacks, self._show_handle),
        ):
            if own in callbacks:
                callbacks.remove(own)
        super().leave()

    def set_position(self, position: float) -> None:
        """Move the divider: 0 is the left edge, all fused; 1 the right one, all raw."""
        self.position = position
        for layer in self.own_layers() if self.is_on else ():
            columns = self._raw.shape[1]
            cut = round(position * columns)
            width = max(1, columns // _LINE) if 0 < cut < columns else 0
            line = (cut - width // 2, cut - width // 2 + width)
            first, last = min(self._line[0], line[0]), max(self._line[1], line[1])
            self._paint(layer.data, first, cut, last)
            layer.data[:, slice(*line)] = 255
            self._line = line
            layer.refresh(thumbnail=False, highlight=False, extent=False)

    def _column(self, event: Any) -> float:
        """The column of the picture below the mouse."""
        layer = self.own_layers()[0]
        column: float = layer.world_to_data(event.position)[-1] + 0.5  # pixels begin at -0.5
        return column

    def _holds_divider(self, event: Any) -> bool:
        """Whether the mouse is on the divider, within a few pixels of the screen."""
        if not self.own_layers():
            return False
        layer = self.own_layers()[0]
        reach = max(_REACH / (camera_of(self.viewer).zoom * float(layer.scale[-1])), 0.5)
        column = self._column(event)
        return bool(abs(column - self.position * self._raw.shape[1]) <= reach)

    def _drag(self, _viewer: object, event: Any) -> Iterator[None]:
        """Move the divider with the mouse; elsewhere the mouse moves the image as always."""
        if not self._holds_divider(event):
            return
        camera = camera_of(self.viewer)
        pans, camera.mouse_pan = camera.mouse_pan, False
        try:
            yield
            while event.type == "mouse_move" and self.own_layers():
                position = float(np.clip(self._column(event) / self._raw.shape[1], 0, 1))
                self.set_position(position)
                self.adjusted.emit(POSITION.key, position)
                yield
        finally:
            camera.mouse_pan = pans

    def _show_handle(self, _viewer: object, event: Any) -> None:
        """Change the cursor above the divider."""
        if self.own_layers():
            on = self._holds_divider(event)
            self.viewer.cursor.style = "pointing" if on else "standard"

    def _paint(self, picture: Picture, first: int, cut: int, last: int) -> None:
        """Raw columns from `first` to `cut`, fused ones from there to `last`."""
        picture[:, first:cut] = self._raw[:, first:cut]
        picture[:, cut:last] = self._fused[:, cut:last]

    def _pictures(self) -> tuple[Picture, Picture]:
        pairs = self.pairs()
        return (
            add_light(light_of(pair.raw) for pair in pairs),
            add_light(light_of(pair.fused) for pair in pairs),
        )

    def _title(self) -> str:
        return f"{reference_name(self.layers)} | fused"

    def _draw_again(self) -> None:
        if not any(pairs_of(self.layers, self.channels)):
            return  # keep the present picture until the mode is left
        self._raw, self._fused = self._pictures()
        for layer in self.own_layers():
            layer.data = self._fused.copy()
        self._line = (0, self._raw.shape[1])
        self.set_position(self.position)


POSITION: Final = Setting(
    "position",
    "Divider",
    "Raw to its left, fused right; the line on the image can be dragged too.",
    default=0.5,
    step=0.005,
    apply=Swipe.set_position,
)
SWIPE: Final = ModeKind("Swipe", Swipe, (POSITION,), takes_channel=True)
