"""TIFF images that ImageJ and Fiji open with their pixel size; several images as a hyperstack."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from napari_mmfusion.io.atomic_write import reads_differently, same_bits, write_flushed
from napari_mmfusion.io.imagej_units import imagej_resolution
from napari_mmfusion.io.naming import printable

# ImageJ blends at most this many channels; of more it shows one at a time.
_MOST_BLENDED: Final = 7


@dataclass(frozen=True, eq=False)
class Channel:
    """One image of a TIFF file.

    Attributes
    ----------
    label : str
        Label that ImageJ shows above the image.
    image : (ny, nx) float32
    limits : (float, float), optional
        Values shown black and in full colour.
    colours : (256, 3) uint8, optional
        Red, green and blue from black to full colour.
    """

    label: str
    image: NDArray[np.float32]
    limits: tuple[float, float] | None = None
    colours: NDArray[np.uint8] | None = None


def write_tiff(
    path: Path,
    channels: Sequence[Channel],
    *,
    pixel_size: tuple[float, float] | None = None,
    unit: str = "pixel",
    info: str = "",
) -> None:
    """Write images as one 32-bit floating-point TIFF, and read it back to be sure.

    Parameters
    ----------
    path : Path
        File to write; an existing one is overwritten.
    channels : sequence of Channel
        Images of one shape: a single one becomes a plain image, several a hyperstack.
    pixel_size : (float, float), optional
        Height and width of a pixel in `unit`. If it is left out or outside the range of a TIFF, the
        file states neither size nor unit.
    unit : str
        Unit of `pixel_size`.
    info : str
        Text that ImageJ shows under Image > Show Info.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> channels = [Channel(name, np.ones((4, 5), np.float32)) for name in ("Sc fused", "O fused")]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tiff(Path(folder) / "maps.tif", channels, pixel_size=(0.1, 0.1), unit="nm")
    """
    pixels = np.stack([np.asarray(channel.image, dtype=np.float32) for channel in channels])
    # With all axes given, tifffile does not guess them, which fails for images one pixel wide.
    pixels = pixels[np.newaxis, np.newaxis, ..., np.newaxis]
    metadata = _look(channels) | {
        "axes": "TZCYXS",
        "Labels": [printable(channel.label) for channel in channels],
    }
    if info:
        metadata["Info"] = info
    resolution = None
    if pixel_size is not None and (stated := imagej_resolution(pixel_size, unit)) is not None:
        resolution, metadata["unit"] = stated
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        pixels,
        imagej=True,
        resolution=resolution,
        metadata=metadata,
        photometric="minisblack",
    )
    write_flushed(path, buffer.getvalue())
    if not same_bits(tifffile.imread(path).ravel(), pixels.ravel()):
        raise reads_differently(path)


def _look(channels: Sequence[Channel]) -> dict[str, Any]:
    """How ImageJ shows the channels, if all of them state it."""
    look: dict[str, Any] = {}
    if len(channels) > 1:
        look["mode"] = "composite" if len(channels) <= _MOST_BLENDED else "color"
    limits = [channel.limits for channel in channels if channel.limits is not None]
    if len(limits) == len(channels):
        # A tuple: older versions of tifffile write the values of a list separately.
        look["Ranges"] = tuple(value for pair in limits for value in pair)
        # ImageJ's description states those of the first channel for the whole file.
        look["min"], look["max"] = limits[0]
    colours = [channel.colours for channel in channels if channel.colours is not None]
    if len(colours) == len(channels):
        look["LUTs"] = [np.ascontiguousarray(table.T, dtype=np.uint8) for table in colours]
    return look
