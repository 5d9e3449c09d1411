"""What a format module hands over: named arrays, described but not yet read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.naming import listed

MOST_ITEMS: Final = 256
"""Most arrays in a file; more is no data set of images."""

MEBIBYTE: Final = 2**20
# Images of up to 4096 x 4096 pixels in all are read from any file (half as many where they do not
# fit in single precision), more only at a credible rate of compression, so that a small file cannot
# fill the memory.
_FREE_BYTES = 128 * MEBIBYTE
_MOST_EXPANSION = 16


@dataclass(frozen=True, eq=False)
class Item:
    """One array of a file, described by what the file says about it.

    Attributes
    ----------
    name : str
        Its own name, without that of the group.
    shape : tuple of int, or None
        None where there is no array, such as behind a link to another file.
    dtype : str
        Kind of its values, such as ``float32``.
    stored_bytes : int
        Space it takes in the file.
    read : callable
        Reads the values; to be called only when `problem` is empty.
    group : str
        Path of the group it lies in; empty at the top of the file.
    problem : str
        Why the values cannot be read, and what to do; else empty.
    element : str or None
        Name of the chemical map this is, where the file says so itself (our own results do).
    """

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    stored_bytes: int
    read: Callable[[], NDArray[Any]]
    group: str = ""
    problem: str = ""
    element: str | None = None

    @property
    def path(self) -> str:
        """Name with the path of the group before it."""
        return f"{self.group}/{self.name}" if self.group else self.name

    @property
    def is_image(self) -> bool:
        """Whether this is a readable two-dimensional array with at least one pixel."""
        return not self.problem and self.shape is not None and _is_image_shape(self.shape)


@dataclass(frozen=True, eq=False)
class OpenFile:
    """The arrays of an open file; they can be read until it is closed.

    Attributes
    ----------
    items : tuple of Item
        In the order of the file.
    file_bytes : int
        Size of the file.
    calibration : callable
        Pixel size and unit that hold for the group of the given path.
    attribute : callable
        Value of the attribute of that name at the top of the file, or None.
    """

    items: tuple[Item, ...]
    file_bytes: int
    calibration: Callable[[str], Calibration]
    attribute: Callable[[str], object]


def _is_image_shape(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and 0 not in shape


def unreadable() -> NDArray[Any]:
    """Stand in for `Item.read` where there is a problem."""
    raise MMFusionReadError("there are no values to read")


def require_affordable(images: Iterable[Item], file_bytes: int) -> None:
    """Refuse images that would unpack to far more than the file holds.

    Raises
    ------
    MMFusionReadError
        If they take more than 128 MiB and more than 16 times their space in the file.
    """
    images = list(images)
    needed = sum(_bytes_per_pixel(image) * math.prod(image.shape or ()) for image in images)
    stored = min(sum(image.stored_bytes for image in images), file_bytes)
    if needed > max(_FREE_BYTES, _MOST_EXPANSION * stored):
        raise MMFusionReadError(
            f"{listed(image.name for image in images)}: would unpack to"
            f" {needed / MEBIBYTE:.4g} MiB from {stored / MEBIBYTE:.4g} MiB in the file, which is"
            " more than is safe; save the images without compression"
        )


def _bytes_per_pixel(image: Item) -> int:
    """Memory to read and keep a pixel; what is wider than single precision is kept twice."""
    return 8 if np.can_cast(np.dtype(image.dtype), np.float32) else 16
