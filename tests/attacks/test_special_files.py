"""Paths that are not files, and files that must not be read now."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from attacks.guarded import guarded
from attacks.hdf5_attacks import write_sound
from attacks.reading import messages, read_in_every_way

fcntl = pytest.importorskip("fcntl")

NOBODY = 65534


def refusal(path: Path) -> str:
    outcome = guarded(read_in_every_way, path, {})
    assert outcome.failure == ""
    return str(outcome.value)


@pytest.mark.parametrize("name", ["x.h5", "x.npz"])
def test_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert refusal(tmp_path / name) == (
        f"{name}: is a folder; give a file in it, ending in .npz, .h5, .hdf5, .tif, .tiff"
    )


@pytest.mark.parametrize("name", ["x.h5", "x.npz"])
def test_pipe(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert refusal(tmp_path / name) == f"{name}: is not a regular file; give a file on disk"


def test_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.h5")
        assert refusal(tmp_path / "x.h5") == "x.h5: is not a regular file; give a file on disk"


def test_device(tmp_path: Path) -> None:
    (tmp_path / "x.npz").symlink_to("/dev/zero")
    assert refusal(tmp_path / "x.npz") == "x.npz: is not a regular file; give a file on disk"


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "x.h5").symlink_to(tmp_path / "x.h5")
    assert "x.h5: there is no such file; check its name" in refusal(tmp_path / "x.h5")


def test_no_file(tmp_path: Path) -> None:
    assert "x.h5: there is no such file; check its name" in refusal(tmp_path / "x.h5")


def read_as_nobody(_: Callable[..., None], path: Path) -> dict[str, str]:
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    return messages(path, {})


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike those of pytest."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", ["x.h5", "x.npz"])
def test_no_permission(open_folder: Path, name: str) -> None:
    path = open_folder / name
    path.write_bytes(b"secret")
    path.chmod(0)
    outcome = guarded(read_as_nobody, path)
    assert outcome.failure == ""
    expected = f"{name}: may not be read; ask its owner for permission"
    assert set(outcome.value.values()) == {expected}


def locked(path: Path) -> Any:
    """Lock a file as HDF5 does while it writes; until the result is closed."""
    file = path.open("rb")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def test_locked_file(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    write_sound(path)
    with locked(path):
        assert refusal(path) == "x.h5: is being written by another program; close the file there"
    assert refusal(path) == ""
