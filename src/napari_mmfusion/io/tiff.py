"""TIFF images that ImageJ and Fiji open with their pixel size."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from napari_mmfusion.io.atomic_write import reads_differently, same_bits, write_flushed

_METRES: Final = {
    "m": 1.0,
    "mm": 1e-3,
    "um": 1e-6,
    "nm": 1e-9,
    "angstrom": 1e-10,
    "pm": 1e-12,
}
# ImageJ reads the file as ASCII, so never the micro sign (of which there are two) or Å (likewise).
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


def write_tiff(
    path: Path,
    image: NDArray[np.float32],
    *,
    pixel_size: float | None = None,
    unit: str = "pixel",
    label: str = "",
    info: str = "",
) -> None:
    """Write an image as 32-bit floating-point TIFF, and read it back to be sure.

    Parameters
    ----------
    path : Path
        File to write; one that is there is overwritten.
    image : (ny, nx) float32
    pixel_size : float, optional
        Width of a pixel in `unit`; without it, or if no TIFF can state it, the file has neither.
    unit : str
        Unit of `pixel_size`.
    label : str
        What ImageJ shows above the image.
    info : str
        What ImageJ shows under Image > Show Info.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> image = np.ones((4, 5), np.float32)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tiff(Path(folder) / "Co.tif", image, pixel_size=0.05, unit="nm")
    """
    pixels = np.ascontiguousarray(image, dtype=np.float32)
    metadata: dict[str, Any] = {"axes": "YX"}
    if label:
        metadata["Labels"] = [label]
    if info:
        metadata["Info"] = info
    size = None if pixel_size is None else (pixel_size, pixel_size)
    write_imagej(path, pixels, metadata, size, unit)


def write_imagej(
    path: Path,
    pixels: NDArray[np.float32],
    metadata: dict[str, Any],
    pixel_size: tuple[float, float] | None,
    unit: str,
    **options: Any,
) -> None:
    """Write `pixels` with the metadata of ImageJ, and read them back to be sure.

    Height and width of a pixel are left out if no TIFF can state them; `options` are tifffile's.
    """
    resolution = None
    if pixel_size is not None:
        height, width = pixel_size
        stated, unit = imagej_scale(width, unit)
        per_unit = (1 / stated, width / (height * stated))
        if all(_PER_UNIT[0] <= number <= _PER_UNIT[1] for number in per_unit):
            metadata = metadata | {"unit": unit}
            resolution = _fraction(per_unit[0]), _fraction(per_unit[1])
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer, pixels, imagej=True, resolution=resolution, metadata=metadata, **options
    )
    write_flushed(path, buffer.getvalue())
    if not same_bits(tifffile.imread(path).ravel(), pixels.ravel()):
        raise reads_differently(path)


def _fraction(number: float) -> tuple[int, int]:
    """The nearest fraction of two 32-bit numbers; older versions of tifffile round too coarsely."""
    limit = min(_MOST_OF_FRACTION, int(_MOST_OF_FRACTION / number))
    return Fraction(number).limit_denominator(limit).as_integer_ratio()


def imagej_scale(pixel_size: float, unit: str) -> tuple[float, str]:
    """Pixel size and unit as ImageJ takes them: ASCII, and not so small that a TIFF rounds it.

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
