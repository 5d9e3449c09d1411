"""The overlay figure of what the viewer shows, and the dialog for its file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qtpy.QtWidgets import QFileDialog, QWidget

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io.endings import PNG, TIFF
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.compare.overlay_figure import FORMATS, save_overlay
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.look import colour_of
from napari_mmfusion.plugin.layers.names import HAADF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FILTERS: Final = {"PNG image (*.png)": PNG, "TIFF image (*.tif *.tiff)": TIFF[0]}
"""File types that the dialog offers, and the ending that is added to a name without one."""
_NAME: Final = "overlay.png"


def figure_name(data: str) -> str:
    """The name that is offered for the figure of a data set, given its file or name.

    Examples
    --------
    >>> figure_name("scans/Co3O4.h5"), figure_name("")
    ('Co3O4_overlay.png', 'overlay.png')
    """
    stem = safe_name(Path(data).stem) if data else ""
    return f"{stem}_{_NAME}" if stem else _NAME


def ask_for_figure(parent: QWidget, first: Path, title: str) -> tuple[Path | None, bool]:
    """Ask for a file, `first` being offered; None if the dialog is cancelled.

    Returns
    -------
    file : Path or None
        The file, with an ending.
    asked : bool
        Whether the dialog has already asked about replacing a file of this name.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, str(first), ";;".join(_FILTERS))
    if not name:
        return None, False
    file = Path(name)
    if file.suffix.lower() in FORMATS:
        return file, True
    return file.with_name(file.name + _FILTERS.get(kind, PNG)), False


def overlay_to(
    file: Path, result: FusionResult, layers: LayerSet, look: Mapping[str, Any]
) -> Callable[[], Path]:
    """A function that writes the figure of a result, in the present colours of its layers.

    `look` holds further arguments of `overlay_figure.draw_overlay`.
    """
    fused = {name: layer for name in result.maps if (layer := layers.fused(name)) is not None}
    shown = dict(fused)
    haadf = layers.measured(None)
    if haadf is not None:
        shown[HAADF] = haadf
    return partial(
        save_overlay,
        file,
        result.data.haadf,
        dict(result.maps),
        colours={name: colour_of(layer) for name, layer in fused.items()},
        limits={name: tuple(map(float, layer.contrast_limits)) for name, layer in shown.items()},
        pixel_size=result.data.pixel_size,
        unit=result.data.unit,
        **look,
    )
