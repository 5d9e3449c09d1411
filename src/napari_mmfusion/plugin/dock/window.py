"""A window of napari that shows a file, with the dock beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import napari
from qtpy.QtCore import QEventLoop
from qtpy.QtWidgets import QApplication

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.io.formats import PathOrPaths, as_list
from napari_mmfusion.plugin.compare.modes.grid import GRID
from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import show_layers
from napari_mmfusion.plugin.layers.results.file_layers import file_layers
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view

NAME = "Multi-modal fusion"

_PICTURE_SIZE = (1500, 920)


def open_window(
    path: PathOrPaths,
    *,
    run: bool = False,
    screenshot: str | os.PathLike[str] | None = None,
    **options: Any,
) -> None:
    """Show a file and the dock in a new window, until the window is closed.

    Parameters
    ----------
    path : str, path or sequence of them
        File, folder or files to show, which `napari_mmfusion.load` reads.
    run : bool
        Fuse the maps at once, as the Run button does.
    screenshot : str or path, optional
        Save a picture of the window to this file, as PNG, and close the window at once. With
        `run` the picture shows the result, measured maps above fused ones.
    **options
        Further arguments of `napari_mmfusion.load`.

    Raises
    ------
    MMFusionReadError
        If the file cannot be read.
    MMFusionError
        If there is no display.
    """
    layers = file_layers(path, **options)
    _require_screen()
    paths = [Path(each) for each in as_list(path)]
    viewer = napari.Viewer(title=(paths[0] if len(paths) == 1 else paths[0].parent).name)
    show_layers(viewer, layers)
    dock = open_dock(viewer)
    if screenshot is None:
        if run:
            dock.run()
        napari.run()
        return
    try:
        viewer.window.resize(*_PICTURE_SIZE)
        if run:
            _run_to_the_end(dock)
            dock.compare.mode.value = GRID.title
        QApplication.processEvents()  # the canvas takes its final size
        fit_to_view(viewer)
        viewer.window.screenshot(os.fspath(screenshot), canvas_only=False, flash=False)
    finally:
        viewer.close()


def open_dock(viewer: napari.Viewer) -> FusionWidget:
    """Add the dock widget to a viewer, with the keyboard focus on Run."""
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name=NAME, area="right")
    widget.run_panel.run_button.native.setFocus()
    return widget


def _run_to_the_end(dock: FusionWidget) -> None:
    loop = QEventLoop()
    ended: list[bool] = []  # a run that cannot start ends before the loop begins

    def end() -> None:
        ended.append(True)
        loop.quit()

    dock.session.finished.connect(end)
    dock.run()
    if dock.session.busy and not ended:
        loop.exec()
    dock.session.finished.disconnect(end)
    while dock.session.unsettled:
        QApplication.processEvents()


def _require_screen() -> None:
    """Raise if there is no display, where Qt would end the whole process."""
    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in variables):
        raise MMFusionError(
            "there is no screen to open a window on; log in with a desktop or put xvfb-run"
            " before the command"
        )
