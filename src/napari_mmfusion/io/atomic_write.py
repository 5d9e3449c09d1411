"""Writing several files at once: either all are replaced by complete new ones, or none is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionError, MMFusionWriteError
from napari_mmfusion.core.wording import Remedy, Text
from napari_mmfusion.io.naming import listed, printable
from napari_mmfusion.io.replacing import (
    copy_of,
    flush_folder,
    put,
    require_replaceable,
    target_of,
)
from napari_mmfusion.io.staging_folder import (
    NotRestoredError,
    make_staging_folder,
    remove_abandoned,
)

_KEPT: Final = ".replaced"


@contextmanager
def stage_files(
    folder: Path, names: Sequence[str], *, overwrite: bool, obsolete: Sequence[str] = ()
) -> Iterator[Path]:
    """Yield an empty folder for new files, and move the files into `folder` after the block.

    Parameters
    ----------
    folder : Path
        Folder for the files; created if missing.
    names : sequence of str
        Names of the files that the block writes.
    overwrite : bool
        Whether files of these names may be replaced. Their mode and owner stay, and where one is a
        link, the file that it leads to is written.
    obsolete : sequence of str
        Names of old files that are removed when the new ones are there.

    Yields
    ------
    Path
        The staging folder; it is inside `folder`, so on the same disk.

    Raises
    ------
    MMFusionWriteError
        If files exist that must not be replaced, or are read-only; nothing is written then.
    OSError
        If anything else fails; the new files are removed and the old ones unchanged.
    """
    _require_free(folder, names, overwrite)
    require_replaceable(folder, obsolete)
    created = _create_folders(folder)
    try:
        remove_abandoned(folder)
        with make_staging_folder(folder) as staging:
            yield staging
            _require_free(folder, names, overwrite)
            _move(staging, folder, names, obsolete)
    except BaseException:
        for path in created:
            with suppress(OSError):
                path.rmdir()
        raise


@contextmanager
def explain_failure(what: str, unchanged: str) -> Iterator[None]:
    """Turn any error in the block into one error with a message of one line.

    Parameters
    ----------
    what : str
        The file or folder to be written.
    unchanged : str
        What the message says about the old files.

    Raises
    ------
    MMFusionWriteError
        For any error, with the reason and what to do.
    """
    try:
        yield
    except MMFusionWriteError:
        raise
    except Exception as error:
        reason = printable(str(error) or type(error).__name__, 200)
        advice = "" if isinstance(error, MMFusionError) else "; make room or choose another folder"
        raise MMFusionWriteError(
            f"{printable(what, 200)}: could not be written ({reason}); {unchanged}{advice}"
        ) from error


def write_flushed(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def reads_differently(path: Path) -> MMFusionWriteError:
    """The error for a file that does not hold what was written."""
    return MMFusionWriteError(
        f"{printable(path.name)}: reads back differently from what was written;"
        " check the disk or choose another folder"
    )


def same_bits(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays have the same shape and values, NaN and the sign of zero included."""
    native = np.ascontiguousarray(one, dtype=other.dtype)
    return one.shape == other.shape and native.tobytes() == other.tobytes()


def _require_free(folder: Path, names: Sequence[str], overwrite: bool) -> None:
    shown = printable(str(folder), 200)
    if os.path.lexists(folder) and not folder.is_dir():
        raise MMFusionWriteError(f"{shown}: is a file, expected a folder; choose another name")
    there = [name for name in names if os.path.lexists(folder / name)]
    if there and not overwrite:
        raise MMFusionWriteError(
            Text(
                "{}: {} exist already; {} to replace them, or choose another folder",
                shown,
                listed(there, 4),
                Remedy("pass overwrite=True", "add --overwrite", "remove them"),
            )
        )
    folders = [name for name in there if (folder / name).is_dir()]
    if folders:
        raise MMFusionWriteError(
            f"{shown}: {listed(folders, 4)} should be a file but is a folder; remove it,"
            " or choose another folder"
        )
    require_replaceable(folder, there)
    targets = [target_of(folder / name) for name in names]
    if len(set(targets)) < len(targets):
        raise MMFusionWriteError(
            f"{shown}: links there lead to one file for several images; remove them, or choose"
            " another folder"
        )


def _create_folders(folder: Path) -> list[Path]:
    """Create `folder` and its parents; return those that were missing, innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _move(staging: Path, folder: Path, names: Sequence[str], obsolete: Sequence[str]) -> None:
    """Move all files and remove the obsolete ones, or put the old ones back."""
    kept = staging / _KEPT
    kept.mkdir()
    for name in names:
        if (folder / name).exists():
            copy_of(folder / name, kept / name)
    try:
        for name in names:
            put(staging / name, folder / name)
        for name in obsolete:
            if os.path.lexists(folder / name):
                (folder / name).replace(kept / name)
        flush_folder(folder)
    except BaseException as error:
        lost = [name for name in names if not _restore(staging, folder, kept, name)]
        lost += [name for name in obsolete if not _put_back(folder, kept, name)]
        if lost:
            raise NotRestoredError(
                f"{printable(str(folder), 200)}: {listed(lost, 4)} could not be put back after"
                f" '{printable(str(error))}'; the old files are in {printable(str(kept), 200)}"
            ) from error
        raise


def _put_back(folder: Path, kept: Path, name: str) -> bool:
    """Undo the removal of an obsolete file."""
    if os.path.lexists(kept / name):
        try:
            (kept / name).replace(folder / name)
        except OSError:
            return False
    return True


def _restore(staging: Path, folder: Path, kept: Path, name: str) -> bool:
    if (staging / name).exists():
        return True
    try:
        if (kept / name).exists():
            put(kept / name, folder / name)
        else:
            target_of(folder / name).unlink(missing_ok=True)
    except OSError:
        return False
    return True
