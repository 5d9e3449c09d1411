"""Pixel size and unit as files state them, under the names `pixel_size` and `unit`."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.naming import printable

PIXEL_SIZE: Final = "pixel_size"
UNIT: Final = "unit"

_UNKNOWN_UNIT = "pixel"
LONGEST_UNIT: Final = 64


class Calibration(NamedTuple):
    """Width of a pixel, where the file states it, and its unit."""

    pixel_size: float | None
    unit: str


NO_CALIBRATION: Final = Calibration(None, _UNKNOWN_UNIT)
"""The calibration of images without a pixel size."""


def check_calibration(pixel_size: object, unit: object) -> Calibration:
    """Check the values stated in a file; None stands for a missing one.

    Raises
    ------
    MMFusionReadError
        If `pixel_size` is not one positive number, or `unit` not a short text.
    """
    return Calibration(_check_size(pixel_size), _check_unit(unit))


def _check_size(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        size = float(value)
        if math.isfinite(size) and size > 0:
            return size
    raise MMFusionReadError(
        f"'{PIXEL_SIZE}': expected one positive number, not {printable(str(value), 40)};"
        " correct it or take it out of the file"
    )


def _check_unit(value: object) -> str:
    if value is None:
        return _UNKNOWN_UNIT
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if isinstance(text, str) and text.isprintable() and len(text) <= LONGEST_UNIT:
        return text
    raise MMFusionReadError(
        f"'{UNIT}': expected a short text such as 'nm', not {printable(str(value), 40)};"
        " correct it or take it out of the file"
    )
