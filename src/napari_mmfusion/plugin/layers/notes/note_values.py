"""Values from the note of a layer, which may come from any file: checked, or None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np


def read_text(value: object) -> str | None:
    """A text."""
    return value if isinstance(value, str) else None


def read_flag(value: object) -> bool | None:
    """True or false."""
    return bool(value) if isinstance(value, bool | np.bool_) else None


def read_count(value: object) -> int | None:
    """A whole number."""
    if isinstance(value, bool):
        return None
    return int(value) if isinstance(value, Integral) else None


def read_number(value: object) -> float | None:
    """A number that fits in double precision."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def read_numbers(value: object) -> dict[str, float] | None:
    """Numbers by name; None if any of them is missing, because the rest would mislead."""
    named = read_mapping(value)
    if named is None:
        return None
    numbers = {name: read_number(each) for name, each in named.items()}
    known = {name: number for name, number in numbers.items() if number is not None}
    return known if len(known) == len(named) else None


def read_counts(value: object) -> tuple[int, ...] | None:
    """A list of whole numbers; None if any of them is missing."""
    values = read_sequence(value)
    if values is None:
        return None
    known = tuple(number for each in values if (number := read_count(each)) is not None)
    return known if len(known) == len(values) else None


def read_texts(value: object) -> tuple[str, ...] | None:
    """A list of texts; None if any of them is missing."""
    values = read_sequence(value)
    if values is None or not all(isinstance(each, str) for each in values):
        return None
    return tuple(values)


def read_floats(value: object) -> tuple[float, ...] | None:
    """A list of numbers; None if any of them is missing."""
    values = read_sequence(value)
    if values is None:
        return None
    known = tuple(number for each in values if (number := read_number(each)) is not None)
    return known if len(known) == len(values) else None


def read_mapping(value: object) -> dict[str, Any] | None:
    """Values by name."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        return None
    return dict(value)


def read_sequence(value: object) -> Sequence[Any] | None:
    """A list of anything."""
    return value if isinstance(value, list | tuple) else None
