"""Pixel size and unit as TIFF files state them for ImageJ and Fiji."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_METRES: Final = {
    "m": 1.0,
    "mm": 1e-3,
    "um": 1e-6,
    "nm": 1e-9,
    "angstrom": 1e-10,
    "pm": 1e-12,
}
# ImageJ reads the file as ASCII, which has neither the micro sign nor Å (Unicode has two of each).
_SPELLINGS: Final = {
    **dict.fromkeys(("µm", "μm", "micron", "microns", "micrometer", "micrometre"), "um"),
    **dict.fromkeys(("A", "Å", "\u212b", "Angstrom", "ang"), "angstrom"),
    **dict.fromkeys(("nanometer", "nanometre"), "nm"),
    **dict.fromkeys(("picometer", "picometre"), "pm"),
}
# A TIFF states pixels per unit as a fraction of two 32-bit numbers.
_PER_UNIT: Final = (1e-6, 4e9)
_MOST_OF_FRACTION: Final = 2**32 - 1
_USUAL_PIXEL_SIZES: Final = (1e-5, 1e4)


Fractions = tuple[tuple[int, int], tuple[int, int]]
"""Pixels per unit along x and along y, each as numerator and denominator."""


def imagej_resolution(pixel_size: tuple[float, float], unit: str) -> tuple[Fractions, str] | None:
    """Resolution and unit for a TIFF of ImageJ; None if they are outside the range of a TIFF.

    Parameters
    ----------
    pixel_size : (float, float)
        Height and width of a pixel in `unit`.
    unit : str

    Examples
    --------
    >>> imagej_resolution((0.5, 0.25), "nm")
    (((4, 1), (2, 1)), 'nm')
    >>> imagej_resolution((1e-30, 1e-30), "px")
    """
    height, width = pixel_size
    stated, unit = imagej_scale(width, unit)
    per_unit = (1 / stated, width / (height * stated))
    if not all(_PER_UNIT[0] <= number <= _PER_UNIT[1] for number in per_unit):
        return None
    return (_fraction(per_unit[0]), _fraction(per_unit[1])), unit


def _fraction(number: float) -> tuple[int, int]:
    """The nearest fraction of two 32-bit numbers; older versions of tifffile round too coarsely."""
    limit = min(_MOST_OF_FRACTION, int(_MOST_OF_FRACTION / number))
    return Fraction(number).limit_denominator(limit).as_integer_ratio()


def imagej_scale(pixel_size: float, unit: str) -> tuple[float, str]:
    """Pixel size and unit for ImageJ: in ASCII, and scaled so that a TIFF does not round the size.

    Examples
    --------
    >>> imagej_scale(0.5, "Å"), imagej_scale(2, "µm"), imagej_scale(3, "px")
    ((0.5, 'angstrom'), (2, 'um'), (3, 'px'))
    >>> imagej_scale(2**-34, "m")
    (0.0582..., 'nm')
    """
    unit = _SPELLINGS.get(unit, unit)
    smallest, largest = _USUAL_PIXEL_SIZES
    if unit in _METRES and not smallest <= pixel_size <= largest:
        metres = pixel_size * _METRES[unit]
        unit = next((name for name in _METRES if metres >= 0.01 * _METRES[name]), "pm")
        pixel_size = metres / _METRES[unit]
    # ImageJ writes and reads other letters as \uXXXX itself.
    ascii_unit = "".join(
        letter if letter.isascii() else f"\\u{ord(letter):04x}"
        for letter in unit
        if letter.isprintable()
    )
    return pixel_size, ascii_unit
