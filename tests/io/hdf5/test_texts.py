from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5 import texts


@pytest.fixture
def path(write_h5: Callable[..., Path], images: dict[str, Any]) -> Path:
    """A file with a text of variable length, as h5py writes by default."""
    path = write_h5(images)
    with h5py.File(path, "a") as file:
        file.attrs["unit"] = "nm"
    return path


def require_sound_heaps(path: Path) -> None:
    with path.open("rb") as file:
        texts.require_sound_heaps(file.fileno())


def require_short_text(path: Path, name: bytes) -> None:
    with path.open("rb") as file:
        texts.require_short_text(file.fileno(), name)


def change_piece(path: Path, index: int, size: int) -> None:
    """Give one piece of the only heap another size."""
    content = bytearray(path.read_bytes())
    position = content.index(b"GCOL") + 16
    while struct.unpack_from("<H", content, position)[0] != index:
        position += 16 + -(-struct.unpack_from("<Q", content, position + 8)[0] // 8) * 8
    struct.pack_into("<Q", content, position + 8, size)
    path.write_bytes(content)


def test_sound_heaps_are_accepted(path: Path) -> None:
    with h5py.File(path, "a") as file:
        for number in range(300):
            file.attrs[f"note {number}"] = "text " * number
        del file.attrs["note 7"]
    require_sound_heaps(path)
    assert path.read_bytes().count(b"GCOL") > 1
    assert mmf.load(path).unit == "nm"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (0, 8), (0, 2**60), (1, 2**40), (1, 2**64 - 1)]
)
def test_a_heap_that_hdf5_hangs_on_or_reads_beyond_is_refused(
    path: Path, refusal: Callable[..., str], index: int, size: int
) -> None:
    change_piece(path, index, size)
    message = refusal(path)
    assert "attribute 'unit': the texts in the file are damaged; write it again" in message


def test_a_damaged_heap_does_not_matter_where_no_text_is_read(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file.attrs["note"] = file.attrs["unit"]
        del file.attrs["unit"]
    content = bytearray(path.read_bytes())
    position = content.index(b"GCOL") + 16
    struct.pack_into("<HHIQ", content, position, 0, 0, 0, 0)
    path.write_bytes(content)
    assert mmf.load(path).unit == "pixel"


@pytest.mark.parametrize("version", [0, 1, 255])
@pytest.mark.parametrize("length", [0, 2**63])
def test_pixels_that_look_like_a_heap_do_no_harm(tmp_path: Path, version: int, length: int) -> None:
    path = tmp_path / "data.h5"
    noise = np.frombuffer(b"GCOL" + bytes([version, 0, 0, 0]) + struct.pack("<Q", length), "u1")
    with h5py.File(path, "w") as file:
        for name in ("HAADF", "Co"):
            file[name] = noise.reshape(2, 8)
        file.attrs["unit"] = "nm"
    assert mmf.load(path).unit == "nm"


def test_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    for content in (b"GCOLGCOLGCO GCOL\1unit\0", b"\1\0\5\0\0\0\0\0unit\0"):
        path.write_bytes(content)
        require_sound_heaps(path)
        with pytest.raises(mmf.MMFusionReadError, match="damaged"):
            require_short_text(path, b"unit")


@pytest.mark.parametrize("version", ["earliest", "v108", "latest"])
@pytest.mark.parametrize("more", [0, 30])
@pytest.mark.parametrize("length", [2**20 + 1, 2**31, 2**32 - 1])
def test_a_text_that_states_another_length_is_refused(
    tmp_path: Path, refusal: Callable[..., str], version: str, more: int, length: int
) -> None:
    """HDF5 would allocate four gigabytes before it checks."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver=version) as file:
        file["HAADF"] = file["Co"] = np.eye(3)
        for number in range(more):
            file.attrs[f"note {number}"] = 0
        file.attrs["unit"] = "micrometre"
    assert mmf.load(path).unit == "micrometre"
    content = bytearray(path.read_bytes())
    # The description may be kept twice; the length comes soon after the name.
    name = content.find(b"unit\0")
    while name >= 0:
        place = content.find(struct.pack("<I", len("micrometre")), name, name + 80)
        if place >= 0:
            struct.pack_into("<I", content, place, length)
        name = content.find(b"unit\0", name + 1)
    path.write_bytes(content)
    with pytest.raises(mmf.MMFusionReadError, match="texts in the file are damaged"):
        require_short_text(path, b"unit")
    refusal(path)
