"""Raw and fused alternately, at the same place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from napari_mmfusion.plugin.compare.channels import Channel, reference_name
from napari_mmfusion.plugin.compare.modes.kind import ModeKind, Setting
from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.qt.napari_versions import text_of

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mmfusion.plugin.compare.view_state import ViewState
    from napari_mmfusion.plugin.layers.layer_set import LayerSet


class Blink(Mode):
    """Raw and fused layers alternately, `rate` times per second."""

    shows_fused = False

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        channels: Sequence[Channel] | None = None,
        *,
        rate: float = 2.0,
    ) -> None:
        super().__init__(viewer, layers, channels)
        self.set_rate(rate)

    def set_rate(self, rate: float) -> None:
        """Change between raw and fused so many times per second."""
        self.interval = round(1000 / rate)

    def show(self, view: ViewState) -> None:
        """Begin with the raw layers."""
        both = [layer for pair in self.pairs() for layer in (pair.raw, pair.fused)]
        view.arrange(both)
        self.show_only(view, both, annotations=True)
        for layer in both:
            view.change(layer, blending="additive", opacity=1.0)
        self.write(view, "")
        self._show_fused(False)

    def tick(self) -> None:
        """Show what is hidden and hide what is shown."""
        if self.is_on:
            self._show_fused(not self.shows_fused)

    def _show_fused(self, fused: bool) -> None:
        self.shows_fused = fused
        for channel in self.channels:
            raw_layer, fused_layer = self.layers.reference(channel), self.layers.fused(channel)
            if raw_layer is not None and fused_layer is not None:
                raw_layer.visible = not fused
                fused_layer.visible = fused
        text_of(self.viewer).text = "fused" if fused else reference_name(self.layers)


RATE: Final = Setting(
    "rate",
    "Rate",
    "Changes per second.",
    default=2.0,
    minimum=0.5,
    maximum=10.0,
    step=0.5,
    apply=Blink.set_rate,
)
BLINK: Final = ModeKind("Blink", Blink, (RATE,), takes_channel=True)
