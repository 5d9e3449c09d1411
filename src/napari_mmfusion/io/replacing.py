"""Puts a new file in the place of an old one, whose mode, owner and links stay."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io.naming import listed, printable
from napari_mmfusion.io.staging_folder import make_staging_folder


def target_of(path: Path) -> Path:
    """The file to write at `path`: the file that a link leads to, otherwise `path` itself.

    Raises
    ------
    MMFusionWriteError
        If it is a link that leads in a circle or into a folder that does not exist.
    """
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink() or not target.parent.is_dir():
        raise MMFusionWriteError(
            f"{printable(path.name)}: is a link that leads nowhere; remove it, or choose another"
            " name"
        )
    return target


def require_replaceable(folder: Path, names: Iterable[str]) -> None:
    """Refuse to replace files that are read-only, even by those who could.

    Raises
    ------
    MMFusionWriteError
        If one of the files that exist in the folder is read-only.
    """
    protected = [name for name in names if _is_read_only(folder / name)]
    if protected:
        are = "are" if len(protected) > 1 else "is"
        raise MMFusionWriteError(
            f"{printable(str(folder), 200)}: {listed(protected, 4)} {are} read-only; make"
            f" {'them' if are == 'are' else 'it'} writable to replace"
            f" {'them' if are == 'are' else 'it'}, or choose another name or folder"
        )


def _is_read_only(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    # Administrators may write to any file, but a file that is marked is marked for them too.
    return not mode & stat.S_IWUSR or not os.access(path, os.W_OK)


def copy_of(path: Path, copy: Path) -> None:
    """Copy a file with its mode and owner."""
    shutil.copy2(path, copy)
    _take_over(path, copy)


def put(new: Path, path: Path) -> None:
    """Move a file to `path`, or to where a link there leads, at once and as a whole.

    Mode and owner are those of the file that is replaced, as far as the system lets us set them.
    """
    target = target_of(path)
    if target.exists():
        _take_over(target, new)
    if target.parent == path.parent or target.parent.samefile(path.parent):
        new.replace(target)
        return
    # The other folder may be on another disk, where a file cannot be moved at once.
    with make_staging_folder(target.parent) as staging:
        copy_of(new, staging / target.name)
        with (staging / target.name).open("rb") as file:
            os.fsync(file.fileno())
        (staging / target.name).replace(target)
        new.unlink()
    flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """Wait until new names in a folder are on the disk, if the system supports it."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _take_over(old: Path, new: Path) -> None:
    status, present = old.stat(), new.stat()
    if hasattr(os, "chown"):
        # Only an administrator can give a file away; a group can be one of one's own.
        for owner, group in ((status.st_uid, -1), (-1, status.st_gid)):
            if owner not in (-1, present.st_uid) or group not in (-1, present.st_gid):
                with suppress(OSError):
                    os.chown(new, owner, group)
    # After the owner, because a change of owner takes away some of the mode.
    new.chmod(stat.S_IMODE(status.st_mode))
