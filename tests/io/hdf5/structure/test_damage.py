"""Structures that refer to themselves, to each other, or to nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5.structure import file_bytes
from napari_mmfusion.io.hdf5.structure.checksum import lookup3
from napari_mmfusion.io.hdf5.structure.file_bytes import Cursor, DamagedError, FileBytes

Refusal = Callable[..., str]


@pytest.fixture
def path(tmp_path: Path, images: dict[str, Any]) -> Path:
    """A file of the oldest version, with a chunked image and enough links for two leaves."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = images["HAADF"]
        file.create_dataset("Co", data=images["Co"], chunks=(2, 2))
        for number in range(30):
            file[f"link {number}"] = h5py.SoftLink("/Co")
        file.attrs["unit"] = "nm"
    return path


def change(path: Path, place: int, value: int, width: int = 8) -> None:
    content = bytearray(path.read_bytes())
    content[place : place + width] = value.to_bytes(width, "little")
    path.write_bytes(content)


def find(path: Path, signature: bytes) -> int:
    return path.read_bytes().index(signature)


def resum(path: Path, start: int, size: int) -> None:
    """Make the checksum of a structure right again."""
    content = path.read_bytes()
    change(path, start + size - 4, lookup3(content[start : start + size - 4]), 4)


CHUNK_TREE, GROUP_TREE = b"TREE\1\0", b"TREE\0\0"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("level", [1, 255])
def test_a_tree_of_chunks_that_leads_to_itself(path: Path, refusal: Refusal, level: int) -> None:
    tree = find(path, CHUNK_TREE)
    change(path, tree + 5, level, 1)
    change(path, tree + 24 + 32, tree)
    message = refusal(path)
    assert "'Co': " in message
    assert "a B-tree" in message


def test_a_tree_of_chunks_in_the_place_of_a_chunk_is_read_as_numbers(path: Path) -> None:
    tree = find(path, CHUNK_TREE)
    change(path, tree + 24 + 32, tree)
    with h5py.File(path) as file:
        stored = file["Co"][:].astype(np.float32)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], stored)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("level", [1, 255])
def test_a_tree_of_links_that_leads_to_itself(path: Path, refusal: Refusal, level: int) -> None:
    tree = find(path, GROUP_TREE)
    change(path, tree + 5, level, 1)
    change(path, tree + 24 + 8, tree)
    assert "a B-tree leads in a circle" in refusal(path)


@pytest.mark.timeout(10)
def test_a_symbol_node_that_is_named_twice(path: Path, refusal: Refusal) -> None:
    tree = find(path, GROUP_TREE)
    first, second = tree + 24 + 8, tree + 24 + 24
    change(path, second, int.from_bytes(path.read_bytes()[first : first + 8], "little"))
    assert "a symbol table leads in a circle" in refusal(path)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("target", ["itself", "TREE", "HEAP", "SNOD", "GCOL", "end", "beyond"])
@pytest.mark.parametrize("pointer", ["TREE\1\0+56", "TREE\0\0+32", "HEAP+24", "SNOD+16"])
def test_a_pointer_to_another_structure(path: Path, pointer: str, target: str) -> None:
    signature, _, offset = pointer.partition("+")
    start = find(path, signature.encode())
    size = path.stat().st_size
    places = {"itself": start, "end": size - 4, "beyond": 2**62}
    place = places[target] if target in places else find(path, target.encode())
    change(path, start + int(offset), place)
    with suppress(mmf.MMFusionReadError):  # any other error fails
        mmf.load(path)


@pytest.mark.timeout(10)
def test_a_header_that_is_continued_in_a_circle(path: Path, refusal: Refusal) -> None:
    with h5py.File(path) as file:
        address = h5py.h5o.get_info(file["Co"].id).addr
    # Its first message becomes a continuation: type, size, flags, address, length.
    content = bytearray(path.read_bytes())
    content[address + 16 : address + 40] = struct.pack("<HHB3xQQ", 0x10, 16, 0, address, 64)
    path.write_bytes(content)
    assert "'Co': cannot be opened (an object header leads in a circle)" in refusal(path)


@pytest.mark.timeout(10)
def test_a_newer_tree_that_leads_to_itself(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file["HAADF"] = np.eye(40)
        file.create_dataset("Co", data=np.eye(40), chunks=(1, 1), maxshape=(None, None))
    node = find(path, b"BTIN")
    record = 24
    with h5py.File(path) as file:
        assert file["Co"].id.get_num_chunks() == 1600
    content = path.read_bytes()
    header = find(path, b"BTHD")
    count = struct.unpack_from("<H", content, header + 16 + 8)[0]
    size = 6 + count * record + (count + 1) * (8 + 1) + 4
    assert (
        lookup3(content[node : node + size - 4])
        == struct.unpack_from("<I", content, node + size - 4)[0]
    )
    change(path, node + 6 + count * record, node)
    resum(path, node, size)
    assert "'Co': cannot be understood (" in refusal(path)


@pytest.mark.parametrize("filtered", [13])
def test_a_heap_of_links_with_filters_is_refused(
    tmp_path: Path, refusal: Refusal, filtered: int
) -> None:
    """HDF5 unpacks such a heap to any size, or looks for a library with the filter."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(30):
            file[f"link {number}"] = h5py.SoftLink("/nowhere")
    heap = find(path, b"FRHP")
    change(path, heap + 7, filtered, 2)
    message = refusal(path)
    assert "stored with filters, which are not used" in message


@pytest.mark.timeout(20)
def test_headers_that_overlap_are_read_up_to_the_allowance(
    tmp_path: Path, refusal: Refusal
) -> None:
    """4000 links lead to headers that share one block of messages of 1 MiB."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = np.zeros((1024, 256), np.float32)
        for number in range(4000):
            file[f"link {number}"] = file["HAADF"]
    with h5py.File(path) as file:
        offset = file["HAADF"].id.get_offset()
        address = h5py.h5o.get_info(file["HAADF"].id).addr
    content = bytearray(path.read_bytes())
    values = bytearray(1024 * 1024)
    for number in range(4000):
        struct.pack_into("<BxHIIxxxx", values, 16 * number, 1, 1, 1, len(values) - 16 * number - 16)
    content[offset : offset + len(values)] = values
    pointer, place, number = struct.pack("<Q", address), 0, 0
    while (place := content.find(pointer, place)) >= 0:
        struct.pack_into("<Q", content, place, offset + 16 * number)
        number, place = number + 1, place + 8
    assert number >= 4000
    path.write_bytes(content)
    refusal(path)
    problems = [item.problem for item in mmf.inspect(path).items]
    assert sum("overlap or lead in a circle" in problem for problem in problems) > 3900


def test_what_lies_beyond_the_file_is_not_read(path: Path) -> None:
    with path.open("rb") as raw:
        file = FileBytes(raw.fileno())
        for address, size in ((-1, 1), (0, -1), (file.size, 1), (2**70, 1), (0, 2**62)):
            with pytest.raises(DamagedError, match="beyond the end"):
                file.read_values(address, size)
        assert file.read_values(file.size, 0) == b""


def test_the_allowance(path: Path) -> None:
    with path.open("rb") as raw:
        file = FileBytes(raw.fileno())
        allowed = 2**20 + 2 * file.size
        for _ in range(allowed // 64):
            file.read(0, 64)
        with pytest.raises(DamagedError, match="overlap or lead in a circle"):
            file.read(0, 64)


def test_a_file_that_becomes_shorter(path: Path) -> None:
    with path.open("rb+") as raw:
        file = FileBytes(raw.fileno())
        raw.truncate(100)
        with pytest.raises(DamagedError, match="became shorter"):
            file.read(90, 20)


def test_a_cursor_takes_no_more_than_there_is() -> None:
    cursor = Cursor(b"abcd", 2, 4)
    assert (cursor.number(1), cursor.numbers(1, 2), cursor.left) == (97, (98, 99), 1)
    for take in (cursor.address, cursor.length, lambda: cursor.take(2), lambda: cursor.skip(-1)):
        with pytest.raises(DamagedError, match="ends too early"):
            take()
    assert Cursor(b"\xff\xff", 2).address() == file_bytes.UNDEFINED
