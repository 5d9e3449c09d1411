"""The commands that the plugin adds to napari's menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import napari
from napari.layers import Image
from napari.utils.notifications import show_info

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.names.reading import read_names
from napari_mmfusion.plugin.dock.data.file_loader import FileLoader
from napari_mmfusion.plugin.dock.open_docks import docks_of
from napari_mmfusion.plugin.dock.results.save_panel import SavePanel
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.components import ViewerModel

_at_work: set[FileLoader | SavePanel] = set()
"""Kept alive until their files are read or written."""


def open_files() -> None:
    """Ask for files and open them without the dialog in which napari asks for a reader."""
    loader = FileLoader(_viewer())
    loader.finished.connect(lambda: _at_work.discard(loader))
    loader.ask()
    if loader.busy:
        _at_work.add(loader)


def save_results() -> None:
    """Ask for a folder and write the results of the fusion in the viewer there."""
    viewer = _viewer()
    docks = docks_of(viewer)
    # A dock knows which data set is chosen, and whether its result is out of date.
    panel = docks[-1].save if docks else SavePanel(viewer, LayerSet(viewer))
    panel.ask_and_save()
    if panel.busy:
        _at_work.add(panel)
        panel.task.done.connect(lambda _: _at_work.discard(panel))


def colour_maps() -> None:
    """Show every layer whose name holds an element in that element's colour, over a gray HAADF."""
    layers = [layer for layer in _viewer().layers if _is_map_or_haadf(layer)]
    roles = [reading.role for reading in read_names([layer.name for layer in layers])]
    haadf = [layer for layer, role in zip(layers, roles, strict=True) if role == HAADF]
    symbols = {
        layer: role
        for layer, role in zip(layers, roles, strict=True)
        if role is not None and role != HAADF
    }
    if not symbols:
        show_info("No layer has an element symbol in its name, such as Fe or Fe_K.")
        return
    colours = element_colours(list(dict.fromkeys(symbols.values())))
    for layer in haadf:
        layer.colormap = "gray"
    for layer, symbol in symbols.items():
        layer.colormap, layer.blending = colours[symbol], "additive"


def _is_map_or_haadf(layer: object) -> bool:
    """Whether a layer is an image as measured or fused, and no picture of a trust tool."""
    note = LayerNote.of(layer)
    return isinstance(layer, Image) and not layer.rgb and (note.is_result or not note.is_output)


def _viewer() -> ViewerModel:
    viewer: Any = napari.current_viewer()
    if viewer is None:
        raise MMFusionError("there is no napari window; open one first")
    return viewer
