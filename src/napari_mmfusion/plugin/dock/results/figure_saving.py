"""The figure of what the canvas shows, and the dialog for its file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qtpy.QtWidgets import QFileDialog, QWidget

from napari_mmfusion.io.endings import PNG, TIFF
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.compare.figure.view_figure import FORMATS, save_view
from napari_mmfusion.plugin.layers.calibration import unit_symbol
from napari_mmfusion.plugin.qt.canvas import picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from napari.components import ViewerModel

_FILTERS: Final = {"PNG image (*.png)": PNG, "TIFF image (*.tif *.tiff)": TIFF[0]}
"""File types that the dialog offers, and the ending that is added to a name without one."""
_NAME: Final = "figure.png"


def figure_name(data: str) -> str:
    """The name that is offered for the figure of a data set, given its file or name.

    Examples
    --------
    >>> figure_name("scans/Co3O4.h5"), figure_name("")
    ('Co3O4_figure.png', 'figure.png')
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


def view_to(file: Path, viewer: ViewerModel, legend: Mapping[str, str]) -> Callable[[], Path]:
    """A function that writes what the canvas shows now, with these colours named below it."""
    picture = picture_of(viewer)
    units = [unit_symbol(layer.units[-1]) for layer in viewer.layers if layer.visible]
    return partial(
        save_view,
        file,
        picture.image,
        colours=legend,
        pixel_size=picture.pixel_size,
        unit=units[0],
    )
