"""What the fusion changed: fused minus raw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.plugin.compare.channels import (
    Channel,
    Pair,
    pairs_of,
    range_of,
    reference_name,
)
from napari_mmfusion.plugin.compare.modes.kind import ModeKind
from napari_mmfusion.plugin.compare.modes.mode import Mode, show_grid
from napari_mmfusion.plugin.layers.looks.contrast_limits import (
    COLORBAR_SIZE,
    blue_white_red,
    symmetric_limits,
)
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_mmfusion.plugin.compare.view_state import ViewState
    from napari_mmfusion.plugin.layers.layer_set import LayerSet

_SMALL_COLORBAR = (10, 60)
"""Width and height of a color bar beside more pictures than `_MOST_LARGE`."""
_MOST_LARGE = 4


def difference(raw: NDArray[Any], fused: NDArray[Any], offset: float, scale: float) -> FloatImage:
    """``fused - (raw - offset) / scale``: both relative to the range of the measured image."""
    relative = (np.asarray(raw, dtype=np.float32) - np.float32(offset)) / np.float32(scale)
    return np.asarray(fused, dtype=np.float32) - relative


def grid_shape(n: int) -> tuple[int, int]:
    """Rows and columns for n pictures, about as many of each.

    The last cell of a large grid is left free for the scale bar, which is about as wide.
    """
    columns = math.ceil(math.sqrt(n))
    if n > _MOST_LARGE and n % columns == 0:
        columns += 1
    return math.ceil(n / columns), columns


class Difference(Mode):
    """Fused minus raw: red where the fusion raised the map, blue where it lowered it.

    Several channels are shown in a grid.
    """

    def __init__(
        self, viewer: ViewerModel, layers: LayerSet, channels: Sequence[Channel] | None = None
    ) -> None:
        super().__init__(viewer, layers, channels)
        self.moves_camera = len(self.channels) > 1

    def show(self, view: ViewState) -> None:
        """Show nothing but the differences."""
        pairs = self.pairs()
        shown = [self._add(pair) for pair in pairs]
        self.show_only(view, shown, annotations=len(shown) == 1)
        for layer in shown:
            view.change(layer.name_overlay, visible=True)
            size = COLORBAR_SIZE if len(shown) <= _MOST_LARGE else _SMALL_COLORBAR
            view.change(layer.colorbar, visible=True, position="bottom_left", size=size)
        if len(shown) > 1:
            view.arrange(shown)
            show_grid(view, self.viewer, grid_shape(len(shown)))
        self.watch([layer for pair in pairs for layer in (pair.raw, pair.fused)], self._draw_again)

    def _add(self, pair: Pair) -> Image:
        image = _difference_of(pair)
        return self.add_image(
            image,
            pair.raw,
            LayerNote(Role.COMPARISON, pair.channel),
            name=f"{pair.name}: fused \N{MINUS SIGN} {reference_name(self.layers)}",
            colormap=blue_white_red(),
            contrast_limits=symmetric_limits(image),
        )

    def _draw_again(self) -> None:
        pairs = {pair.channel: pair for pair in pairs_of(self.layers, self.channels)}
        for layer in self.own_layers():
            pair = pairs.get(LayerNote.of(layer).element)
            if pair is not None:
                layer.data = _difference_of(pair)


DIFFERENCE: Final = ModeKind("Difference", Difference, takes_channel=True)


def _difference_of(pair: Pair) -> FloatImage:
    return difference(pair.raw.data, pair.fused.data, *range_of(pair.raw))
