"""Reads a file through its descriptor, which others read from too."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager


def read_at(descriptor: int, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset`; fewer at the end of the file."""
    content = _read_once(descriptor, offset, size)
    while len(content) < size:  # one call returns 2 GiB at most
        more = _read_once(descriptor, offset + len(content), size - len(content))
        if not more:
            break
        content += more
    return content


def sha256_of(descriptor: int) -> str:
    """SHA-256 of the whole file, in hexadecimal digits."""
    with _position_kept(descriptor), io.FileIO(descriptor, closefd=False) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _position_kept(descriptor: int) -> Iterator[None]:
    """Restore the position after the block: other readers of the descriptor rely on it."""
    position = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        yield
    finally:
        os.lseek(descriptor, position, os.SEEK_SET)


if hasattr(os, "pread"):

    def _read_once(descriptor: int, offset: int, size: int) -> bytes:
        return os.pread(descriptor, size, offset)

else:  # on Windows

    def _read_once(descriptor: int, offset: int, size: int) -> bytes:
        with _position_kept(descriptor):
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, size)
