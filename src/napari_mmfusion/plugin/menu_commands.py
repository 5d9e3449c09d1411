"""What the plugin adds to napari's menus, beside the dock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import napari
from napari.layers import Image
from napari.utils.notifications import show_info
from qtpy.QtWidgets import QFileDialog

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.elements import is_haadf_name, symbol_in
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.io.opening import FORMATS
from napari_mmfusion.plugin.compatibility import fit_to_view
from napari_mmfusion.plugin.file_layers import add_file
from napari_mmfusion.plugin.layer_set import LayerSet
from napari_mmfusion.plugin.notices import report
from napari_mmfusion.plugin.save_panel import SavePanel

if TYPE_CHECKING:
    from napari.components import ViewerModel

_FILES: Final = f"HAADF image and maps ({' '.join(f'*{ending}' for ending in FORMATS)})"
_saving: set[SavePanel] = set()


def open_files() -> None:
    """Ask for files and open them, past napari's question which reader to use."""
    viewer = _viewer()
    chosen, _ = QFileDialog.getOpenFileNames(None, "Open a HAADF image with maps", "", _FILES)
    was_empty = not viewer.layers
    for path in chosen:
        try:
            add_file(viewer, path)
        except MMFusionError as error:
            report(error)
    if was_empty and viewer.layers:
        fit_to_view(viewer)


def save_results() -> None:
    """Ask for a folder and write the results of the fusion in the viewer there."""
    viewer = _viewer()
    panel = SavePanel(viewer, LayerSet(viewer))
    panel.ask_and_save()
    if panel.busy:  # it must live until its files are written
        _saving.add(panel)
        panel.background.done.connect(lambda _: _saving.discard(panel))


def colour_maps() -> None:
    """Show every layer whose name holds an element in that element's colour, over a gray HAADF."""
    layers = [layer for layer in _viewer().layers if isinstance(layer, Image) and not layer.rgb]
    haadf = [layer for layer in layers if is_haadf_name(layer.name)]
    symbols = {layer: symbol for layer in layers if (symbol := symbol_in(layer.name)) is not None}
    if not symbols:
        show_info("No layer has an element symbol in its name, such as Fe or Fe_K.")
        return
    colours = element_colours(list(dict.fromkeys(symbols.values())))
    for layer in haadf:
        layer.colormap = "gray"
    for layer, symbol in symbols.items():
        layer.colormap, layer.blending = colours[symbol], "additive"


def _viewer() -> ViewerModel:
    viewer: Any = napari.current_viewer()
    if viewer is None:
        raise MMFusionError("there is no napari window; open one first")
    return viewer
