"""Pixel size and unit as files state them, under the names `pixel_size` and `unit`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from napari_mmfusion.io.naming import printable, quoted

PIXEL_SIZE: Final = "pixel_size"
UNIT: Final = "unit"

_UNKNOWN_UNIT = "pixel"
LONGEST_UNIT: Final = 64
_LONGEST_REASON: Final = 200
_MOST_AXES: Final = 3
# Microscopes round the sizes of square pixels.
_SAME_SIZE: Final = 1e-3
_PREFIXES: Final = {
    "": 1.0,
    "f": 1e-15,
    "p": 1e-12,
    "n": 1e-9,
    **dict.fromkeys(("u", "\u00b5", "\u03bc"), 1e-6),
    "m": 1e-3,
    "c": 1e-2,
    "d": 1e-1,
    "k": 1e3,
}
_METRES: Final = {
    **{f"{prefix}m": metres for prefix, metres in _PREFIXES.items()},
    **{
        f"{word}{metre}{plural}": _PREFIXES["u" if word == "micro" else word[:1]]
        for word in ("", "femto", "pico", "nano", "micro", "milli", "centi")
        for metre in ("meter", "metre")
        for plural in ("", "s")
    },
    **dict.fromkeys(
        ("A", "\u00c5", "\u212b", "angstrom", "angstroms", "\u00e5ngstr\u00f6m"), 1e-10
    ),
    **dict.fromkeys(("micron", "microns"), 1e-6),
    **dict.fromkeys(("in", "inch", "inches"), 0.0254),
}
"""How many metres a unit of length is."""
_PIXELS: Final = ("", "px", "pixel", "pixels")
"""Units that stand for none."""
_MICRONS: Final = ("micron", "microns")
_SHORT: Final = 3
"""Letters of units whose case matters."""
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
    if size is not None and text not in (*_METRES, _UNKNOWN_UNIT):
        size, why_not_unit = None, f"{quoted(text)} is no unit of length"
    problems = [why for why in (why_not_size, why_not_unit) if why]
    ignored = f"Pixel size ignored: {'; '.join(problems)}." if problems else ""
    if size is not None and problems:
        ignored = f"Unit of the pixel size ignored: {'; '.join(problems)}."
    return Calibration(size, text if size is not None or not problems else _UNKNOWN_UNIT, ignored)


def agreed(haadf: Calibration, maps: Mapping[str, Calibration]) -> Calibration:
    """The calibration of a data set: that of the HAADF image, and what the maps say against it.

    If the HAADF image has no pixel size, that of the maps holds if they agree.

    Examples
    --------
    >>> haadf, fe = Calibration(0.05, "nm"), Calibration(1.0, "A")
    >>> agreed(haadf, {"Fe": fe}).ignored
    'The pixel size of Fe (1 A) differs from that of the HAADF image (0.05 nm), which is used.'
    """
    stated = {name: each for name, each in maps.items() if each.pixel_size is not None}
    if not stated:
        return haadf
    if haadf.pixel_size is None:
        first = next(iter(stated.values()))
        if haadf.ignored or not all(_is_same(each, first) for each in stated.values()):
            sizes = ", ".join(f"{printable(name)} {_sized(each)}" for name, each in stated.items())
            why = f"Pixel size of the maps ignored: {sizes}."
            return haadf._replace(ignored=" ".join(filter(None, (haadf.ignored, why))))
        return first
    others = [
        f"{printable(name)} ({_sized(each)})"
        for name, each in stated.items()
        if not _is_same(each, haadf)
    ]
    if not others:
        return haadf
    why = (
        f"The pixel size of {', '.join(others)} differs from that of the HAADF image"
        f" ({_sized(haadf)}), which is used."
    )
    return haadf._replace(ignored=" ".join(filter(None, (haadf.ignored, why))))


def _sized(calibration: Calibration) -> str:
    return f"{calibration.pixel_size:g} {printable(calibration.unit)}"


def _is_same(one: Calibration, other: Calibration) -> bool:
    assert one.pixel_size is not None
    assert other.pixel_size is not None
    factor = _METRES.get(one.unit), _METRES.get(other.unit)
    first, second = one.pixel_size, other.pixel_size
    if factor[0] is not None and factor[1] is not None:
        first, second = first * factor[0], second * factor[1]
    elif one.unit != other.unit:
        return _UNKNOWN_UNIT in (one.unit, other.unit) and math.isclose(
            first, second, rel_tol=_SAME_SIZE
        )
    return math.isclose(first, second, rel_tol=_SAME_SIZE)


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
    bare = _PER_PIXEL.sub("", text.strip().strip("[]() ").replace("_", ""))
    if bare.lower() in _PIXELS:
        return _UNKNOWN_UNIT
    if bare.lower() in _MICRONS:
        return "um"
    if bare in _METRES:
        return bare
    return bare.lower() if len(bare) > _SHORT and bare.lower() in _METRES else text
