"""The HAADF image and the map of each element among images with names and shapes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.names.reading import Reading, read_names

Shape = tuple[int, ...]

_NO_IMAGE: Final = "it is no two-dimensional image"
_SURVEY: Final = ("survey", "overview", "reference", "navigation")
_ALIKE: Final = 1.25


@dataclass(frozen=True)
class Roles:
    """Which images can be used for what; images are numbered in the order given.

    Attributes
    ----------
    haadf : tuple of int
        The HAADF image; several if nothing decides between them, none if there is none.
    maps : mapping of str to tuple of int
        The map of each element, with several where nothing decides between them.
    left_out : mapping of int to str
        Why an image is not used: every image of the shape of the HAADF image, and those of other
        shapes whose names hold an element.
    guessed : mapping of str to str
        Why the element of a map is only a guess.
    """

    haadf: tuple[int, ...]
    maps: Mapping[str, tuple[int, ...]]
    left_out: Mapping[int, str]
    guessed: Mapping[str, str]


def is_image_shape(shape: Shape | None) -> bool:
    """Whether an array of this shape is an image with at least one pixel."""
    return shape is not None and len(shape) == 2 and 0 not in shape


def read_images(names: Sequence[str], shapes: Sequence[Shape | None]) -> tuple[Reading, ...]:
    """Read the names of arrays together, without those of single values and spectra.

    Parameters
    ----------
    names : sequence of str
    shapes : sequence of tuple of int, or None
        The shape of each; None if it is unknown.
    """
    pictured = [k for k, shape in enumerate(shapes) if shape is None or len(shape) > 1]
    readings = [Reading(name, None, _NO_IMAGE) for name in names]
    for k, reading in zip(pictured, read_names([names[k] for k in pictured]), strict=True):
        readings[k] = reading
    return tuple(readings)


def find_roles(
    readings: Sequence[Reading], shapes: Sequence[Shape | None], haadf: int | None = None
) -> Roles:
    """Find the HAADF image and the maps.

    A HAADF image of the shape of a map is preferred, then one called just HAADF, then one that is
    no survey. A map of the shape of the HAADF image is preferred, then one that is no guess.

    Parameters
    ----------
    readings : sequence of Reading
        What the name of each array says, as from `read_images`.
    shapes : sequence of tuple of int, or None
        The shape of each; None if it is unknown.
    haadf : int, optional
        The HAADF image if a person chose it.

    Examples
    --------
    >>> names = ["ADF survey", "ADF", "Fe", "O", "BF"]
    >>> shapes = [(64, 64), (36, 44), (36, 44), (36, 44), (36, 44)]
    >>> roles = find_roles(read_images(names, shapes), shapes)
    >>> roles.haadf, dict(roles.maps), dict(roles.left_out)
    ((1,), {'Fe': (2,), 'O': (3,)}, {4: "'BF' is another signal"})
    """
    found = _best_haadf(readings, shapes) if haadf is None else (haadf,)
    shape = shapes[found[0]] if found else None
    maps: dict[str, tuple[int, ...]] = {}
    for symbol, places in _by_element(readings, found).items():
        best = _best_maps(places, readings, shapes, shape)
        if best:
            maps[symbol] = best
    return Roles(
        found,
        maps,
        why_left_out(readings, shapes, found, [k for places in maps.values() for k in places]),
        {symbol: why for symbol, (k, *_) in maps.items() if (why := readings[k].guess)},
    )


def why_left_out(
    readings: Sequence[Reading],
    shapes: Sequence[Shape | None],
    haadf: Sequence[int],
    maps: Collection[int],
) -> dict[int, str]:
    """Why each image that is not used is not; see `Roles.left_out`."""
    shape = shapes[haadf[0]] if haadf else None
    taken = {readings[k].role: readings[k].name for k in maps}
    why: dict[int, str] = {}
    for k, reading in enumerate(readings):
        if k in maps or k in haadf:
            continue
        is_fit = shape is not None and shapes[k] == shape
        role = reading.role
        if is_fit and role is None:
            why[k] = reading.reason
        elif is_fit and role is not None:
            used = readings[haadf[0]].name if role == HAADF else taken.get(role)
            why[k] = "it was not chosen" if used is None else f"{used!r} is used for {role}"
        elif role not in (None, HAADF, *taken):
            size = "an array that cannot be read" if shapes[k] is None else _sized(shapes[k])
            unlike = "transposed against" if is_transposed(shapes[k], shape) else "unlike"
            why[k] = f"it is {size}, {unlike} the HAADF image"
    return why


def is_transposed(shape: Shape | None, other: Shape | None) -> bool:
    """Whether an image has as many rows as another has columns, and the other way round.

    Examples
    --------
    >>> is_transposed((36, 44), (44, 36)), is_transposed((36, 36), (36, 36))
    (True, False)
    """
    if shape is None or other is None or not is_image_shape(shape):
        return False
    return shape != other and shape == other[::-1]


def is_alike(shape: Shape, other: Shape) -> bool:
    """Whether two shapes may be meant to be of one area: nearly equal, transposed or binned.

    Examples
    --------
    >>> is_alike((36, 44), (36, 45)), is_alike((36, 44), (44, 36)), is_alike((36, 44), (18, 22))
    (True, True, True)
    >>> is_alike((36, 44), (64, 64)), is_alike((36, 44), (3, 3))
    (False, False)
    """
    if not (is_image_shape(shape) and is_image_shape(other)):
        return False
    pairs = list(zip(shape, other, strict=True))
    factors = {max(pair) // min(pair) for pair in pairs if max(pair) % min(pair) == 0}
    is_binned = len(factors) == 1 and all(max(pair) % min(pair) == 0 for pair in pairs)
    is_near = all(max(pair) <= _ALIKE * min(pair) for pair in pairs)
    return is_near or is_binned or shape == other[::-1]


def _sized(shape: Shape | None) -> str:
    return " x ".join(map(str, shape or ()))


def _best_haadf(readings: Sequence[Reading], shapes: Sequence[Shape | None]) -> tuple[int, ...]:
    places = [k for k, reading in enumerate(readings) if reading.role == HAADF]
    images = [k for k in places if is_image_shape(shapes[k])]
    maps = {
        shapes[k]
        for k, reading in enumerate(readings)
        if reading.role not in (None, HAADF) and is_image_shape(shapes[k])
    }

    def rank(k: int) -> tuple[bool, bool, bool]:
        name = readings[k].name
        is_survey = any(word in name.lower() for word in _SURVEY)
        return bool(maps) and shapes[k] not in maps, name != HAADF, is_survey

    best = min(map(rank, images or places), default=None)
    return tuple(k for k in images or places if rank(k) == best)


def _by_element(readings: Sequence[Reading], haadf: Collection[int]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for k, reading in enumerate(readings):
        if reading.role not in (None, HAADF) and k not in haadf:
            assert reading.role is not None
            places.setdefault(reading.role, []).append(k)
    return places


def _best_maps(
    places: Sequence[int],
    readings: Sequence[Reading],
    shapes: Sequence[Shape | None],
    shape: Shape | None,
) -> tuple[int, ...]:
    """Those that fit best; none if they are of shapes that have nothing to do with the HAADF's."""
    fit = [k for k in places if shape is None or shapes[k] == shape]
    fit = fit or [k for k in places if shapes[k] is None]
    if not fit and shape is not None:
        alike = [k for k in places if is_alike(shapes[k] or (), shape) and not readings[k].guess]
        return tuple(alike or ([] if is_image_shape(shape) else places))
    clear = [k for k in fit if not readings[k].guess]
    return tuple(clear or fit)
