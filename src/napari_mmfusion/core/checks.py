"""Checks of arguments: each message names the argument, its range and the value given."""

from __future__ import annotations

import math
import operator
from collections.abc import Container, Mapping
from typing import Any, TypeVar

from napari_mmfusion.core.errors import (
    MMFusionDataError,
    MMFusionError,
    MMFusionParameterError,
)
from napari_mmfusion.core.wording import Argument, Text

Value = TypeVar("Value")

_LONGEST = 80
"""Letters of a wrong value that a message quotes."""


Name = str | Argument
"""A name of an argument, or what else a message calls the value."""


def check_whole_number(name: Name, value: Any, low: int, high: int | None = None) -> int:
    """`value` as an int from `low` to `high`.

    Any integer type is taken, but no bool, float or text: 2.5 iterations or "3" are a mistake.

    Raises
    ------
    MMFusionParameterError
        If it is not a whole number or out of range.

    Examples
    --------
    >>> check_whole_number("n", 3, 2, 10)
    3
    >>> check_whole_number("n", 2.5, 2, 10)
    Traceback (most recent call last):
    ...
    napari_mmfusion...MMFusionParameterError: n must be a whole number from 2 to 10, not 2.5
    """
    try:
        number = operator.index(value) if _is_real(value) else None
    except TypeError:
        number = None
    if number is None or number < low or (high is not None and number > high):
        limits = f"from {low}" if high is None else f"from {low} to {high}"
        raise MMFusionParameterError(
            Text("{} must be a whole number {}, not {}", _named(name), limits, quote(value))
        )
    return number


def check_seed(value: Any, name: str = "seed") -> int:
    """A seed of random numbers: a whole number of at least 0."""
    return check_whole_number(name, value, 0)


def check_number(
    name: Name,
    value: Any,
    low: float,
    high: float,
    *,
    error: type[MMFusionError] = MMFusionParameterError,
) -> float:
    """`value` as a float from `low` to `high`.

    Any real type is taken, but no bool, text or complex number.

    Raises
    ------
    MMFusionParameterError
        If it is not a real number, not finite or out of range; or the `error` given.

    Examples
    --------
    >>> check_number("gamma", 1, 1, 2)
    1.0
    """
    number = _to_float(value)
    if not low <= number <= high:  # false for NaN
        limits = f"from {low:g} to {high:g}"
        raise error(Text("{} must be a number {}, not {}", _named(name), limits, quote(value)))
    return number


def check_positive(
    name: Name, value: Any, *, error: type[MMFusionError] = MMFusionParameterError
) -> float:
    """`value` as a finite float above 0; see `check_number`."""
    number = _to_float(value)
    if not 0 < number < math.inf:
        raise error(Text("{} must be a positive number, not {}", _named(name), quote(value)))
    return number


def check_names(
    argument: str,
    images: Mapping[Any, Value],
    *,
    error: type[MMFusionError] = MMFusionDataError,
) -> dict[str, Value]:
    """A mapping with its keys as text.

    Raises
    ------
    MMFusionDataError
        If it is no mapping, or two keys make the same name; or the `error` given.

    Examples
    --------
    >>> check_names("maps", {1: "a", "1": "b"})
    Traceback (most recent call last):
    ...
    napari_mmfusion...MMFusionDataError: maps has two keys that make the same name: 1, '1'
    """
    if not isinstance(images, Mapping):
        raise error(Text("{} must map names to images, not {}", Argument(argument), quote(images)))
    named = {str(key): image for key, image in images.items()}
    if len(named) < len(images):
        keys = ", ".join(map(repr, images))
        raise error(Text("{} has two keys that make the same name: {}", Argument(argument), keys))
    return named


def check_slice(name: str, part: Any, size: int) -> tuple[int, int]:
    """First and last index, exclusive, of a part of `size` rows or columns; None is all.

    Raises
    ------
    MMFusionDataError
        If it is no slice of whole numbers without a step, or holds nothing.

    Examples
    --------
    >>> check_slice("rows", slice(2, -1), 10)
    (2, 9)
    """
    if part is None:
        return 0, size
    if not isinstance(part, slice) or part.step not in (None, 1):
        raise MMFusionDataError(
            Text("{} must be a slice without a step, not {}", _named(name), quote(part))
        )
    try:
        first, end, _ = part.indices(size)
    except TypeError:
        raise MMFusionDataError(
            Text("{} must be a slice of whole numbers, not {}", _named(name), quote(part))
        ) from None
    if end <= first:
        raise MMFusionDataError(
            Text("{} must hold some of 0 to {}, not {}", _named(name), size - 1, quote(part))
        )
    return first, end


def check_sequence(name: str, values: Any) -> tuple[str, ...]:
    """Several names as text.

    Raises
    ------
    MMFusionDataError
        If it is one text, or nothing that holds others.

    Examples
    --------
    >>> check_sequence("elements", ["Sc", "O"])
    ('Sc', 'O')
    """
    try:
        if not isinstance(values, str | bytes):
            return tuple(map(str, values))
    except TypeError:
        pass
    raise MMFusionDataError(
        Text("{} must be a list of names, not {}", Argument(name), quote(values))
    )


def is_name(value: object, names: Container[str]) -> bool:
    """Whether a value, which may be of any type, is one of the names."""
    return isinstance(value, str) and value in names


def quote(value: Any) -> str:
    """`value` as a message shows it: short, in one line, and without failing.

    >>> quote("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # an integer of thousands of digits
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}..."


def _named(name: Name) -> Argument | Text:
    return name if isinstance(name, Argument | Text) else Argument(name)


def _to_float(value: Any) -> float:
    """`value` as a float, NaN if it is not a single real number."""
    try:
        return float(value) if _is_real(value) else math.nan
    except (TypeError, ValueError):
        return math.nan
    except OverflowError:  # an integer beyond the range of a float
        return math.inf


def _is_real(value: Any) -> bool:
    dtype = getattr(value, "dtype", None)
    if dtype is not None:  # of NumPy
        return getattr(dtype, "kind", "") in ("i", "u", "f") and getattr(value, "ndim", 0) == 0
    return not isinstance(value, bool | str | bytes | bytearray)
