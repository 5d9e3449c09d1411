"""Opens zip archives after checking their directory."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Remedy, Text
from napari_mmfusion.io.items import MEBIBYTE, MOST_ITEMS
from napari_mmfusion.io.naming import printable, quoted

_ENCRYPTED: Final = 0x1
# Names that lead out of the folder when the archive is unpacked, or that break a line.
_UNSAFE_NAME: Final = re.compile(r"^(?:[A-Za-z]:)?[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)|[\0-\x1f\x7f]")
_SAVE_AGAIN: Final = Text("write it again{}", Remedy(" with numpy.savez"))


class BoundedReader(io.BufferedReader):
    """A file that refuses to read more than 1 MiB at a time.

    `zipfile` reads the whole directory at once, with the length stated in the file, and needs many
    times that length in memory.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, which must not be more than 1 MiB."""
        if size is None or not 0 <= size <= MEBIBYTE:
            size = MEBIBYTE + 1
        piece = super().read(size)
        if len(piece) > MEBIBYTE:
            raise MMFusionReadError(
                f"its zip directory is longer than 1 MiB, expected at most {MOST_ITEMS} arrays;"
                " save only the images"
            )
        return piece


@contextmanager
def open_zip(file: BoundedReader) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive if its directory is short and sound.

    Raises
    ------
    MMFusionReadError
        If it has more than 256 members, one whose name leads out of a folder, two of one
        name or an encrypted one, or is no archive.
    """
    try:
        archive = zipfile.ZipFile(file)
    except MMFusionReadError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise MMFusionReadError(
            Text("is not a sound .npz archive ({}); {}", printable(str(error)), _SAVE_AGAIN)
        ) from error
    with archive:
        _check(archive.infolist())
        yield archive


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_ITEMS:
        raise MMFusionReadError(
            f"has {len(members)} members, expected at most {MOST_ITEMS}; save only the images"
        )
    for member in members:
        if _UNSAFE_NAME.search(member.orig_filename):
            raise MMFusionReadError(
                Text(
                    "has a member called {}, expected a plain name; {}",
                    quoted(member.orig_filename),
                    _SAVE_AGAIN,
                )
            )
    for name, count in Counter(member.filename for member in members).items():
        if count > 1:
            raise MMFusionReadError(
                Text("has {} members called {}, expected one; {}", count, quoted(name), _SAVE_AGAIN)
            )
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise MMFusionReadError(
                Text(
                    "{}: is encrypted, expected plain data; {}",
                    quoted(member.filename),
                    _SAVE_AGAIN,
                )
            )
