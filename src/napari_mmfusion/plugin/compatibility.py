"""Where napari's versions differ; each difference is met here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari.components import ViewerModel


def show_scale_bar(viewer: ViewerModel, unit: str) -> None:
    """Show the scale bar, for layers in this unit of length.

    Napari 0.9 moved it to the canvas. From 0.8 on it takes the unit from the layers; before, it
    must be told.
    """
    overlays = getattr(getattr(viewer, "canvas", None), "overlays", None)
    bar = viewer.scale_bar if overlays is None else overlays.scale_bar
    if "unit" in type(bar).model_fields:
        bar.unit = unit
    bar.visible = True


def fit_to_view(viewer: ViewerModel) -> None:
    """Zoom so that all layers are seen; called ``reset_view`` before napari 0.9."""
    fit = getattr(viewer, "fit_to_view", None) or viewer.reset_view
    fit()
