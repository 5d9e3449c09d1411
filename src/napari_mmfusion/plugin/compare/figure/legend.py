"""Which colour stands for which image, for a legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from napari.layers import Image

from napari_mmfusion.plugin.layers.looks.look import colour_of, is_gray
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

if TYPE_CHECKING:
    from napari.layers import Layer

_IN_COLOUR_OF_THEIR_OWN: Final = (Role.MEASURED, Role.FUSED, Role.KEPT, Role.HISTORY)


def legend_of(layers: Iterable[Layer], named: Iterable[Image | None] = ()) -> dict[str, str]:
    """Names and colours of the visible images among `layers`, lowest first, and of those `named`.

    Layers of elements and of the HAADF image are called after these, whatever their names. A gray
    map and a layer of another kind name no colour.
    """
    colours: dict[str, str] = {}
    for layer in (*(layer for layer in layers if layer.visible), *named):
        note = LayerNote.of(layer)
        if not isinstance(layer, Image) or note.role not in _IN_COLOUR_OF_THEIR_OWN:
            continue
        if note.element is None:
            colours.setdefault(HAADF, colour_of(layer))
        elif not is_gray(layer):
            colours.setdefault(note.element, colour_of(layer))
    return colours
