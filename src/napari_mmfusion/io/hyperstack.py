"""Several images in one TIFF: the hyperstack of ImageJ and Fiji, a channel for each."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io.atomic import same_bits, write_flushed
from napari_mmfusion.io.naming import printable
from napari_mmfusion.io.tiff import imagej_scale

# ImageJ blends at most this many channels; more it shows one at a time.
_MOST_BLENDED: Final = 7
# A TIFF states pixels per unit as a fraction of two 32-bit numbers.
_PER_UNIT: Final = (1e-6, 4e9)


@dataclass(frozen=True, eq=False)
class Channel:
    """One image of a hyperstack.

    Attributes
    ----------
    label : str
        What ImageJ shows above the image.
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


def write_hyperstack(
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
        File to write; one that is there is overwritten.
    channels : sequence of Channel
        Images of one shape; a single one becomes a plain image.
    pixel_size : (float, float), optional
        Height and width of a pixel in `unit`; without it, or if no TIFF can state it, the file
        has neither.
    unit : str
        Unit of `pixel_size`.
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
    >>> channels = [Channel(name, np.ones((4, 5), np.float32)) for name in ("Sc fused", "O fused")]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_hyperstack(Path(folder) / "maps.tif", channels, pixel_size=(0.1, 0.1), unit="nm")
    """
    pixels = np.stack([np.asarray(channel.image, dtype=np.float32) for channel in channels])
    # With all the axes of ImageJ there is nothing to guess, not even for images one pixel wide.
    pixels = pixels[np.newaxis, np.newaxis, ..., np.newaxis]
    metadata = _look(channels) | {
        "axes": "TZCYXS",
        "Labels": [printable(channel.label) for channel in channels],
    }
    if info:
        metadata["Info"] = info
    resolution = None
    if pixel_size is not None:
        height, width = pixel_size
        stated, unit = imagej_scale(width, unit)
        per_unit = (1 / stated, width / (height * stated))
        if all(_PER_UNIT[0] <= number <= _PER_UNIT[1] for number in per_unit):
            metadata["unit"] = unit
            resolution = per_unit
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        pixels,
        imagej=True,
        photometric="minisblack",
        resolution=resolution,
        metadata=metadata,
    )
    write_flushed(path, buffer.getvalue())
    if not same_bits(tifffile.imread(path).reshape(pixels.shape), pixels):
        raise MMFusionWriteError(
            f"{printable(path.name)}: reads back differently from what was written;"
            " check the disk or choose another folder"
        )


def _look(channels: Sequence[Channel]) -> dict[str, Any]:
    """How ImageJ shows the channels, where all of them say it."""
    look: dict[str, Any] = {}
    if len(channels) > 1:
        look["mode"] = "composite" if len(channels) <= _MOST_BLENDED else "color"
    limits = [channel.limits for channel in channels if channel.limits is not None]
    if len(limits) == len(channels):
        look["Ranges"] = [value for pair in limits for value in pair]
        # The first channel's are those of the whole file in ImageJ's description.
        look["min"], look["max"] = limits[0]
    colours = [channel.colours for channel in channels if channel.colours is not None]
    if len(colours) == len(channels):
        look["LUTs"] = [np.ascontiguousarray(table.T, dtype=np.uint8) for table in colours]
    return look
