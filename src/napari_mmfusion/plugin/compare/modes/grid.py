"""Raw above fused, side by side for the HAADF image and every element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from napari_mmfusion.plugin.compare.channels import pairs_of
from napari_mmfusion.plugin.compare.modes.kind import ModeKind
from napari_mmfusion.plugin.compare.modes.mode import Mode, show_grid

if TYPE_CHECKING:
    from napari_mmfusion.plugin.compare.view_state import ViewState


class Grid(Mode):
    """A grid of two rows: raw above fused, a column for the HAADF and for each element."""

    moves_camera = True

    def show(self, view: ViewState) -> None:
        """Fill the grid."""
        pairs = [*pairs_of(self.layers, (None,)), *self.pairs()]
        shown = [pair.raw for pair in pairs] + [pair.fused for pair in pairs]
        view.arrange(shown)
        self.show_only(view, shown, annotations=False)
        for layer in shown:
            view.change(layer, opacity=1.0, blending="additive")
            view.change(layer.name_overlay, visible=True)
        show_grid(view, self.viewer, (2, len(pairs)))


GRID: Final = ModeKind("Grid", Grid)
