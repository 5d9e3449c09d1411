"""Which groups of a file hold the images: one, or several that complete one another."""

from __future__ import annotations

from collections.abc import Sequence

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Argument, Text
from napari_mmfusion.io.item_roles import read_items
from napari_mmfusion.io.items import Item
from napari_mmfusion.io.naming import listed


def in_one_group(items: Sequence[Item], group: str | None) -> list[Item]:
    """The items of `group`, of the only group with a HAADF image and maps, or of all together.

    Raises
    ------
    MMFusionReadError
        If several groups hold a HAADF image with maps.
    """
    readings = read_items(items)
    roles = [reading.role for reading in readings]
    used = [item.is_image and role is not None for item, role in zip(items, roles, strict=True)]
    if not any(used):
        used = [role is not None for role in roles]
    if not any(used):
        used = [True] * len(items)
    holders = {item.group for item, is_used in zip(items, used, strict=True) if is_used}
    named = None if group is None else group.strip("/")
    if named in holders:
        holders = {named}
    groups = [item.group for item in items]
    haadfs = {name for name, role in zip(groups, roles, strict=True) if role == HAADF}
    maps = {name for name, role in zip(groups, roles, strict=True) if role not in (None, HAADF)}
    complete = sorted(holders & haadfs & maps)
    if len(complete) > 1:
        names = listed(name or "/" for name in complete)
        raise MMFusionReadError(
            Text(
                "several groups hold images: {}; choose one of them with {}",
                names,
                Argument("group", value="..."),
            )
        )
    chosen = set(complete) or holders
    return [item for item in items if item.group in chosen]
