from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io import load_parameters
from napari_mmfusion.io.npz import file as npz

Refusal = Callable[..., str]


@pytest.fixture(params=[mmf.load, mmf.load_result, mmf.inspect, load_parameters])
def read(request: pytest.FixtureRequest) -> Any:
    return request.param


def message_of(read: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(mmf.MMFusionReadError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path.name}: ")
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_missing_file(read: Any, tmp_path: Path) -> None:
    message = message_of(read, tmp_path / "missing.npz")
    assert message == "missing.npz: there is no such file; check its name and folder"


@pytest.mark.parametrize("read", [mmf.load, mmf.inspect])
def test_a_folder(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "folder.h5"
    path.mkdir()
    message = message_of(read, path)
    assert "is a folder; give a file in it, ending in .npz, .h5, .hdf5" in message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.timeout(10)
def test_a_pipe_is_not_waited_for(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "pipe.npz"
    os.mkfifo(path)
    assert "is not a regular file" in message_of(read, path)


@pytest.mark.parametrize("name", ["data.dm4", "data", "data.npz.gz", "data.png"])
def test_other_endings(read: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    message = message_of(read, path)
    assert f"files ending in '{path.suffix}' are not read, expected .npz, .h5, .hdf5" in message
    assert "export" in message


@pytest.mark.parametrize("name", ["data.npz", "data.h5"])
def test_an_empty_file(read: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    assert "is empty; export or copy it again" in message_of(read, path)


@pytest.mark.parametrize("name", ["data.npz", "data.h5"])
def test_no_permission(
    read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / name
    path.write_bytes(b"x")
    monkeypatch.setattr("io.FileIO", refuse)
    assert "may not be read; ask its owner" in message_of(read, path)


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), MemoryError()])
def test_failures_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    path = tmp_path / "data.npz"
    np.savez(path, HAADF=np.eye(2), Co=np.eye(2))
    monkeypatch.setattr(npz, "_read", fail)
    advice = "permission" if isinstance(error, PermissionError) else "crop the images"
    assert advice in message_of(mmf.load, path)


@pytest.mark.parametrize("error", [RuntimeError, KeyError, RecursionError, AssertionError])
def test_no_other_exception_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise error("first line\nsecond line")

    path = tmp_path / "data.npz"
    np.savez(path, HAADF=np.eye(2), Co=np.eye(2))
    monkeypatch.setattr(npz, "_read", fail)
    message = message_of(mmf.load, path)
    assert f"cannot be read ({error.__name__}: " in message
    assert "write it again" in message


def test_an_impossible_name(read: Any) -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"^a\\x00b\.npz: "):
        read("a\0b.npz")


def test_it_is_a_value_error_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        mmf.load(tmp_path / "missing.npz")
