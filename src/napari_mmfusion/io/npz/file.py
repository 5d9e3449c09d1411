"""NumPy archives (.npz): zip files with a .npy array for each image."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Argument, Remedy, Text, text_of
from napari_mmfusion.io.calibration import PIXEL_SIZE, UNIT, Calibration, check_calibration
from napari_mmfusion.io.endings import NPY
from napari_mmfusion.io.items import MEBIBYTE, Item, OpenFile, unreadable
from napari_mmfusion.io.naming import printable, quoted
from napari_mmfusion.io.npz.array_header import NpyHeader, read_header
from napari_mmfusion.io.npz.zip_directory import BoundedReader, open_zip

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_NUMBERS: Final = 8
_SAVEZ: Final = Remedy(" with numpy.savez")
_DAMAGED: Final = Text("the file is damaged, write it again{}", _SAVEZ)


@contextmanager
def open_npz(path: Path, group: str | None) -> Iterator[OpenFile]:
    """Open a .npz file and describe its arrays without reading pixels or Python objects.

    Raises
    ------
    MMFusionReadError
        If it is damaged or has more than 256 members.
    """
    if group is not None:
        raise MMFusionReadError(
            Text("a .npz file has no groups; leave out {}", Argument("group", value=group))
        )
    with BoundedReader(io.FileIO(path)) as file, open_zip(file) as archive:
        members = {
            member.filename.removesuffix(NPY): member
            for member in archive.infolist()
            if member.filename.endswith(NPY)
        }
        yield OpenFile(
            path=path,
            group=None,
            descriptor=file.fileno(),
            items=tuple(_describe(archive, name, member) for name, member in members.items()),
            calibration=lambda _: _calibration(archive, members),
        )


@contextmanager
def _unpacking() -> Iterator[None]:
    """Turn the errors of a damaged member into MMFusionReadError."""
    try:
        yield
    except MMFusionReadError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise MMFusionReadError(
            Text("cannot be unpacked ({}); {}", printable(str(error)), _DAMAGED)
        ) from error


def _describe(archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo) -> Item:
    try:
        header = _header(archive, member)
    except MMFusionReadError as error:
        return Item(name, None, "?", 0, unreadable, problem=text_of(error))
    return Item(
        name,
        header.shape,
        header.dtype.name if header.is_numeric else printable(header.descr, 24),
        member.compress_size,
        partial(_read_named, archive, member, header),
        problem=_problem(member, header),
    )


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NpyHeader:
    if member.compress_type not in _METHODS:
        raise MMFusionReadError(
            Text(
                "is compressed by method {}, expected none or deflate; write the file again{}",
                member.compress_type,
                _SAVEZ,
            )
        )
    with _unpacking(), archive.open(member) as stream:
        return read_header(stream.read)


def _problem(member: zipfile.ZipInfo, header: NpyHeader) -> str:
    if not header.is_numeric:
        return (
            f"holds values of type {printable(header.descr, 24)}, expected real numbers of at"
            " most 64 bits; save it as an array of numbers"
        )
    stored = member.file_size - header.offset
    if header.values_bytes != stored:
        return Text(
            "has {} bytes of values, expected {} for its shape; {}",
            stored,
            printable(str(header.values_bytes), 24),
            _DAMAGED,
        )
    return ""


def _read_named(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: NpyHeader
) -> NDArray[Any]:
    try:
        return _read(archive, member, header)
    except MMFusionReadError as error:
        name = quoted(member.filename.removesuffix(NPY))
        raise MMFusionReadError(Text("{}: {}", name, error)) from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: NpyHeader) -> NDArray[Any]:
    """Read the values in pieces; `zipfile` compares the checksum after the last one."""
    values = np.empty(header.values_bytes, np.uint8)
    filled = 0
    with _unpacking(), archive.open(member) as stream:
        stream.read(header.offset)
        while filled < len(values):
            piece = stream.read(min(MEBIBYTE, len(values) - filled))
            if not piece:
                raise MMFusionReadError(Text("is cut short; {}", _DAMAGED))
            values[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
            filled += len(piece)
    return values.view(header.dtype).reshape(
        header.shape, order="F" if header.fortran_order else "C"
    )


def _calibration(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Calibration:
    stated = [
        _single(archive, members[name]) if name in members else None for name in (PIXEL_SIZE, UNIT)
    ]
    return check_calibration(*stated)


def _single(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> object:
    """A number, a few numbers, a short text, or the error that reading it raises."""
    name = member.filename.removesuffix(NPY)
    try:
        header = _header(archive, member)
        if not (header.is_numeric or header.is_short_text):
            return MMFusionReadError(f"{quoted(name)} is neither a number nor a text")
        if math.prod(header.shape) > _MOST_NUMBERS:
            return MMFusionReadError(f"{quoted(name)} is not one number")
        values: object = _read(archive, member, header).tolist()
    except MMFusionReadError as error:
        return error
    is_single = header.is_short_text and header.shape == (1,)
    return values[0] if is_single and isinstance(values, list) else values
