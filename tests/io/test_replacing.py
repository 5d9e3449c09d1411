"""A file that is replaced keeps its mode and owner, links stay links, and read-only files stay."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import main
from napari_mmfusion.io import replacing
from napari_mmfusion.io.atomic_write import stage_files, write_flushed
from napari_mmfusion.io.replacing import put

MakeResult = Callable[..., mmf.FusionResult]
NAMES = ("a.tif", "b.h5")
links = pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX systems")
pytestmark = links


def write(folder: Path, text: str = "new", *, overwrite: bool = True) -> None:
    with stage_files(folder, NAMES, overwrite=overwrite) as staging:
        for name in NAMES:
            write_flushed(staging / name, f"{text} {name}".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with older files."""
    folder = tmp_path / "folder"
    write(folder, "old", overwrite=False)
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file in another folder."""
    path = tmp_path / "elsewhere" / "outside.txt"
    path.parent.mkdir()
    path.write_text("outside")
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("expected", [0o600, 0o640, 0o664, 0o755])
def test_the_mode_is_kept(folder: Path, expected: int) -> None:
    (folder / "a.tif").chmod(expected)
    write(folder)
    assert mode(folder / "a.tif") == expected
    assert (folder / "a.tif").read_text() == "new a.tif"


def test_a_new_file_has_the_usual_mode(folder: Path) -> None:
    (folder / "usual").touch()
    assert mode(folder / "a.tif") == mode(folder / "usual")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="for administrators")
def test_the_owner_is_kept(folder: Path) -> None:
    os.chown(folder / "a.tif", 1234, 5678)
    (folder / "a.tif").chmod(0o660)
    write(folder)
    status = (folder / "a.tif").stat()
    assert (status.st_uid, status.st_gid, mode(folder / "a.tif")) == (1234, 5678, 0o660)
    assert (folder / "b.h5").stat().st_uid == os.geteuid()


def test_an_owner_that_cannot_be_set_does_not_stop_the_save(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = []

    def refuse(_: Any, owner: int, group: int) -> None:
        wanted.append((owner, group))
        raise PermissionError(1, "not permitted")

    real = Path.stat

    class Other:
        def __init__(self, status: os.stat_result) -> None:
            self.st_uid, self.st_gid, self.st_mode = 1234, 5678, status.st_mode

    def stat_of(path: Path, **options: Any) -> Any:
        status = real(path, **options)
        return Other(status) if path == folder / "a.tif" else status

    monkeypatch.setattr(Path, "stat", stat_of)
    monkeypatch.setattr(os, "chown", refuse)
    write(folder)
    assert (folder / "a.tif").read_text() == "new a.tif"
    assert (1234, -1) in wanted
    assert (-1, 5678) in wanted


def test_a_link_is_followed(folder: Path, outside: Path) -> None:
    outside.chmod(0o640)
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to(outside)
    with pytest.raises(mmf.MMFusionWriteError, match="exist already"):
        write(folder, overwrite=False)
    assert outside.read_text() == "outside"
    write(folder)
    assert (folder / "a.tif").is_symlink()
    assert outside.read_text() == "new a.tif"
    assert mode(outside) == 0o640
    assert sorted(path.name for path in folder.iterdir()) == list(NAMES)
    assert [path.name for path in outside.parent.iterdir()] == ["outside.txt"]


def test_links_to_links_are_followed(folder: Path, outside: Path) -> None:
    (folder / "middle").symlink_to(outside)
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to("middle")
    write(folder)
    assert outside.read_text() == "new a.tif"


def test_a_link_to_a_file_that_is_yet_to_come(folder: Path, outside: Path) -> None:
    outside.unlink()
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to(outside)
    write(folder)
    assert outside.read_text() == "new a.tif"


@pytest.mark.parametrize("target", ["a.tif", "/no/such/folder/a.tif"])
def test_a_link_that_leads_nowhere_is_refused(folder: Path, target: str) -> None:
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to(target)
    with pytest.raises(mmf.MMFusionWriteError, match=r"a\.tif: is a link that leads nowhere"):
        write(folder)
    assert (folder / "b.h5").read_text() == "old b.h5"


def test_links_to_one_file_are_refused(folder: Path) -> None:
    """One image would take the place of the other."""
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to("b.h5")
    with pytest.raises(mmf.MMFusionWriteError, match="lead to one file for several images"):
        write(folder)
    assert (folder / "b.h5").read_text() == "old b.h5"


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failure_changes_neither_links_nor_files(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    outside.chmod(0o640)
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to(outside)
    (folder / "b.h5").chmod(0o600)
    real, calls = os.replace, []

    def fail_once(source: Any, target: Any, **options: Any) -> None:
        calls.append(target)
        if len(calls) == at:
            raise OSError(28, "No space left")
        real(source, target, **options)

    monkeypatch.setattr(os, "replace", fail_once)
    if at <= 2:
        with pytest.raises(OSError, match="No space left"):
            write(folder)
        assert outside.read_text() == "outside"
        assert (folder / "b.h5").read_text() == "old b.h5"
    else:
        write(folder)
    assert (folder / "a.tif").is_symlink()
    assert (mode(outside), mode(folder / "b.h5")) == (0o640, 0o600)
    assert [path.name for path in outside.parent.iterdir()] == ["outside.txt"]


@pytest.mark.parametrize("protected", [("a.tif",), NAMES])
def test_a_read_only_file_is_not_replaced(folder: Path, protected: tuple[str, ...]) -> None:
    for name in protected:
        (folder / name).chmod(0o444)
    expected = (
        r"'a\.tif' is read-only; make it writable to replace it, or choose another name or folder"
        if len(protected) == 1
        else r"'a\.tif', 'b\.h5' are read-only; make them writable to replace them, or choose"
    )
    with pytest.raises(mmf.MMFusionWriteError, match=expected):
        write(folder)
    assert [(folder / name).read_text() for name in NAMES] == ["old a.tif", "old b.h5"]
    assert mode(folder / "a.tif") == 0o444


def test_a_read_only_file_behind_a_link_is_not_replaced(folder: Path, outside: Path) -> None:
    outside.chmod(0o400)
    (folder / "a.tif").unlink()
    (folder / "a.tif").symlink_to(outside)
    with pytest.raises(mmf.MMFusionWriteError, match="is read-only"):
        write(folder)
    assert outside.read_text() == "outside"


def test_save_and_the_command_line_say_so(
    tmp_path: Path, make_result: MakeResult, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mmf.save(make_result(), tmp_path / "fused")
    (folder / "Fused_Reconstruction.h5").chmod(0o444)
    before = (folder / "Fused_Reconstruction.h5").read_bytes()
    with pytest.raises(mmf.MMFusionWriteError, match=r"Reconstruction\.h5' is read-only; make it"):
        mmf.save(make_result(), folder, overwrite=True)
    source = str(folder / "Fused_Reconstruction.h5")
    assert main(["fuse", source, "-o", str(folder), "--overwrite"]) == 1
    error = capsys.readouterr().err
    assert "'Fused_Reconstruction.h5' is read-only; make it writable to replace it" in error
    assert error.count("\n") == 1
    assert (folder / "Fused_Reconstruction.h5").read_bytes() == before


def test_what_is_put_elsewhere_is_flushed(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(replacing, "flush_folder", flushed.append)
    (folder / "link").symlink_to(outside)
    (folder / "new").write_text("new")
    put(folder / "new", folder / "link")
    assert flushed == [outside.parent]
    assert outside.read_text() == "new"
    assert not (folder / "new").exists()


def test_what_is_copied_to_another_folder_is_flushed_before_it_gets_its_name(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[bytes, str]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            flushed.append((os.pread(descriptor, 99, 0), outside.read_text()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    (folder / "link").symlink_to(outside)
    (folder / "new").write_text("new")
    put(folder / "new", folder / "link")
    assert flushed == [(b"new", "outside")]
