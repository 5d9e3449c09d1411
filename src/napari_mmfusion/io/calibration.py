"""Pixel size and unit as files state them, under the names `pixel_size` and `unit`."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

import numpy as np

from napari_mmfusion.io.naming import printable

PIXEL_SIZE: Final = "pixel_size"
UNIT: Final = "unit"

_UNKNOWN_UNIT = "pixel"
LONGEST_UNIT: Final = 64
_LONGEST_REASON: Final = 200
_MOST_AXES: Final = 3
# Microscopes round the sizes of square pixels.
_SAME_SIZE: Final = 1e-3
_METRE: Final = (
    "[pnu\u00b5\u03bcmc]?m|A|\u00c5|\u212b|[a-z\u00b5\u03bc]*(?:meters?|metres?|angstroms?)"
)
_LENGTH: Final = re.compile(_METRE)
_RECIPROCAL: Final = re.compile(
    rf"1 ?/ ?({_METRE})|({_METRE}) ?(\^? ?-1|\u207b\u00b9)", re.IGNORECASE
)
_MICRONS: Final = ("micron", "microns")
_PER_PIXEL: Final = re.compile(r" ?/ ?(?:px|pixels?)$", re.IGNORECASE)


class Calibration(NamedTuple):
    """Width of a pixel, where the file states it, and its unit.

    `ignored` says what the file states beside them that could not be used.
    """

    pixel_size: float | None
    unit: str
    ignored: str = ""


NO_CALIBRATION: Final = Calibration(None, _UNKNOWN_UNIT)
"""The calibration of images without a pixel size."""


def check_calibration(pixel_size: object, unit: object) -> Calibration:
    """Use what a file states as far as possible; images load whatever it is.

    Parameters
    ----------
    pixel_size : object
        One number or one for each axis; None for a missing one, an error for an unreadable one.
    unit : object
        A text; None for a missing one, an error for an unreadable one.

    Examples
    --------
    >>> check_calibration([0.05, 0.05], "[n_m]")
    Calibration(pixel_size=0.05, unit='nm', ignored='')
    >>> check_calibration(2.5, "1/nm").ignored
    "Pixel size ignored: '1/nm' is no unit of length."
    """
    size, why_not_size = _read_size(pixel_size)
    text, why_not_unit = _read_unit(unit)
    if size is not None and is_reciprocal(text):
        size, why_not_unit = None, f"{printable(text)!r} is no unit of length"
    problems = [why for why in (why_not_size, why_not_unit) if why]
    ignored = f"Pixel size ignored: {'; '.join(problems)}." if problems else ""
    if size is not None and problems:
        ignored = f"Unit of the pixel size ignored: {'; '.join(problems)}."
    return Calibration(size, text if size is not None or not problems else _UNKNOWN_UNIT, ignored)


def is_reciprocal(unit: str) -> bool:
    """Whether a unit is one of spatial frequency.

    Examples
    --------
    >>> is_reciprocal("1/nm"), is_reciprocal("nm^-1"), is_reciprocal("nm")
    (True, True, False)
    """
    return _RECIPROCAL.fullmatch(unit.strip().strip("[]() ").replace("_", "")) is not None


def _read_size(value: object) -> tuple[float | None, str]:
    """The pixel size, and why it cannot be used."""
    if value is None:
        return None, ""
    if isinstance(value, Exception):
        return None, printable(str(value), _LONGEST_REASON)
    stated = np.ravel(np.asarray(value, dtype=object)).tolist()[: _MOST_AXES + 1]
    numbers = [
        float(number)
        for number in stated
        if isinstance(number, int | float) and not isinstance(number, bool)
    ]
    is_usable = all(math.isfinite(number) and number > 0 for number in numbers)
    if not numbers or len(numbers) != len(stated) or len(numbers) > _MOST_AXES or not is_usable:
        return None, f"{printable(str(value), 40)} is not one positive number"
    if not all(math.isclose(number, numbers[0], rel_tol=_SAME_SIZE) for number in numbers):
        sizes = " x ".join(f"{number:g}" for number in numbers)
        return None, f"pixels of {sizes} are not square"
    return numbers[-1], ""


def _read_unit(value: object) -> tuple[str, str]:
    """The unit, and why it cannot be used."""
    if value is None:
        return _UNKNOWN_UNIT, ""
    if isinstance(value, Exception):
        return _UNKNOWN_UNIT, printable(str(value), _LONGEST_REASON)
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if isinstance(text, str) and text.isprintable() and len(text) <= LONGEST_UNIT:
        return _plain_unit(text), ""
    return _UNKNOWN_UNIT, f"{printable(str(value), 40)} is no short text such as 'nm'"


def _plain_unit(text: str) -> str:
    """``[n_m]`` of NCEM's files, ``(nm)`` and ``nm/pixel`` as ``nm``; all else as it is."""
    if text.lower() in _MICRONS:
        return "um"
    bare = _PER_PIXEL.sub("", text.strip().strip("[]() ").replace("_", ""))
    return bare if _LENGTH.fullmatch(bare) else text
