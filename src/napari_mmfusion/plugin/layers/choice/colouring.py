"""Colours for maps of other readers, which show them in gray."""

from __future__ import annotations

import weakref
from typing import Any, Final

from napari.layers import Image

from napari_mmfusion.colours import element_colours
from napari_mmfusion.plugin.layers.choice.first_view import show_first
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.looks.look import is_gray

_LOOK: Final = ("colormap", "blending", "opacity", "visible", "contrast_limits")


class Colouring:
    """Gives gray maps the colours of their elements, and takes them back."""

    def __init__(self, choice: DataChoice) -> None:
        self._choice = choice
        self._asked: weakref.WeakSet[Any] = weakref.WeakSet()
        self._before: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()

    def gray_maps(self) -> dict[str, Image]:
        """The maps to fuse that are gray, except those whose colours were taken back."""
        maps = {row.symbol: row.layer for row in self._choice.chosen() if row.layer is not None}
        return {
            symbol: layer
            for symbol, layer in maps.items()
            if symbol and is_gray(layer) and layer not in self._asked
        }

    def can_undo(self) -> bool:
        """Whether maps have colours from here."""
        return any(row.layer in self._before for row in self._choice.rows if row.layer is not None)

    def apply(self) -> None:
        """Show all gray maps in the colours of their elements, over the HAADF image."""
        symbols = [row.symbol for row in self._choice.chosen()]
        colours = element_colours(symbols)
        haadf = self._choice.haadf
        maps = self.gray_maps()
        for layer in ([] if haadf is None else [haadf]) + list(maps.values()):
            self._before[layer] = {name: getattr(layer, name) for name in _LOOK}
        for symbol, layer in maps.items():
            layer.colormap, layer.blending = colours[symbol], "additive"
        show_first(haadf, list(maps.values()))

    def undo(self) -> None:
        """Show the maps as they were before."""
        for layer, look in list(self._before.items()):
            for name, value in look.items():
                setattr(layer, name, value)
            self._asked.add(layer)
        self._before.clear()
