"""The hidden folder that holds new files until all of them are complete.

A process that is killed leaves its folder behind. A lock in the folder shows whether its process is
still running, because the system releases the lock when the process ends. A process number would
not do: it may have been reused, or belong to another machine that shares the disk.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from napari_mmfusion.core.errors import MMFusionWriteError

if sys.platform != "win32":
    import fcntl

_PREFIX: Final = ".mmfusion-"
_LOCK: Final = ".lock"


class NotRestoredError(MMFusionWriteError):
    """A failure after which old files are only in the staging folder."""


@contextmanager
def make_staging_folder(folder: Path) -> Iterator[Path]:
    """Create an empty folder in `folder`; remove it after the block unless it holds the old files.

    Yields
    ------
    Path
    """
    staging, lock = _create(folder)
    try:
        yield staging
    except NotRestoredError:
        # A folder without a lock is never removed as abandoned.
        os.close(lock)
        (staging / _LOCK).unlink()
        raise
    except BaseException:
        _remove(staging, lock)
        raise
    _remove(staging, lock)


def remove_abandoned(folder: Path) -> None:
    """Remove staging folders in `folder` whose process has ended; errors are ignored."""
    for staging in folder.glob(f"{_PREFIX}*"):
        if staging.is_symlink() or not staging.is_dir():
            continue
        with suppress(OSError):
            lock = _lock_abandoned(staging)
            if lock is not None:
                _remove(staging, lock)
            staging.rmdir()  # a folder without a lock is removed only if it is empty


def _create(folder: Path) -> tuple[Path, int]:
    while True:
        staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        try:
            return staging, _lock(staging)
        except (BlockingIOError, FileNotFoundError):
            continue  # another process removed it as abandoned before it was locked
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def _remove(staging: Path, lock: int) -> None:
    """Remove the folder, the lock last: a process killed here never leaves it unlocked."""
    for path in staging.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _LOCK:
            path.unlink(missing_ok=True)
    os.close(lock)
    shutil.rmtree(staging, ignore_errors=True)


if sys.platform == "win32":

    def _lock(staging: Path) -> int:
        return os.open(staging / _LOCK, os.O_CREAT | os.O_RDWR)

    def _lock_abandoned(staging: Path) -> int | None:
        # Windows does not delete a file that is open, so this fails while the owner runs.
        (staging / _LOCK).unlink()
        return _lock(staging)

else:

    def _lock(staging: Path) -> int:
        lock = os.open(staging / _LOCK, os.O_CREAT | os.O_RDWR)
        try:
            _take(lock)
        except BlockingIOError:
            os.close(lock)
            raise
        except OSError:
            pass  # no locks on this disk: a folder left behind stays there
        return lock

    def _lock_abandoned(staging: Path) -> int | None:
        """Take the lock of the folder; None if there is none.

        Raises
        ------
        OSError
            If another process holds it.
        """
        try:
            lock = os.open(staging / _LOCK, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            _take(lock)
        except OSError:
            os.close(lock)
            raise
        return lock

    def _take(lock: int) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
