"""The dock in a viewer that we opened ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mmfusion.plugin.widget import FusionWidget

if TYPE_CHECKING:
    import napari.viewer

NAME = "Multi-modal fusion"


def open_dock(viewer: napari.viewer.Viewer) -> FusionWidget:
    """Add the dock widget to a viewer, with the keyboard on Run."""
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name=NAME, area="right")
    widget.run_panel.run_button.native.setFocus()
    return widget
