"""What an attack is, and the parts of files that attacks are made of."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SHAPE = (12, 13)
"""Rows and columns of the harmless images in the files."""


@dataclass(frozen=True)
class Attack:
    """A file made to do harm.

    Attributes
    ----------
    name : str
        What it does.
    file : str
        What the file is called.
    write : callable
        Writes it to a path.
    says : str
        Pattern of the message that refuses it; empty if the file is odd but sound and has to
        load.
    options : mapping
        Arguments of `load`.
    """

    name: str
    file: str
    write: Callable[[Path], object]
    says: str
    options: Mapping[str, Any] = field(default_factory=dict)


class Collection(list[Attack]):
    """The attacks of one format; a decorator adds the functions that write a file."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self._ending = ending

    def add(self, name: str, says: str, write: Callable[[Path], object], **options: Any) -> None:
        self.append(Attack(name, f"data{self._ending}", write, says, options))

    def __call__(self, name: str, says: str, **options: Any) -> Callable[..., Any]:
        def enter(write: Callable[[Path], object]) -> Callable[[Path], object]:
            self.add(name, says, write, **options)
            return write

        return enter


def images(*names: str) -> dict[str, Any]:
    """Harmless images, all different; by default a HAADF image and one map."""
    rng = np.random.default_rng(5)
    return {name: rng.random(SHAPE).astype(np.float32) for name in names or ("HAADF", "Co")}


def npy(values: object, **options: Any) -> bytes:
    """The bytes of a .npy array."""
    buffer = io.BytesIO()
    np.save(buffer, np.asanyarray(values), **options)
    return buffer.getvalue()


def npy_with_header(header: bytes, body: bytes = b"", *, stated_length: int | None = None) -> bytes:
    """A .npy array of version 2 with the given header."""
    length = len(header) if stated_length is None else stated_length
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", length) + header + body


def header(shape: str, descr: str = "'<f4'") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()


class Member(NamedTuple):
    """One member of a zip archive, as its entries state it, true or not."""

    name: bytes
    packed: bytes
    size: int
    checksum: int
    method: int = 8
    flags: int = 0


def member(name: str | bytes, content: bytes, *, flags: int = 0) -> Member:
    """A sound member."""
    raw = name.encode() if isinstance(name, str) else name
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return Member(raw, packed, len(content), zlib.crc32(content), flags=flags)


def zeros_after(name: str, start: bytes, mebibytes: int, filler: bytes = b"\0") -> Member:
    """A member of `start` and so many MiB of one byte, compressed without creating them."""
    block = filler * 2**20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers back, so a packed block may be repeated.
    repeated = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(start)
    for _ in range(mebibytes):
        checksum = zlib.crc32(block, checksum)
    packed = first + repeated * mebibytes + packer.flush(zlib.Z_FINISH)
    return Member(name.encode(), packed, len(start) + mebibytes * len(block), checksum)


def archive(members: Iterable[Member]) -> bytes:
    """A zip archive whose entries say what the members say."""
    body, directory, count = io.BytesIO(), io.BytesIO(), 0
    for each in members:
        common = struct.pack(
            "<HHHHHIIIHH",
            20, each.flags, each.method, 0, 0x21,
            each.checksum, len(each.packed), each.size, len(each.name), 0,
        )  # fmt: skip
        where = body.tell()
        body.write(b"PK\3\4" + common + each.name + each.packed)
        directory.write(b"PK\1\2\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, where))
        directory.write(each.name)
        count += 1
    entries = directory.getvalue()
    end = struct.pack(
        "<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entries), body.tell(), 0
    )
    return body.getvalue() + entries + b"PK\5\6" + end


def write_zip(path: Path, members: Iterable[Member]) -> None:
    path.write_bytes(archive(members))
