"""The file formats, and opening a file of any of them; every failure is an error of one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.errors import MMFusionDataError, MMFusionError, MMFusionReadError
from napari_mmfusion.core.wording import Argument, Remedy, Text
from napari_mmfusion.io import endings
from napari_mmfusion.io.hdf5.file import open_hdf5
from napari_mmfusion.io.items import OpenFile
from napari_mmfusion.io.layout import RECONSTRUCTION, is_result_file
from napari_mmfusion.io.naming import printable, quoted
from napari_mmfusion.io.npz.file import open_npz
from napari_mmfusion.io.tiff_reader import open_tiff, open_tiffs

FORMATS: Final[dict[str, Callable[[Path, str | None], AbstractContextManager[OpenFile]]]] = {
    endings.NPZ: open_npz,
    **dict.fromkeys(endings.HDF5, open_hdf5),
    **dict.fromkeys(endings.TIFF, open_tiff),
}
"""The function that opens a file, by the ending of its name."""

PathOrPaths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

_USE_RESULT: Final = Remedy(
    "read its measured images, or the folder to mmf.load_result",
    "use its measured images, or the folder to 'mmfusion fuse --continue' to go on from it",
    "open both its measured and its fused images",
)

# Enough for a message that lists the shape of every image.
_LONGEST_MESSAGE = 2000


@contextmanager
def open_file(path: PathOrPaths, group: str | None = None) -> Iterator[OpenFile]:
    """Open a file for reading; errors inside the block are raised with the file's name.

    Several TIFF files are opened together.
    The file is opened once, and everything is read through that one descriptor, including the
    checksum. Functions that read from a file therefore take an `OpenFile`, not a path.

    Parameters
    ----------
    path : str, path or sequence of them
        File to open, whose ending determines the format; or TIFF files or a folder with some.
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
    paths = list(dict.fromkeys(Path(each).absolute() for each in as_list(path)))
    file = paths[0] if len(paths) == 1 else paths[0].parent if paths else Path()
    try:
        with _open(paths, group) as opened:
            yield opened
    except MMFusionDataError as error:
        raise _name_file(file, error) from error
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


def as_list(path: PathOrPaths) -> list[str]:
    """One path, or several, as a list."""
    if isinstance(path, str | os.PathLike | bytes):
        return [checked_path(path)]
    try:
        return [checked_path(each) for each in list(path)]
    except TypeError:
        return [checked_path(path)]  # which says what is wrong


def checked_path(path: object, name: str = "path") -> str:
    """A path as text.

    Raises
    ------
    MMFusionReadError
        If it is no path, or one that no file can have.
    """
    try:
        text = os.fspath(path)  # type: ignore[call-overload]  # what is none raises TypeError
    except TypeError:
        text = None
    if not isinstance(text, str) or not text.strip():
        raise MMFusionReadError(Text("{} must be a path, not {}", Argument(name), quote(path)))
    return text


def tiffs_in(folder: Path) -> list[Path]:
    """The TIFF files in a folder, in the order of their names, without those of a result."""
    found = sorted(path for path in folder.iterdir() if is_tiff(path) and path.is_file())
    if (folder / RECONSTRUCTION).exists():  # results may have been saved beside the images
        return [path for path in found if not is_result_file(path.name)]
    return found


def is_tiff(path: str | os.PathLike[str]) -> bool:
    """Whether a name is one of a TIFF file, and not a hidden one."""
    file = Path(path)
    return file.suffix.lower() in endings.TIFF and not file.name.startswith(".")


def together(paths: Sequence[str]) -> list[list[str]]:
    """Files by data set: all TIFF files together, in the place of the first, each other one alone.

    Examples
    --------
    >>> together(["Fe.tif", "b.npz", "O.tif"])
    [['Fe.tif', 'O.tif'], ['b.npz']]
    """
    tiffs = [path for path in paths if is_tiff(path)]
    firsts = [path for path in paths if not is_tiff(path) or path == tiffs[0]]
    return [tiffs if is_tiff(path) else [path] for path in firsts]


def _open(paths: Sequence[Path], group: str | None) -> AbstractContextManager[OpenFile]:
    if not paths:
        raise MMFusionReadError("no file is named; give one")
    if len(paths) > 1:
        for path in paths:
            if not is_tiff(path):
                raise MMFusionReadError(
                    f"{quoted(path.name)} is no TIFF file, and only these are read together; give"
                    " one file of another format at a time"
                )
            _opener(path)
        return open_tiffs(paths[0].parent, paths, group)
    if paths[0].is_dir():
        found = tiffs_in(paths[0])
        if found:
            return open_tiffs(paths[0], found, group)
    return _opener(paths[0])(paths[0], group)


def _opener(file: Path) -> Callable[[Path, str | None], AbstractContextManager[OpenFile]]:
    known = ", ".join(FORMATS)
    if not file.exists():
        raise MMFusionReadError("there is no such file; check its name and folder")
    if (file / RECONSTRUCTION).is_file():
        raise MMFusionReadError(
            Text("is a folder of results; give the {} in it to {}", RECONSTRUCTION, _USE_RESULT)
        )
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


def _name_file(file: Path, message: object) -> MMFusionReadError:
    text = Text("{}: {}", file.name or file, message)
    return MMFusionReadError(text.cleaned(printable, _LONGEST_MESSAGE))
