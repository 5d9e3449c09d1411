"""A window of napari that shows a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import napari

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.io import load
from napari_mmfusion.plugin.compatibility import fit_to_view
from napari_mmfusion.plugin.layers import add_layers

__all__ = ["add_layers", "open_window"]

_PICTURE_SIZE = (1280, 860)


def open_window(
    path: str | os.PathLike[str],
    *,
    screenshot: str | os.PathLike[str] | None = None,
    **options: Any,
) -> None:
    """Show a file in a window of its own, until the window is closed.

    Parameters
    ----------
    path : str or path
        File to show.
    screenshot : str or path, optional
        Do not wait: save a picture of the window there, as PNG, and close it.
    **options
        Further arguments of `napari_mmfusion.load`.

    Raises
    ------
    MMFusionReadError
        If the file cannot be read.
    MMFusionError
        If there is no screen.
    """
    data = load(path, **options)
    _require_screen()
    viewer = napari.Viewer(title=Path(path).name)
    add_layers(viewer, data, str(Path(path).resolve()))
    if screenshot is None:
        napari.run()
        return
    try:
        viewer.window.resize(*_PICTURE_SIZE)
        fit_to_view(viewer)
        viewer.window.screenshot(os.fspath(screenshot), canvas_only=False, flash=False)
    finally:
        viewer.close()


def _require_screen() -> None:
    """Without a screen Qt would end the whole process, with a message about its plugins."""
    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in variables):
        raise MMFusionError(
            "there is no screen to open a window on; log in with a desktop or put xvfb-run"
            " before the command"
        )
