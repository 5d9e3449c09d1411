from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from napari_mmfusion.io import staging_folder
from napari_mmfusion.io.staging_folder import (
    NotRestoredError,
    make_staging_folder,
    remove_abandoned,
)

WRITER = """
import sys
from pathlib import Path
from napari_mmfusion.io.staging_folder import make_staging_folder

with make_staging_folder(Path(sys.argv[1])) as staging:
    (staging / "half.tif").write_bytes(b"half")
    print("writing", flush=True)
    sys.stdin.read()
"""


def start_writer(folder: Path) -> subprocess.Popen[str]:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    return writer


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyError), make_staging_folder(tmp_path):
        raise KeyError
    assert names(tmp_path) == []
    with make_staging_folder(tmp_path) as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "x").write_text("x")
    assert names(tmp_path) == []


def test_the_folder_of_a_running_process_stays(tmp_path: Path) -> None:
    writer = start_writer(tmp_path)
    (there,) = names(tmp_path)
    remove_abandoned(tmp_path)
    assert names(tmp_path) == [there]
    writer.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    writer.communicate()
    assert names(tmp_path) == [there]
    remove_abandoned(tmp_path)
    assert names(tmp_path) == []


def test_another_folder_of_this_process_stays(tmp_path: Path) -> None:
    with make_staging_folder(tmp_path) as one, make_staging_folder(tmp_path) as other:
        remove_abandoned(tmp_path)
        assert one.is_dir()
        assert other.is_dir()
    assert names(tmp_path) == []


def test_old_files_that_could_not_be_put_back_are_never_removed(tmp_path: Path) -> None:
    def fail() -> None:
        with make_staging_folder(tmp_path) as folder:
            (folder / "old.tif").write_text("precious")
            raise NotRestoredError("the disk is gone")

    with pytest.raises(NotRestoredError):
        fail()
    remove_abandoned(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert names(folder) == ["old.tif"]


def test_other_files_with_such_a_name_stay(tmp_path: Path) -> None:
    (tmp_path / ".mmfusion-file").write_text("x")
    (tmp_path / ".mmfusion-mine").mkdir()
    (tmp_path / ".mmfusion-mine" / "x.tif").write_text("precious")
    (tmp_path / "other").mkdir()
    remove_abandoned(tmp_path)
    assert sorted(names(tmp_path)) == [".mmfusion-file", ".mmfusion-mine", "other"]
    assert names(tmp_path / ".mmfusion-mine") == ["x.tif"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links on this system")
def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".lock").write_text("")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / ".mmfusion-link").symlink_to(outside)
    remove_abandoned(folder)
    assert names(outside) == [".lock"]


def test_an_empty_folder_that_was_never_locked_goes(tmp_path: Path) -> None:
    (tmp_path / ".mmfusion-new").mkdir()
    remove_abandoned(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [FileNotFoundError, BlockingIOError])
def test_a_folder_taken_away_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    real, calls = staging_folder._lock, []

    def locked(folder: Path) -> int:
        calls.append(folder)
        if len(calls) == 1:
            folder.rmdir()
            raise error
        return real(folder)

    monkeypatch.setattr(staging_folder, "_lock", locked)
    with make_staging_folder(tmp_path) as folder:
        assert folder == calls[1]
    assert names(tmp_path) == []


def test_without_room_for_the_lock_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> int:
        raise OSError(28, "No space left")

    monkeypatch.setattr(staging_folder, "_lock", full)
    with pytest.raises(OSError, match="No space left"), make_staging_folder(tmp_path):
        pytest.fail("there is no folder")
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there the lock is an open file")
def test_a_disk_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(_: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(staging_folder, "_take", unsupported)
    with make_staging_folder(tmp_path) as folder:
        remove_abandoned(tmp_path)
        assert folder.is_dir()
    assert names(tmp_path) == []
