"""Base class of all modes."""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_mmfusion.plugin.compare.channels import (
    LOOKS,
    Channel,
    NothingToCompareError,
    Pair,
    pairs_of,
)
from napari_mmfusion.plugin.compare.view_state import ViewState
from napari_mmfusion.plugin.layers.calibration import place_of
from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view, grid_of, text_of

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Layer

_GAP = 0.01
"""Between the cells of a grid, as a part of a cell."""
_NOTE = LayerNote(Role.COMPARISON)


class Mode(ABC):
    """One way to look at raw and fused layers.

    `leave` undoes all that `enter` did. Layers may be deleted in between, including those that the
    mode added.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer, with or without a window.
    layers : LayerSet
        The layers of the fusion.
    channels : sequence of str or None, optional
        What to compare: elements, or None for the HAADF image. By default all elements.
    """

    moves_camera = False
    """Whether the mode chooses what the camera shows."""

    names_colours = False
    """Whether a picture that the mode adds shows elements in the colours of their fused layers."""

    adjusted = Signal(str, object)
    """Emitted with key and value when a setting was changed on the canvas."""

    interval: int | None = None
    """Milliseconds between two calls of `tick`; None for a mode without animation."""

    def __init__(
        self, viewer: ViewerModel, layers: LayerSet, channels: Sequence[Channel] | None = None
    ) -> None:
        self.viewer = viewer
        self.layers = layers
        self.channels = tuple(layers.elements() if channels is None else channels)
        self._view: ViewState | None = None
        self._own = HeldLayers[int](viewer)
        self._watched: list[tuple[weakref.ref[Layer], str, Callable[[], None]]] = []

    @property
    def is_on(self) -> bool:
        """Whether the mode has been entered and not left."""
        return self._view is not None

    @property
    def is_intact(self) -> bool:
        """Whether all layers that the mode added still exist."""
        return len(self.own_layers()) == len(self._own)

    def enter(self) -> None:
        """Change the view.

        Raises
        ------
        NothingToCompareError
            If layers are missing; the view is unchanged then.
        """
        self.leave()
        self._view = ViewState(self.viewer)
        try:
            self.show(self._view)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Restore the view."""
        if self._view is None:
            return
        for reference, event, follow in self._watched:
            watched = reference()
            if watched is not None:
                getattr(watched.events, event).disconnect(follow)
        self._watched.clear()
        for layer in self.own_layers():
            self.viewer.layers.remove(layer)
        self._own.clear()
        self._view.restore()
        self._view = None

    @abstractmethod
    def show(self, view: ViewState) -> None:
        """Change the view, through `view` only; or raise `NothingToCompareError`."""

    def tick(self) -> None:
        """Move on; called every `interval` milliseconds."""
        raise NotImplementedError

    def own_layers(self) -> list[Image]:
        """Layers that the mode added and that still exist."""
        return list(self._own.present().values())

    def pairs(self) -> list[Pair]:
        """The channels with both layers on the same pixels; raises if there is none."""
        found = list(pairs_of(self.layers, self.channels))
        if not found:
            raise NothingToCompareError("There is nothing fused to compare with: press Run first.")
        return found

    def add_image(
        self, image: Any, like: Image, note: LayerNote = _NOTE, **attributes: Any
    ) -> Image:
        """Add a layer that belongs to the mode, at the place of another one."""
        attributes = {**place_of(like), **attributes}
        layer: Image = self.viewer.add_image(image, metadata=note.to_metadata(), **attributes)
        self._own[len(self._own)] = layer
        return layer

    def show_only(self, view: ViewState, shown: Sequence[Layer], *, annotations: bool) -> None:
        """Hide all other images and, unless `annotations`, all other layers."""
        from napari.layers import Image

        for layer in list(self.viewer.layers):
            if layer in shown:
                view.change(layer, visible=True)
            elif layer.visible and (isinstance(layer, Image) or not annotations):
                view.change(layer, visible=False)

    def watch(self, layers: Iterable[Image], follow: Callable[[], None]) -> None:
        """Call `follow` whenever one of `layers` looks different, until the mode is left."""
        for layer in layers:
            for event in LOOKS:
                getattr(layer.events, event).connect(follow)
                self._watched.append((weakref.ref(layer), event, follow))

    def write(self, view: ViewState, words: str) -> None:
        """Write a line of text on the canvas."""
        view.change(text_of(self.viewer), text=words, visible=True)


def show_grid(view: ViewState, viewer: ViewerModel, shape: tuple[int, int]) -> None:
    """Show the lowest layers in a grid, row by row.

    Hidden layers take no cell in napari 0.9. In older versions they do, so they must be above the
    others: they are then assigned to cells that are already taken, and do not show.
    """
    view.change(grid_of(viewer), shape=shape, stride=1, spacing=_GAP)
    view.change(grid_of(viewer), enabled=True)
    fit_to_view(viewer)
