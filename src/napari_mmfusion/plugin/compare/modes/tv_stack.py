"""The maps of an exploration as stacks, with one slider position for each weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mmfusion.colours import element_colours
from napari_mmfusion.plugin.compare.channels import NothingToCompareError
from napari_mmfusion.plugin.compare.explorer import TV_WEIGHT, Exploration
from napari_mmfusion.plugin.compare.modes.mode import Mode, show_grid
from napari_mmfusion.plugin.layers.calibration import place_of_stack
from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_from_zero
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.qt.napari_versions import name_first_axis, text_of

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mmfusion.plugin.compare.view_state import ViewState
    from napari_mmfusion.plugin.layers.layer_set import LayerSet

_AXIS = TV_WEIGHT


class TvStack(Mode):
    """A grid with one layer for each element; the slider goes through the weights."""

    moves_camera = True

    def __init__(self, viewer: ViewerModel, layers: LayerSet, exploration: Exploration) -> None:
        super().__init__(viewer, layers, tuple(exploration.stacks))
        self.exploration = exploration

    def show(self, view: ViewState) -> None:
        """Show the stacks at the chosen weight."""
        shown = []
        lambdas = self.exploration.lambdas
        for element, stack in self.exploration.stacks.items():
            like = self._like(element, stack.shape[1:])
            if like is None:
                continue
            layer = self.add_image(
                stack,
                like,
                LayerNote(Role.COMPARISON, element, lambda_tv=lambdas),
                name=f"TV: {element}",
                colormap=self._colour(element),
                contrast_limits=limits_from_zero(stack),
                blending="additive",
                **place_of_stack(like, _AXIS),
                rotate=None,
                shear=None,
                affine=None,
            )
            view.change(layer.name_overlay, visible=True)
            shown.append(layer)
        if not shown:
            raise NothingToCompareError("The layers that were explored are gone.")
        name_first_axis(self.viewer, _AXIS)
        self.show_only(view, shown, annotations=False)
        view.arrange(shown)
        show_grid(view, self.viewer, (1, len(shown)))
        nearest = int(np.argmin(np.abs(np.subtract(lambdas, self.exploration.chosen))))
        self.write(view, "")
        self.viewer.dims.set_current_step(0, nearest)
        self.viewer.dims.events.current_step.connect(self._say_weight)
        self._say_weight()

    def leave(self) -> None:
        """Restore the view."""
        self.viewer.dims.events.current_step.disconnect(self._say_weight)
        super().leave()

    def _like(self, element: str, shape: tuple[int, ...]) -> Image | None:
        """A layer whose place to take: of the element, or before a run any of this shape."""
        own = self.layers.measured(element), self.layers.fused(element)
        of_shape = (
            layer
            for layer in self.viewer.layers
            if layer._type_string == "image" and layer.data.shape == shape
        )
        return next((layer for layer in (*own, *of_shape) if layer is not None), None)

    def _colour(self, element: str) -> Any:
        layer = self.layers.measured(element) or self.layers.fused(element)
        colours = element_colours(tuple(self.exploration.stacks))
        return colours[element] if layer is None else layer.colormap

    @property
    def step(self) -> int:
        """Which of the weights is shown."""
        last = len(self.exploration.lambdas) - 1
        return min(int(self.viewer.dims.current_step[0]), last)

    def _say_weight(self) -> None:
        text_of(self.viewer).text = self.exploration.label(self.step)
