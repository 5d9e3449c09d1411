from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf

Refusal = Callable[..., str]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_members_are_refused(
    tmp_path: Path, npy: Callable[..., bytes], refusal: Refusal
) -> None:
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for values in (np.zeros((2, 2)), np.ones((2, 2))):
            archive.writestr("HAADF.npy", npy(values))
    message = refusal(path)
    assert "2 members called 'HAADF.npy', expected one" in message
    assert "numpy.savez" in message


def test_encrypted_members_are_refused(
    write_members: Callable[..., Path], npy: Callable[..., bytes], refusal: Refusal
) -> None:
    path = write_members({"HAADF.npy": npy(np.eye(2)), "Co.npy": npy(np.eye(2))})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\1\2")
    content[entry + 8] |= 1
    path.write_bytes(content)
    assert "'Co.npy': is encrypted, expected plain data" in refusal(path)


@pytest.mark.parametrize(
    "name", ["../Co.npy", "a/../../Co.npy", "..\\Co.npy", "/Co.npy", "C:\\Co.npy", "C\no.npy"]
)
def test_names_that_lead_out_of_a_folder_are_refused(
    write_members: Callable[..., Path], npy: Callable[..., bytes], refusal: Refusal, name: str
) -> None:
    path = write_members({"HAADF.npy": npy(np.eye(2)), "Co.npy": npy(np.eye(2)), name: b""})
    assert ", expected a plain name; write it again with numpy.savez" in refusal(path)


@pytest.mark.parametrize("name", ["a/Co_K", "Co..K", "...", "Co: K", "~/Co"])
def test_other_names_are_harmless(
    write_members: Callable[..., Path], npy: Callable[..., bytes], name: str
) -> None:
    path = write_members({"HAADF.npy": npy(np.eye(2)), f"{name}.npy": npy(np.eye(2))})
    assert len(mmf.load(path, elements=[name]).elements) == 1


def test_too_many_members_are_refused(write_members: Callable[..., Path], refusal: Refusal) -> None:
    path = write_members({f"{n}.txt": b"" for n in range(257)})
    message = refusal(path)
    assert "257 members, expected at most 256" in message
    assert "save only the images" in message


def test_a_long_directory_is_not_even_read(
    write_members: Callable[..., Path], refusal: Refusal
) -> None:
    path = write_members({f"{n}": b"" for n in range(30_000)})
    tracemalloc.start()
    try:
        message = refusal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "zip directory is longer than 1 MiB" in message
    assert peak < 8 * 2**20


@pytest.mark.parametrize("content", [b"some text", b"PK\3\4", b"PK\5\6" + b"\xff" * 18])
def test_a_file_that_is_not_an_archive(tmp_path: Path, refusal: Refusal, content: bytes) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    message = refusal(path)
    assert "is not a sound .npz archive" in message
    assert "numpy.savez" in message


def test_an_archive_cut_short_anywhere(tmp_path: Path, refusal: Refusal) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, HAADF=np.eye(5), Co=np.eye(5))
    whole = buffer.getvalue()
    path = tmp_path / "data.npz"
    for length in np.linspace(1, len(whole) - 1, 64).astype(int):
        path.write_bytes(whole[:length])
        refusal(path)


def test_members_that_overlap_the_directory(
    write_members: Callable[..., Path], npy: Callable[..., bytes], refusal: Refusal
) -> None:
    path = write_members({"HAADF.npy": npy(np.eye(2)), "Co.npy": npy(np.eye(2))})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\1\2")
    content[entry + 42 : entry + 46] = struct.pack("<I", len(content) - 4)
    path.write_bytes(content)
    assert "'Co'" in refusal(path)


def test_the_file_is_closed_after_a_refusal(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(b"some text")
    refusal(path)
    path.unlink()
    with pytest.raises(mmf.MMFusionReadError, match="no such file"):
        mmf.load(path)
