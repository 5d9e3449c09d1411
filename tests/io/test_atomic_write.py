from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.atomic_write import same_bits, stage_files, write_flushed

NAMES = ("a.tif", "b.tif", "c.h5")


def write_all(folder: Path, text: str, *, overwrite: bool = False) -> None:
    with stage_files(folder, NAMES, overwrite=overwrite) as staging:
        for name in NAMES:
            write_flushed(staging / name, f"{text} {name}".encode())


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def expected(text: str) -> dict[str, str]:
    return {name: f"{text} {name}" for name in NAMES}


@pytest.fixture
def failing_replace(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make `os.replace` fail at the given call, once or from there on."""
    real = os.replace

    def arrange(at: int, error: BaseException, *, forever: bool = False) -> None:
        calls = 0

        def replace(source: Any, target: Any, **options: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == at or (forever and calls > at):
                raise error
            real(source, target, **options)

        monkeypatch.setattr(os, "replace", replace)

    return arrange


def test_all_files_arrive_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write_all(folder, "first")
    assert contents(folder) == expected("first")


@pytest.mark.skipif(os.name != "posix", reason="folders are flushed on POSIX systems")
def test_the_folder_is_flushed_once_all_names_are_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that were flushed could else be lost with their names."""
    flushed: list[set[str]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if os.path.samestat(os.fstat(descriptor), tmp_path.stat()):
            flushed.append({path.name for path in tmp_path.iterdir()})
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write_all(tmp_path, "new")
    assert flushed
    assert flushed[-1] >= set(NAMES)


def test_nothing_is_there_before_the_end(tmp_path: Path) -> None:
    with stage_files(tmp_path, ["a.tif"], overwrite=False) as staging:
        write_flushed(staging / "a.tif", b"x")
        assert staging.parent == tmp_path
        assert not (tmp_path / "a.tif").exists()
    assert contents(tmp_path) == {"a.tif": "x"}


def test_nothing_is_replaced_without_request(tmp_path: Path) -> None:
    (tmp_path / "b.tif").write_text("precious")
    with pytest.raises(mmf.MMFusionWriteError, match=r"'b\.tif' exist already.*overwrite=True"):
        write_all(tmp_path, "new")
    assert contents(tmp_path) == {"b.tif": "precious"}


def test_the_check_comes_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "c.h5").write_text("precious")
    with (
        pytest.raises(mmf.MMFusionWriteError, match="exist already"),
        stage_files(tmp_path, NAMES, overwrite=False),
    ):
        pytest.fail("the block must not be entered")


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    def write() -> None:
        with stage_files(tmp_path, ["a.tif"], overwrite=False) as staging:
            write_flushed(staging / "a.tif", b"new")
            (tmp_path / "a.tif").write_text("precious")

    with pytest.raises(mmf.MMFusionWriteError, match="exist already"):
        write()
    assert contents(tmp_path) == {"a.tif": "precious"}


def test_files_are_replaced_when_asked(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("other")
    write_all(tmp_path, "first")
    write_all(tmp_path, "second", overwrite=True)
    assert contents(tmp_path) == expected("second") | {"other.txt": "other"}


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_changes_nothing(
    tmp_path: Path, failing_replace: Callable[..., None], at: int, error: BaseException
) -> None:
    write_all(tmp_path, "first")
    (tmp_path / "b.tif").unlink()
    before = contents(tmp_path)
    failing_replace(at, error)
    with pytest.raises(type(error)):
        write_all(tmp_path, "second", overwrite=True)
    assert contents(tmp_path) == before


def test_a_failure_in_a_new_folder_leaves_no_folder(
    tmp_path: Path, failing_replace: Callable[..., None]
) -> None:
    failing_replace(2, OSError(28, "No space left"))
    with pytest.raises(OSError, match="No space left"):
        write_all(tmp_path / "new" / "folder", "first")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_block_changes_nothing(tmp_path: Path) -> None:
    def write() -> None:
        with stage_files(tmp_path, NAMES, overwrite=True) as staging:
            write_flushed(staging / "a.tif", b"new")
            raise RuntimeError("in the middle")

    (tmp_path / "a.tif").write_text("precious")
    with pytest.raises(RuntimeError, match="in the middle"):
        write()
    assert contents(tmp_path) == {"a.tif": "precious"}


def test_old_files_are_never_lost(tmp_path: Path, failing_replace: Callable[..., None]) -> None:
    write_all(tmp_path, "first")
    failing_replace(2, OSError(5, "Input/output error"), forever=True)
    with pytest.raises(mmf.MMFusionWriteError, match=r"'a\.tif' could not be put back") as caught:
        write_all(tmp_path, "second", overwrite=True)
    kept = Path(str(caught.value).rpartition("the old files are in ")[2])
    assert contents(kept) == expected("first")


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "b.tif").mkdir()
    with pytest.raises(mmf.MMFusionWriteError, match=r"'b\.tif' should be a file but is a folder"):
        write_all(tmp_path, "new", overwrite=True)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("precious")
    with pytest.raises(mmf.MMFusionWriteError, match="is a file, expected a folder; choose"):
        write_all(path, "new", overwrite=True)
    assert path.read_text() == "precious"


def test_same_bits() -> None:
    values = np.array([[0.0, np.nan]], np.float32)
    assert same_bits(values.astype(">f4"), values)
    assert same_bits(values.copy(order="F"), values)
    assert not same_bits(-values, values)
    assert not same_bits(values.T, values)
    assert not same_bits(values[:, :1], values)
