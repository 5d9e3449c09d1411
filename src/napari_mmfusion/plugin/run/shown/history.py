"""Every iteration of a run, as stacks with a slider."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layers.calibration import place_of_stack
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import history_name
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.layers.results.kept_results import is_renamed, name_output

if TYPE_CHECKING:
    from napari.components import ViewerModel

MOST_BYTES = 1 << 31


def require_room(pixels: int, n_maps: int, n_iter: int) -> None:
    """Raise if a history would fill the memory.

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
    viewer: ViewerModel,
    layers: LayerSet,
    history: Mapping[str, FloatImage],
    place: Callable[[Any, str], None] = lambda *_: None,
) -> Iterator[None]:
    """Add a layer (iteration, y, x) for each fused map, one in each step.

    `place` is called with every layer that is added, and its data set.
    """
    for element, stack in history.items():
        fused = layers.fused(element)
        if fused is None:
            continue
        for old in _earlier_stacks(viewer, layers.reading, element):
            viewer.layers.remove(old)
        note = replace(LayerNote.of(fused), role=Role.HISTORY).without_costs()
        added = viewer.add_image(
            stack,
            name=history_name(safe_name(element)),
            metadata=note.to_metadata(),
            colormap=fused.colormap,
            blending=fused.blending,
            contrast_limits=fused.contrast_limits,
            **place_of_stack(fused, "iteration"),
        )
        name_output(added, added.name)
        place(added, layers.reading)
        fused.visible = False
        yield


def _earlier_stacks(viewer: ViewerModel, reading: str, element: str) -> list[Any]:
    """The stacks of this map from earlier runs, except those that a person renamed."""
    return [
        layer
        for layer in viewer.layers
        if (note := LayerNote.of(layer)).role is Role.HISTORY
        and ((note.reading or ""), note.element) == (reading, element)
        and not is_renamed(layer)
    ]
