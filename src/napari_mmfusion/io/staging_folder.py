"""The hidden folder in which new files wait until all are complete.

A process that is killed leaves it behind. Whether its owner still lives is told by a lock, which
the system gives up with the process: a number of a process could by now be another's, or of another
machine that shares the disk.
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
    """A failure after which old files lie in the staging folder only."""


@contextmanager
def make_staging_folder(folder: Path) -> Iterator[Path]:
    """Make an empty folder in `folder`, and remove it at the end, unless old files are only there.

    Yields
    ------
    Path
    """
    staging, lock = _create(folder)
    try:
        yield staging
    except NotRestoredError:
        # Without a lock in it, nobody takes it for abandoned.
        os.close(lock)
        (staging / _LOCK).unlink()
        raise
    except BaseException:
        _remove(staging, lock)
        raise
    _remove(staging, lock)


def remove_abandoned(folder: Path) -> None:
    """Remove what processes that are no more have left in `folder`; a failure does no harm."""
    for staging in folder.glob(f"{_PREFIX}*"):
        if staging.is_symlink() or not staging.is_dir():
            continue
        with suppress(OSError):
            lock = _lock_abandoned(staging)
            if lock is not None:
                _remove(staging, lock)
            staging.rmdir()  # one without a lock goes too, if it is empty


def _create(folder: Path) -> tuple[Path, int]:
    while True:
        staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        try:
            return staging, _lock(staging)
        except (BlockingIOError, FileNotFoundError):
            continue  # before it was locked, another process took it for abandoned
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def _remove(staging: Path, lock: int) -> None:
    """Remove the folder, the lock last: whoever is killed here leaves no folder without one."""
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
        # What someone has open cannot be deleted here.
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
            pass  # a disk without locks: nobody can take them, so this folder may stay behind
        return lock

    def _lock_abandoned(staging: Path) -> int | None:
        """The lock of the folder, taken; None if there is none or it is another's."""
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
