"""An open file and its arrays, described but not yet read."""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.descriptors import sha256_of
from napari_mmfusion.io.naming import listed

MOST_ITEMS: Final = 256
"""Largest number of arrays in a file; one with more is not a set of images."""

MEBIBYTE: Final = 2**20
# Images of up to 4096 x 4096 pixels in total are read from any file (half of that if their values
# need double precision), larger ones only at a plausible rate of compression, so that a small file
# cannot fill the memory.
_FREE_BYTES = 128 * MEBIBYTE
_MOST_EXPANSION = 16


@dataclass(frozen=True, eq=False)
class Item:
    """One array of a file, as the file describes it.

    Attributes
    ----------
    name : str
        Name within the group.
    shape : tuple of int, or None
        None if there is no array, such as for a link to another file.
    dtype : str
        Type of the values, such as ``float32``.
    stored_bytes : int
        Bytes it takes in the file.
    read : callable
        Reads the values; call it only if `problem` is empty.
    group : str
        Path of its group; empty at the top of the file.
    problem : str
        Why the values cannot be read and what to do, otherwise empty.
    element : str or None
        Name of the chemical map that this is, if the file states it, as results of `save` do.
    origin : str or None
        Path in the file, if `name` is that of its group; of several files the name of the file.
    computed : bool
        Whether a fusion or simulation made it, so that it is no measured image.
    """

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    stored_bytes: int
    read: Callable[[], NDArray[Any]]
    group: str = ""
    problem: str = ""
    element: str | None = None
    origin: str | None = None
    computed: bool = False

    @property
    def path(self) -> str:
        """Path of the group and name."""
        return f"{self.group}/{self.name}" if self.group else self.name

    @property
    def is_image(self) -> bool:
        """Whether this is a readable two-dimensional array with at least one pixel."""
        return not self.problem and self.shape is not None and _is_image_shape(self.shape)


def distinct_names(items: Sequence[Item]) -> list[str]:
    """Names of the arrays, with their groups or files where a name is there twice."""
    names = [item.name for item in items]
    if len(set(names)) == len(names):
        return names
    count = Counter(item.path for item in items)
    return [item.path if count[item.path] == 1 else item.origin or item.path for item in items]


def _no_attribute(_: str) -> None:
    """Replace the reading of attributes for formats that have none."""


@dataclass(frozen=True, eq=False)
class OpenFile:
    """A file that is open for reading, with a description of its arrays.

    The file is opened once. Its arrays, attributes and checksum are all read through
    `descriptor`, so they come from the same file even if another file takes its name meanwhile.

    Attributes
    ----------
    path : Path
        The file.
    group : str or None
        Group to which the file was restricted, if any.
    descriptor : int
        File descriptor; valid until the file is closed.
    others : tuple of int
        Descriptors of further files, if a data set has several.
    items : tuple of Item
        Arrays in the order of the file.
    elements : mapping of str to str
        Name of the chemical map for the name of its data set, in order, if the file is a result
        that `save` wrote; otherwise empty.
    calibration : callable
        Pixel size and unit that hold for an array, or for the whole file if it is None.
    attribute : callable
        Value of the attribute of that name at the top of the file: a number, truth value or text;
        None if there is none.
    numbers : callable
        Values of an attribute that holds a one-dimensional array of numbers; None if there is none.
    """

    path: Path
    group: str | None
    descriptor: int
    items: tuple[Item, ...]
    calibration: Callable[[Item | None], Calibration]
    elements: Mapping[str, str] = field(default_factory=dict)
    attribute: Callable[[str], object] = _no_attribute
    numbers: Callable[[str], NDArray[np.float64] | None] = _no_attribute
    others: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Bytes in the file, or in all files."""
        return sum(os.fstat(each).st_size for each in (self.descriptor, *self.others))

    @property
    def name(self) -> str:
        """What to call a data set from the file: its name without ending, or that of its folder."""
        return self.path.name if self.others else self.path.stem

    def sha256(self) -> str:
        """SHA-256 of the whole file, in hexadecimal digits; of several files that of their own."""
        digests = [sha256_of(each) for each in (self.descriptor, *self.others)]
        if len(digests) == 1:
            return digests[0]
        return hashlib.sha256("".join(digests).encode()).hexdigest()


class ImagesOnDemand(Mapping[str, Any]):
    """Images by name, read on access, so that only one is in memory in the type of the file."""

    def __init__(
        self, items: Mapping[str, Item], read: Callable[[Item], Any] = lambda item: item.read()
    ) -> None:
        self._items = items
        self._read = read

    def __getitem__(self, name: str) -> Any:
        return self._read(self._items[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _is_image_shape(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and 0 not in shape


def unreadable() -> NDArray[Any]:
    """Replace `Item.read` for an item with a problem."""
    raise MMFusionReadError("there are no values to read")


class Allowance:
    """How much may be read of a file together: 128 MiB, or 16 times what it takes in the file.

    Parameters
    ----------
    file_bytes : int
        Bytes in the file.

    Attributes
    ----------
    needed, stored : int
        Bytes of the images taken so far, in memory and in the file.
    """

    def __init__(self, file_bytes: int) -> None:
        self._file_bytes = file_bytes
        self.needed = self.stored = 0

    def take(self, image: Item) -> bool:
        """Add an image; whether it may be read together with those before it."""
        self.needed += _bytes_per_pixel(image) * math.prod(image.shape or ())
        self.stored = min(self.stored + image.stored_bytes, self._file_bytes)
        return self.needed <= max(_FREE_BYTES, _MOST_EXPANSION * self.stored)


def require_affordable(images: Iterable[Item], file_bytes: int) -> None:
    """Refuse images that would unpack to far more bytes than they take in the file.

    Raises
    ------
    MMFusionReadError
        If they are more than an `Allowance` lets through.
    """
    images = list(images)
    allowance = Allowance(file_bytes)
    # All are taken, whatever becomes of the first: the last answer is that for all together.
    if images and not [allowance.take(image) for image in images][-1]:
        raise MMFusionReadError(
            f"{listed(image.name for image in images)}: would unpack to"
            f" {allowance.needed / MEBIBYTE:.4g} MiB from {allowance.stored / MEBIBYTE:.4g} MiB in"
            " the file, which is more than is safe; save the images without compression"
        )


def _bytes_per_pixel(image: Item) -> int:
    """Bytes to read and keep a pixel; wider types than single precision are kept twice."""
    return 8 if np.can_cast(np.dtype(image.dtype), np.float32) else 16
