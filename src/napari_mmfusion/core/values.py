"""Values that hold arrays and mappings: immutable, comparable and picklable."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class FrozenMapping(Mapping[K, V_co]):
    """A mapping that cannot be changed. Unlike `types.MappingProxyType` it can be pickled.

    Examples
    --------
    >>> numbers = FrozenMapping({"Sc": 21})
    >>> numbers["Sc"], numbers == {"Sc": 21}, numbers
    (21, True, {'Sc': 21})
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V_co] | Iterable[tuple[K, V_co]] = ()) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V_co:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        """Whether keys and values are equal, arrays bit for bit."""
        return are_equal(self, other) if isinstance(other, Mapping) else NotImplemented

    # Values can be arrays, so there is no hash.
    __hash__ = None  # type: ignore[assignment]  # the way to say so, which mypy takes for a slip

    def __repr__(self) -> str:
        return repr(self._items)


class ArrayRecord:
    """Base of frozen dataclasses that hold arrays.

    Two records are equal if they are of the same class and all fields are equal, arrays bit for
    bit. Arrays can be changed in place, so records have no hash.
    """

    def __eq__(self, other: object) -> bool:
        """Whether all fields are equal, arrays bit for bit."""
        if type(self) is not type(other):
            return NotImplemented
        names = [each.name for each in dataclasses.fields(self)]  # type: ignore[arg-type]  # a mixin
        return all(are_equal(getattr(self, name), getattr(other, name)) for name in names)


def are_equal(one: Any, other: Any) -> bool:
    """Whether two values are equal; arrays bit for bit, mappings and tuples item by item.

    Examples
    --------
    >>> are_equal({"O": np.array([0.0, np.nan])}, {"O": np.array([0.0, np.nan])})
    True
    >>> are_equal(np.array([0.0]), np.array([-0.0]))
    False
    """
    if one is other:
        return True
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(_bits(one), _bits(other))
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(are_equal(one[key], other[key]) for key in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(are_equal, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def _bits(array: NDArray[Any]) -> NDArray[Any]:
    return array.view(f"u{array.dtype.itemsize}")


def describe_shape(shape: tuple[int, ...]) -> str:
    """A shape in words.

    >>> describe_shape((64, 48))
    '64 x 48'
    """
    return " x ".join(map(str, shape))


def describe_images(images: Mapping[str, NDArray[Any]]) -> str:
    """The shape and the names of images of one shape.

    >>> describe_images({"Sc": np.ones((64, 48)), "O": np.ones((64, 48))})
    '64 x 48, Sc, O'
    """
    shapes = [describe_shape(image.shape) for image in images.values()]
    return ", ".join([*shapes[:1], *images])
