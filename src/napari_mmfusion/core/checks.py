"""Checks of numbers: each message names the argument, its range and the value given."""

from __future__ import annotations

import math
import operator
from typing import Any

from napari_mmfusion.core.errors import MMFusionError, MMFusionParameterError

_LONGEST = 80
"""Letters of a wrong value that a message quotes."""


def check_whole_number(name: str, value: Any, low: int, high: int | None = None) -> int:
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
        raise MMFusionParameterError(f"{name} must be a whole number {limits}, not {quote(value)}")
    return number


def check_seed(value: Any, name: str = "seed") -> int:
    """A seed of random numbers: a whole number of at least 0."""
    return check_whole_number(name, value, 0)


def check_number(
    name: str,
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
        raise error(f"{name} must be a number {limits}, not {quote(value)}")
    return number


def check_positive(
    name: str, value: Any, *, error: type[MMFusionError] = MMFusionParameterError
) -> float:
    """`value` as a finite float above 0; see `check_number`."""
    number = _to_float(value)
    if not 0 < number < math.inf:
        raise error(f"{name} must be a positive number, not {quote(value)}")
    return number


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
