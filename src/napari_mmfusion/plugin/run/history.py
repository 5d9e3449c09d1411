"""Every iteration of a run as a stack to scroll through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layers.layer_data import METADATA_KEY
from napari_mmfusion.plugin.layers.layer_set import LayerSet

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

MOST_BYTES = 1 << 31


def require_room(pixels: int, n_maps: int, n_iter: int) -> None:
    """Refuse a history that would fill the memory.

    Raises
    ------
    MMFusionDataError
        If all iterations together take more than `MOST_BYTES`.
    """
    needed = 4 * pixels * n_maps * n_iter
    if needed > MOST_BYTES:
        raise MMFusionDataError(
            f"keeping {n_iter} iterations would take {needed / 1e9:.1f} GB; switch off 'Keep"
            f" iterations', or lower the number of iterations to {MOST_BYTES // (needed // n_iter)}"
        )


def add_history(
    viewer: ViewerModel, layers: LayerSet, history: Mapping[str, FloatImage]
) -> Iterator[None]:
    """Add a layer (iteration, y, x) for each map, beside the fused one; one in each step."""
    for element, stack in history.items():
        fused = layers.fused(element)
        if fused is None:
            continue
        name = f"{safe_name(element)} iterations"
        old = next((layer for layer in viewer.layers if layer.name == name), None)
        if old is not None and _is_history(old):
            viewer.layers.remove(old)
        viewer.add_image(
            stack,
            name=name,
            metadata={METADATA_KEY: {"role": "history", "element": element}},
            colormap=fused.colormap,
            blending=fused.blending,
            contrast_limits=fused.contrast_limits,
            **_with_iterations(fused),
        )
        fused.visible = False
        yield


def _is_history(layer: Any) -> bool:
    ours = layer.metadata.get(METADATA_KEY)
    return isinstance(ours, dict) and ours.get("role") == "history"


def _with_iterations(layer: Image) -> dict[str, Any]:
    """The geometry of a layer with an axis for iterations before its own."""
    return {
        "scale": (1.0, *layer.scale),
        "translate": (0.0, *layer.translate),
        "units": ("pixel", *layer.units),
        "axis_labels": ("iteration", *layer.axis_labels),
    }
