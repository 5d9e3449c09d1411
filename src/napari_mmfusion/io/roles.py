"""Finds the HAADF image and the chemical maps among the arrays of a file, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.names.candidates import written_symbol
from napari_mmfusion.core.names.reading import symbol_in
from napari_mmfusion.core.names.roles import find_roles, is_transposed
from napari_mmfusion.core.reader_notes import ReaderNotes
from napari_mmfusion.core.wording import Argument, Remedy, Text
from napari_mmfusion.io.groups import in_one_group
from napari_mmfusion.io.images import as_images
from napari_mmfusion.io.item_roles import is_computed, read_items, shape_of
from napari_mmfusion.io.items import Item, distinct_names
from napari_mmfusion.io.layout import RECONSTRUCTION
from napari_mmfusion.io.naming import listed, printable, quoted, sized

_HAADF: Final = Argument("haadf", value="...")
_ELEMENTS: Final = Argument("elements", value="[...]")


@dataclass(frozen=True, eq=False)
class Selection:
    """The arrays to read: the HAADF image, and the maps under the names they will have.

    Attributes
    ----------
    haadf : Item
    maps : dict of str to Item
    reader_notes : ReaderNotes
        Which elements were guessed, and which images are left out.
    """

    haadf: Item
    maps: dict[str, Item]
    reader_notes: ReaderNotes = field(default_factory=ReaderNotes)

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, the HAADF image first."""
        return self.haadf, *self.maps.values()


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
    choice = _Choice(in_one_group(as_images(items), group))
    choice.find_haadf(haadf)
    maps = choice.all_maps() if elements is None else choice.named_maps(elements)
    selection = Selection(choice.haadf, maps, choice.reader_notes(maps, elements is not None))
    _require_readable(selection)
    _require_one_shape(selection)
    return selection


class _Choice:
    """The arrays of one group, and what is chosen of them."""

    def __init__(self, items: list[Item]) -> None:
        self._items = items
        self._readings = read_items(items, together=True)
        self._shapes = [shape_of(item) for item in items]
        self._names = distinct_names(items)

    def find_haadf(self, name: str | None) -> None:
        """Find the HAADF image, by the name that a person gave or by its own."""
        if name is not None:
            named = self._named(name)
            if not named:
                raise MMFusionReadError(
                    Text(
                        "no image {} to use as HAADF; {}; give {} one of these names",
                        quoted(name),
                        self._list_arrays(),
                        _HAADF,
                    )
                )
            place = self._only_named(name, named, _HAADF)
            self._roles = find_roles(self._readings, self._shapes, place)
            return
        self._roles = find_roles(self._readings, self._shapes)
        found = self._roles.haadf
        if not found and self._items and all(map(is_computed, self._items)):
            raise MMFusionReadError(
                Text(
                    "holds fused images, which are no measurements; give the measured images, or"
                    " the {} of the result",
                    RECONSTRUCTION,
                )
            )
        if not found:
            raise MMFusionReadError(
                Text(
                    "no HAADF image found; {}; name the image 'HAADF', or tell which one it is"
                    " with {}",
                    self._list_arrays(),
                    _HAADF,
                )
            )
        if len(found) > 1:
            raise MMFusionReadError(
                Text(
                    "several images may be the HAADF: {}; choose one with {}",
                    self._list(found),
                    _HAADF,
                )
            )

    @property
    def haadf(self) -> Item:
        """The HAADF image."""
        return self._items[self._roles.haadf[0]]

    def all_maps(self) -> dict[str, Item]:
        """The map of every element."""
        maps = {
            self._key(places[0]): self._only_one(symbol, places)
            for symbol, places in self._roles.maps.items()
        }
        if not maps:
            self._require_map_of_shape()
            raise MMFusionReadError(
                Text(
                    "no chemical map found; {}; name each map after its element (such as 'Fe'), or"
                    " tell which ones are maps with {}",
                    self._list_arrays(but_haadf=True),
                    _ELEMENTS,
                )
            )
        return maps

    def _require_map_of_shape(self) -> None:
        """If there are maps by their names alone, say which shapes they are of."""
        roles = [r.role or symbol_in(r.name) for r in self._readings]
        others = {
            str(role): item
            for item, role in zip(self._items, roles, strict=True)
            if role not in (None, HAADF) and not is_computed(item)
        }
        if others and self.haadf not in others.values():
            _require_one_shape(Selection(self.haadf, others))

    def named_maps(self, names: Sequence[str]) -> dict[str, Item]:
        """The maps that a person named."""
        if not names:
            raise MMFusionReadError(
                Text(
                    "{} is empty; {}; name at least one of these",
                    Argument("elements"),
                    self._list_arrays(but_haadf=True),
                )
            )
        maps: dict[str, Item] = {}
        for name in self._split(names):
            named = [k for k in self._named(name) if k != self._roles.haadf[0]]
            if not named and name not in self._roles.maps:
                raise MMFusionReadError(
                    Text(
                        "no chemical map {}; {}; give {} symbols or names of these",
                        quoted(name),
                        self._list_arrays(but_haadf=True),
                        _ELEMENTS,
                    )
                )
            item = (
                self._items[self._only_named(name, named, _ELEMENTS)]
                if named
                else self._only_one(name, self._roles.maps[name])
            )
            key = self._key(self._items.index(item))
            if key in maps:
                raise MMFusionReadError(
                    Text(
                        "{} and {} are both chosen for {}; name only one of them in {}",
                        quoted(maps[key].name),
                        quoted(item.name),
                        quoted(key),
                        _ELEMENTS,
                    )
                )
            maps[key] = item
        return maps

    def _split(self, names: Sequence[str]) -> list[str]:
        """Names, those with commas taken apart unless there is an array or element of that name."""
        found: list[str] = []
        for name in names:
            parts = name.split(",")
            while parts:
                whole = (",".join(parts[:end]).strip() for end in range(len(parts), 0, -1))
                first = parts[0].strip()
                known = next((n for n in whole if self._named(n) or n in self._roles.maps), first)
                found.append(known)
                del parts[: known.count(",") + 1]
        return found

    def reader_notes(self, maps: dict[str, Item], by_hand: bool) -> ReaderNotes:
        """What was guessed and left out; of maps chosen by hand only what was guessed."""
        guessed = {
            printable(key): self._readings[self._items.index(item)].guess
            for key, item in maps.items()
        }
        left_out = {
            printable(self._names[k]): why
            for k, why in self._left_out(maps).items()
            if not (by_hand or is_computed(self._items[k]))
        }
        return ReaderNotes({key: why for key, why in guessed.items() if why}, left_out)

    def _left_out(self, maps: dict[str, Item]) -> dict[int, str]:
        """Why images are not used, also others of a role that one of another shape has."""
        used = [self._roles.haadf[0], *map(self._items.index, maps.values())]
        why = {
            k: f"it is {_described(shape)}, unlike the HAADF image"
            for k, (reading, shape) in enumerate(zip(self._readings, self._shapes, strict=True))
            if reading.role is not None and k not in used and (shape is None or len(shape) > 1)
        }
        return dict(sorted((why | dict(self._roles.left_out)).items()))

    def _key(self, place: int) -> str:
        """What the map at a place is called in the data set."""
        item, role = self._items[place], self._readings[place].role
        symbol = None if role == HAADF else role
        if item.element is not None:
            return item.element
        return symbol or written_symbol(item.name) or item.name

    def _named(self, name: str) -> list[int]:
        """The arrays of this name or path; those of this path first."""
        places = [k for k, item in enumerate(self._items) if name in (item.path, item.origin)]
        return places or [k for k, item in enumerate(self._items) if item.name == name]

    def _only_named(self, name: str, places: Sequence[int], argument: Argument) -> int:
        if len(places) > 1:
            raise MMFusionReadError(
                Text(
                    "{} images are called {}: {}; give {} one of these names",
                    len(places),
                    quoted(name),
                    self._list(places),
                    argument,
                )
            )
        return places[0]

    def _only_one(self, symbol: str, places: Sequence[int]) -> Item:
        if len(places) > 1:
            raise MMFusionReadError(
                Text(
                    "{} all stand for {}; choose one by its name with {}",
                    self._list(places),
                    quoted(symbol),
                    _ELEMENTS,
                )
            )
        return self._items[places[0]]

    def _list(self, places: Sequence[int]) -> str:
        return listed(self._names[k] for k in places)

    def _list_arrays(self, *, but_haadf: bool = False) -> str:
        haadf = self._roles.haadf[:1] if but_haadf else ()
        places = [k for k in range(len(self._items)) if k not in haadf]
        return f"the file holds {self._list(places)}" if places else "the file holds no arrays"


def _described(shape: tuple[int, ...] | None) -> str:
    return "an array that cannot be read" if shape is None else sized(shape)


def _require_readable(selection: Selection) -> None:
    for item in selection.items:
        if item.problem:
            raise MMFusionReadError(Text("{}: {}", quoted(item.name), item.problem))


def _require_one_shape(selection: Selection) -> None:
    shapes = {item.shape for item in selection.items}
    haadf = selection.haadf.shape
    if len(shapes) == 1 and selection.haadf.is_image:
        return
    every = ", ".join(
        f"{quoted(item.name)} is {sized(item.shape or ())}" for item in selection.items
    )
    turned = [item for item in selection.maps.values() if is_transposed(item.shape, haadf)]
    if turned and len(turned) == len(selection.maps):
        raise MMFusionReadError(
            Text(
                "the maps are transposed against the HAADF image: {}; write the file again with the"
                " maps transposed{}, after comparing them with the HAADF image",
                every,
                Remedy(" (numpy.transpose)"),
            )
        )
    cure: str = "crop or resample them to one grid"
    if turned and shapes == {haadf, turned[0].shape}:
        cure = Text(
            "{} transposed against the others: write the file again with {} transposed{}",
            _look(item.name for item in turned),
            "it" if len(turned) == 1 else "them",
            Remedy(" (numpy.transpose)"),
        )
    raise MMFusionReadError(
        Text(
            "expected two-dimensional images of one shape (rows x columns), but {}; {}, or choose"
            " other images with {} and {}",
            every,
            cure,
            _ELEMENTS,
            _HAADF,
        )
    )


def _look(names: Iterable[str]) -> str:
    each = list(map(quoted, names))
    return f"{each[0]} looks" if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]} look"
