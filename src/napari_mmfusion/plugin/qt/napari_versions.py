"""All code that depends on the version of napari."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QLabel

if TYPE_CHECKING:
    from napari.components import ViewerModel


def show_scale_bar(viewer: ViewerModel, unit: str) -> None:
    """Show the scale bar, for layers in this unit of length.

    From napari 0.8 on it takes the unit from the layers; earlier versions must be given it.
    """
    bar = scale_bar_of(viewer)
    if "unit" in type(bar).model_fields:
        bar.unit = unit
    bar.visible = True


def scale_bar_of(viewer: ViewerModel) -> Any:
    """The scale bar, which napari 0.9 moved to the canvas."""
    overlays = getattr(getattr(viewer, "canvas", None), "overlays", None)
    return viewer.scale_bar if overlays is None else overlays.scale_bar


def fit_to_view(viewer: ViewerModel) -> None:
    """Zoom so that all layers are visible; called ``reset_view`` before napari 0.9."""
    fit = getattr(viewer, "fit_to_view", None) or viewer.reset_view
    fit()


def camera_of(viewer: ViewerModel) -> Any:
    """The camera, which napari 0.9 moved to the scene."""
    return getattr(viewer, "scene", viewer).camera


def grid_of(viewer: ViewerModel) -> Any:
    """The grid of layers, which napari 0.9 moved to the canvas."""
    return getattr(viewer, "canvas", viewer).grid


def text_of(viewer: ViewerModel) -> Any:
    """The line of text in the canvas, which napari 0.9 moved to the canvas."""
    overlays = getattr(getattr(viewer, "canvas", None), "overlays", None)
    return viewer.text_overlay if overlays is None else overlays.text


def name_first_axis(viewer: ViewerModel, name: str) -> None:
    """Write `name` beside the slider of the first axis; before 0.9 napari ignores the layers."""
    first, *others = viewer.dims.axis_labels
    if first != name:
        viewer.dims.axis_labels = (name, *others)


def size_of_a_view(viewer: ViewerModel) -> tuple[float, float]:
    """Height and width in screen pixels of the canvas, or of one cell of the grid."""
    canvas = getattr(viewer, "canvas", None)
    if canvas is not None and hasattr(canvas, "viewbox_size"):
        height, width = canvas.viewbox_size(viewer.layers)
        return float(height), float(width)
    height, width = viewer._canvas_size
    rows, columns = viewer.grid.actual_shape(len(viewer.layers))
    return height / rows, width / columns


def unwrap(proxy: Any) -> Any:
    """The object inside one of the proxies napari hands to plugins, or the object itself.

    Proxies create a new proxy of a layer at every access, so that layers could neither be compared
    by identity nor held weakly.
    """
    return getattr(proxy, "__wrapped__", proxy)


def is_open(viewer: ViewerModel) -> bool:
    """Whether the viewer's window is still open; always true without a window."""
    if not hasattr(viewer, "window"):
        return True
    try:
        viewer.window._qt_window.objectName()  # any call that fails on a deleted window
    except (AttributeError, RuntimeError):
        return False
    return True


def stop_spinner(viewer: ViewerModel) -> None:
    """Stop the spinner in the status bar beside napari's progress bars.

    Each of its frames repaints the whole window, which without a graphics card blocks all else.
    Napari hides the spinner at the end, and starts it again with the next bar.
    """
    window = getattr(getattr(viewer, "window", None), "_qt_window", None)
    for label in window.statusBar().findChildren(QLabel) if window is not None else ():
        if label.movie() is not None:
            label.movie().stop()


def scene_canvas(viewer: ViewerModel) -> Any | None:
    """The vispy canvas of the viewer's window, or None without a window."""
    qt_viewer = getattr(getattr(viewer, "window", None), "_qt_viewer", None)
    return getattr(getattr(qt_viewer, "canvas", None), "_scene_canvas", None)
