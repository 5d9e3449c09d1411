"""Raw and fused in turn, at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.qt.napari_versions import text_of

if TYPE_CHECKING:
    from napari_mmfusion.plugin.compare.view_state import ViewState


class Blink(Mode):
    """Raw and fused layers in turn; whoever owns a timer calls `toggle`."""

    shows_fused = False

    def show(self, view: ViewState) -> None:
        """Begin with the raw layers."""
        both = [layer for pair in self.pairs() for layer in (pair.raw, pair.fused)]
        view.arrange(both)
        self.show_only(view, both, annotations=True)
        for layer in both:
            view.change(layer, blending="additive", opacity=1.0)
        self.write(view, "")
        self._show_fused(False)

    def toggle(self) -> None:
        """Show what is hidden and hide what is shown."""
        if self.is_on:
            self._show_fused(not self.shows_fused)

    def _show_fused(self, fused: bool) -> None:
        self.shows_fused = fused
        for channel in self.channels:
            raw_layer, fused_layer = self.layers.measured(channel), self.layers.fused(channel)
            if raw_layer is not None and fused_layer is not None:
                raw_layer.visible = not fused
                fused_layer.visible = fused
        text_of(self.viewer).text = "fused" if fused else "raw"
