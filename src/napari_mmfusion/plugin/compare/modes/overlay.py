"""Chemistry over the HAADF image: as coloured light, or as hues of its brightness."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from napari_mmfusion.plugin.compare.channels import Channel, NothingToCompareError, light_of
from napari_mmfusion.plugin.compare.figure.rendering import add_light, gray_share, levels, tint
from napari_mmfusion.plugin.compare.modes.kind import ModeKind, Setting
from napari_mmfusion.plugin.compare.modes.mode import Mode

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mmfusion.plugin.compare.view_state import ViewState
    from napari_mmfusion.plugin.layers.layer_set import LayerSet

_OPACITY: Final = 0.7


class _OverHaadf(Mode):
    """Fused maps over the measured HAADF image, more or less opaque."""

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        channels: Sequence[Channel] | None = None,
        *,
        opacity: float = _OPACITY,
    ) -> None:
        super().__init__(viewer, layers, channels)
        self.opacity = opacity

    def set_opacity(self, opacity: float) -> None:
        """Show the chemistry more or less strongly, from 0 to 1."""
        self.opacity = opacity
        if self.is_on:
            self.redraw()

    @abstractmethod
    def redraw(self) -> None:
        """Apply the opacity."""

    def haadf(self) -> Image:
        """The measured HAADF layer."""
        layer = self.layers.measured(None)
        if layer is None:
            raise NothingToCompareError("The HAADF layer is missing: load or choose one.")
        return layer

    def fused(self) -> list[Image]:
        """The fused layers of the elements."""
        found = [self.layers.fused(channel) for channel in self.channels if channel is not None]
        present = [layer for layer in found if layer is not None]
        if not present:
            raise NothingToCompareError("There is no fused map to lay over the HAADF: press Run.")
        return present


class Overlay(_OverHaadf):
    """Fused maps as coloured light, added to the gray HAADF image."""

    def show(self, view: ViewState) -> None:
        """Lay the fused maps over the HAADF image."""
        fused, haadf = self.fused(), self.haadf()
        view.arrange([haadf, *fused])
        self.show_only(view, [haadf, *fused], annotations=True)
        # Additive also for the lowest layer, which napari then puts on black in any theme.
        view.change(haadf, blending="additive", opacity=gray_share(self.opacity))
        for layer in fused:
            view.change(layer, blending="additive", opacity=self.opacity)

    def redraw(self) -> None:
        """Apply the opacity."""
        haadf = self.layers.measured(None)
        if haadf is not None:
            haadf.opacity = gray_share(self.opacity)
        for channel in self.channels:
            layer = self.layers.fused(channel)
            if channel is not None and layer is not None:
                layer.opacity = self.opacity


class LuminanceOverlay(_OverHaadf):
    """One colour picture: brightness from the HAADF image, hue from the fused maps."""

    names_colours = True

    def show(self, view: ViewState) -> None:
        """Show the picture alone."""
        fused, haadf = self.fused(), self.haadf()
        self._compose(haadf, fused)
        image = tint(self._chemistry, self._luminance, self.opacity)
        layer = self.add_image(image, haadf, name="Chemistry on HAADF", rgb=True)
        self.show_only(view, [layer], annotations=True)
        self.watch([haadf, *fused], self._compose_again)

    def redraw(self) -> None:
        """Apply the opacity."""
        for layer in self.own_layers():
            layer.data = tint(self._chemistry, self._luminance, self.opacity)

    def _compose(self, haadf: Image, fused: Sequence[Image]) -> None:
        light = light_of(haadf)
        self._luminance = levels(light.image, light.limits)
        self._chemistry = add_light(light_of(layer) for layer in fused)

    def _compose_again(self) -> None:
        try:
            self._compose(self.haadf(), self.fused())
        except NothingToCompareError:
            return  # keep the present picture until the mode is left
        self.redraw()


def _make(
    viewer: ViewerModel,
    layers: LayerSet,
    channels: Sequence[Channel],
    *,
    luminance: bool,
    opacity: float,
) -> Mode:
    kind = LuminanceOverlay if luminance else Overlay
    return kind(viewer, layers, channels, opacity=opacity)


LUMINANCE: Final = Setting(
    "luminance",
    "HAADF as luminance",
    "Brightness from the HAADF image, hue from the fused maps.",
    default=False,
)
OPACITY: Final = Setting(
    "opacity",
    "Chemistry",
    "Opacity of the fused maps over the HAADF image.",
    default=_OPACITY,
    apply=_OverHaadf.set_opacity,
)
OVERLAY: Final = ModeKind("Overlay", _make, (LUMINANCE, OPACITY))
