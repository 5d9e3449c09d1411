"""Finds the HAADF image and the chemical maps among the arrays of a file, by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.names.reading import is_haadf_name, symbol_in
from napari_mmfusion.io.items import Item
from napari_mmfusion.io.layout import FUSED
from napari_mmfusion.io.naming import listed, printable, quoted, sized


@dataclass(frozen=True, eq=False)
class Selection:
    """The arrays to read: the HAADF image, and the maps under the names they will have."""

    haadf: Item
    maps: dict[str, Item]

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, the HAADF image first."""
        return self.haadf, *self.maps.values()


def role_of(item: Item) -> str | None:
    """``"HAADF"``, an element symbol or None, according to the name of `item` alone."""
    return _role_and_reason(item)[0]


def reason_for_role(item: Item) -> str:
    """Why `role_of` returns this role, in a few words."""
    return _role_and_reason(item)[1]


def _role_and_reason(item: Item) -> tuple[str | None, str]:
    if item.element is not None:
        return item.element, f"saved as the measured map of {printable(item.element)}"
    if item.name.startswith(FUSED):
        return None, "fused image of a result, not measured"
    if is_haadf_name(item.name):
        return HAADF, "its name is one of a HAADF image"
    symbol = symbol_in(item.name)
    if symbol is not None:
        return symbol, f"its name holds the symbol {symbol}"
    return None, "its name holds no single element symbol"


def select(
    items: Sequence[Item],
    *,
    elements: Sequence[str] | None = None,
    haadf: str | None = None,
    group: str | None = None,
) -> Selection:
    """Find the HAADF image and the maps, and check that they have one shape.

    Parameters
    ----------
    items : sequence of Item
        Arrays of the file.
    elements : sequence of str, optional
        Maps to take, by element symbol or by name in the file, in this order.
    haadf : str, optional
        Name of the HAADF image in the file.
    group : str, optional
        Group to take the images from.

    Returns
    -------
    Selection

    Raises
    ------
    MMFusionReadError
        If something is missing, ambiguous, unreadable or of the wrong shape.
    """
    items = _in_one_group(items, group)
    chosen_haadf = _find_haadf(items, haadf)
    rest = [item for item in items if item is not chosen_haadf]
    maps = _all_maps(rest) if elements is None else _named_maps(rest, elements)
    selection = Selection(chosen_haadf, maps)
    _require_readable(selection)
    _require_one_shape(selection)
    return selection


def _in_one_group(items: Sequence[Item], group: str | None) -> list[Item]:
    """The items of `group`, or of the only group that holds images."""
    tests: tuple[Callable[[Item], bool], ...] = (
        lambda item: item.is_image and role_of(item) is not None,
        lambda item: role_of(item) is not None,
        lambda _: True,
    )
    for holds_images in tests:
        groups = sorted({item.group for item in items if holds_images(item)})
        if group is not None and group.strip("/") in groups:
            groups = [group.strip("/")]
        if len(groups) > 1:
            names = listed(name or "/" for name in groups)
            raise MMFusionReadError(
                f"several groups hold images: {names}; choose one of them with group=..."
            )
        if groups:
            return [item for item in items if item.group == groups[0]]
    return []


def _find_haadf(items: list[Item], name: str | None) -> Item:
    if name is not None:
        named = [item for item in items if item.name == name]
        if not named:
            raise MMFusionReadError(
                f"no image {quoted(name)} to use as HAADF; {_list_arrays(items)};"
                " give haadf=... one of these names"
            )
        return named[0]
    candidates = [
        item for item in items if item.name == HAADF and item.element is None
    ] or _images_first([item for item in items if item.element is None and role_of(item) == HAADF])
    if not candidates:
        raise MMFusionReadError(
            f"no HAADF image found; {_list_arrays(items)};"
            " name the image 'HAADF', or tell which one it is with haadf=..."
        )
    if len(candidates) > 1:
        raise MMFusionReadError(
            f"several images may be the HAADF: {_names(candidates)}; choose one with haadf=..."
        )
    return candidates[0]


def _all_maps(items: list[Item]) -> dict[str, Item]:
    maps = {
        symbol: _only_one(symbol, candidates) for symbol, candidates in _by_symbol(items).items()
    }
    if not maps:
        raise MMFusionReadError(
            f"no chemical map found; {_list_arrays(items)}; name each map after its element"
            " (such as 'Fe'), or tell which ones are maps with elements=[...]"
        )
    return maps


def _named_maps(items: list[Item], names: Sequence[str]) -> dict[str, Item]:
    if not names:
        raise MMFusionReadError(
            f"elements is empty; {_list_arrays(items)}; name at least one of these"
        )
    symbols = _by_symbol(items)
    maps: dict[str, Item] = {}
    for name in names:
        named = [item for item in items if item.name == name]
        if not named and name not in symbols:
            raise MMFusionReadError(
                f"no chemical map {quoted(name)}; {_list_arrays(items)};"
                " give elements=[...] symbols or names of these"
            )
        item = named[0] if named else _only_one(name, symbols[name])
        key = item.element or symbol_in(item.name) or item.name
        if key in maps:
            raise MMFusionReadError(
                f"{quoted(maps[key].name)} and {quoted(item.name)} are both chosen for"
                f" {quoted(key)}; name only one of them in elements=[...]"
            )
        maps[key] = item
    return maps


def _by_symbol(items: list[Item]) -> dict[str, list[Item]]:
    symbols: dict[str, list[Item]] = {}
    for item in items:
        role = role_of(item)
        if role is not None and (role != HAADF or item.element is not None):
            symbols.setdefault(role, []).append(item)
    return symbols


def _only_one(symbol: str, candidates: list[Item]) -> Item:
    candidates = _images_first(candidates)
    if len(candidates) > 1:
        raise MMFusionReadError(
            f"{_names(candidates)} all stand for {quoted(symbol)};"
            " choose one by its name with elements=[...]"
        )
    return candidates[0]


def _images_first(candidates: list[Item]) -> list[Item]:
    """The images among the candidates, if any: a map 'Co_K' is preferred to a spectrum 'Co'."""
    return [item for item in candidates if item.is_image] or candidates


def _require_readable(selection: Selection) -> None:
    for item in selection.items:
        if item.problem:
            raise MMFusionReadError(f"{quoted(item.name)}: {item.problem}")


def _require_one_shape(selection: Selection) -> None:
    shapes = {item.shape for item in selection.items}
    if len(shapes) == 1 and selection.haadf.is_image:
        return
    every = ", ".join(
        f"{quoted(item.name)} is {sized(item.shape or ())}" for item in selection.items
    )
    raise MMFusionReadError(
        f"expected two-dimensional images of one shape (rows x columns), but {every}; crop or"
        " resample them to one grid, or choose other images with elements=[...] and haadf=..."
    )


def _list_arrays(items: list[Item]) -> str:
    return f"the file holds {_names(items)}" if items else "the file holds no arrays"


def _names(items: list[Item]) -> str:
    return listed(item.name for item in items)
