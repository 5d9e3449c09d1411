"""The file formats, and opening a file of any of them; every failure is an error of one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from napari_mmfusion.core.errors import MMFusionDataError, MMFusionError, MMFusionReadError
from napari_mmfusion.io import endings
from napari_mmfusion.io.hdf5.file import open_hdf5
from napari_mmfusion.io.items import OpenFile
from napari_mmfusion.io.naming import printable
from napari_mmfusion.io.npz.file import open_npz

FORMATS: Final[dict[str, Callable[[Path, str | None], AbstractContextManager[OpenFile]]]] = {
    endings.NPZ: open_npz,
    **dict.fromkeys(endings.HDF5, open_hdf5),
}
"""The function that opens a file, by the ending of its name."""

# Enough for a message that lists the shape of every image.
_LONGEST_MESSAGE = 2000


@contextmanager
def open_file(path: str | os.PathLike[str], group: str | None = None) -> Iterator[OpenFile]:
    """Open a file for reading; errors inside the block are raised with the file's name.

    The file is opened once, and everything is read through that one descriptor, including the
    checksum. Functions that read from a file therefore take an `OpenFile`, not a path.

    Parameters
    ----------
    path : str or path
        File to open; its ending determines the format.
    group : str, optional
        Group of an HDF5 file to which reading is restricted.

    Yields
    ------
    OpenFile
        Description of the file; valid inside the block.

    Raises
    ------
    MMFusionReadError
        For every failure; the message starts with the file's name.
    """
    file = Path(path)
    try:
        opener = _opener(file)
        with opener(file, group) as opened:
            yield opened
    except MMFusionDataError as error:
        raise _name_file(file, str(error)) from error
    except PermissionError as error:
        raise _name_file(file, "may not be read; ask its owner for permission") from error
    except MemoryError as error:
        raise _name_file(
            file, "does not fit in memory; close other programs or crop the images"
        ) from error
    except MMFusionError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise _name_file(
            file, f"cannot be read ({what}); it may be damaged, write it again"
        ) from error


def _opener(file: Path) -> Callable[[Path, str | None], AbstractContextManager[OpenFile]]:
    known = ", ".join(FORMATS)
    if not file.exists():
        raise MMFusionReadError("there is no such file; check its name and folder")
    if file.is_dir():
        raise MMFusionReadError(f"is a folder; give a file in it, ending in {known}")
    if not file.is_file():
        raise MMFusionReadError("is not a regular file; give a file on disk")
    opener = FORMATS.get(file.suffix.lower())
    if opener is None:
        raise MMFusionReadError(
            f"files ending in '{printable(file.suffix, 20)}' are not read, expected {known};"
            " export the HAADF image and the maps to one of these"
        )
    if file.stat().st_size == 0:
        raise MMFusionReadError("is empty; export or copy it again")
    return opener


def _name_file(file: Path, message: str) -> MMFusionReadError:
    return MMFusionReadError(printable(f"{file.name or file}: {message}", _LONGEST_MESSAGE))
