"""What the arrays of a file are used as: their names, read together."""

from __future__ import annotations

from collections.abc import Sequence

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.names.reading import Reading
from napari_mmfusion.core.names.roles import read_images
from napari_mmfusion.io.items import Item
from napari_mmfusion.io.layout import FUSED
from napari_mmfusion.io.naming import printable


def read_items(items: Sequence[Item], *, together: bool = False) -> tuple[Reading, ...]:
    """What the name of each array says, those of one group or of all being read together."""
    groups: dict[str, list[int]] = {}
    for k, item in enumerate(items):
        groups.setdefault("" if together else item.group, []).append(k)
    readings: list[Reading] = [Reading(item.name, None, "") for item in items]
    for places in groups.values():
        # Names that the file explains, or that this program gave, say nothing about the others.
        free = [k for k in places if not _stated(items[k])]
        found = read_images([items[k].name for k in free], [shape_of(items[k]) for k in free])
        for k, reading in zip(free, found, strict=True):
            readings[k] = reading
        for k in places:
            readings[k] = _stated(items[k]) or readings[k]
    return tuple(readings)


def shape_of(item: Item) -> tuple[int, ...] | None:
    """The shape of an array; None for what may be an image but cannot be read."""
    return None if item.problem and len(item.shape or (0, 0)) > 1 else item.shape


def is_computed(item: Item) -> bool:
    """Whether a fusion or simulation made an array, also one of the published tutorial."""
    return item.computed or item.name.startswith(FUSED)


def _stated(item: Item) -> Reading | None:
    """The role of an array that has one whatever its name says."""
    if item.element is not None:
        reason = f"saved as the measured map of {printable(item.element)}"
        # A map of this name is no HAADF image; `FusionDataset` says what to do.
        role = item.element if item.element != HAADF else f"map {HAADF}"
        return Reading(item.name, role, reason)
    if item.name.startswith(FUSED):
        return Reading(item.name, None, "fused image of a result, not measured")
    if is_computed(item):
        return Reading(item.name, None, "part of a result, not measured")
    return None
