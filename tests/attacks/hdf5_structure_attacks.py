"""Attacks by the structure of HDF5 files: what refers to itself, elsewhere or to nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from attacks.attack import Collection, images
from attacks.hdf5_attacks import UNKNOWN_FILTER
from napari_mmfusion.io.hdf5.structure.checksum import lookup3

STRUCTURE = Collection(".h5")


@STRUCTURE("pixels that look like heaps, one inside the other", "'Co' is 4096 x 256")
def nested_heaps(path: Path) -> None:
    """Whoever checks each of these heaps as a whole never comes to an end."""
    size = 2**20
    heads = b"".join(
        struct.pack("<4sB3xQ", b"GCOL", 1, size - place) for place in range(0, size, 16)
    )
    with h5py.File(path, "w") as file:
        file["HAADF"] = images()["HAADF"]
        file["Co"] = np.frombuffer(heads, np.uint8).reshape(-1, 256)
        file.attrs["unit"] = "nm"


def linked(path: Path, target_of: Callable[[int], str]) -> None:
    with h5py.File(path, "w", libver="latest") as file:
        file["HAADF"] = images()["HAADF"]
        file["Co"] = h5py.SoftLink(target_of(0))
        for number in range(1, 1000):
            file[f"{number}"] = h5py.SoftLink(target_of(number))


STRUCTURE.add(
    "soft links that grow",
    "'Co': leads through more than 64 links",
    lambda path: linked(path, lambda number: f"{number + 1}/" * 5000),
)
STRUCTURE.add(
    "soft links by long ways round",
    "'Co': leads through more than 64 links",
    lambda path: linked(path, lambda number: "/." * 2000 + f"/{number % 64 + 1}"),
)


def chunked(path: Path, **options: Any) -> None:
    with h5py.File(path, "w", **options) as file:
        for name, image in images().items():
            file.create_dataset(name, data=image, chunks=(2, 2), maxshape=(None, None))


def led_to_itself(path: Path, node: bytes, level: int) -> None:
    """The first node of a tree gets itself as first branch."""
    chunked(path)
    content = bytearray(path.read_bytes())
    start = content.index(node)
    content[start + 5] = level
    key_bytes = 8 if node[4] == 0 else 32
    struct.pack_into("<Q", content, start + 24 + key_bytes, start)
    path.write_bytes(content)


for _level in (1, 2, 255):
    STRUCTURE.add(
        f"tree of chunks that leads to itself, level {_level}",
        "'(HAADF|Co)': (cannot be understood|has a chunk|cannot be read)",
        lambda path, level=_level: led_to_itself(path, b"TREE\1", level),
    )
    STRUCTURE.add(
        f"tree of links that leads to itself, level {_level}",
        "cannot be opened \\(",
        lambda path, level=_level: led_to_itself(path, b"TREE\0", level),
    )


@STRUCTURE("newer tree that leads to itself", "'Co': cannot be understood")
def newer_tree(path: Path) -> None:
    image = np.eye(40, dtype=np.float32)
    with h5py.File(path, "w", libver="latest") as file:
        file["HAADF"] = image
        file.create_dataset("Co", data=image, chunks=(1, 1), maxshape=(None, None))
    content = bytearray(path.read_bytes())
    start = content.index(b"BTIN")
    (count,) = struct.unpack_from("<H", content, content.index(b"BTHD") + 24)
    size = 6 + 24 * count + 9 * (count + 1)
    struct.pack_into("<Q", content, start + 6 + 24 * count, start)
    struct.pack_into("<I", content, start + size, lookup3(bytes(content[start : start + size])))
    path.write_bytes(content)


@STRUCTURE("links in a heap with a filter of nobody", "stored with filters, which are not used")
def filtered_heap(path: Path) -> None:
    """HDF5 looks for a library with that filter in its folders, and runs it on the heap."""
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(30):
            file[f"{number}"] = h5py.SoftLink("/Co")
    content = bytearray(path.read_bytes())
    start = content.index(b"FRHP")
    pipeline = struct.pack("<BBHHHH", 2, 1, UNKNOWN_FILTER, 0, 1, 0)
    end = start + 142
    rest = struct.pack("<QI", 512, 0) + pipeline
    struct.pack_into("<H", content, start + 7, len(pipeline))
    content[end : end + len(rest)] = rest
    end += len(rest)
    struct.pack_into("<I", content, end, lookup3(bytes(content[start:end])))
    path.write_bytes(content)


@STRUCTURE("headers that overlap", "no chemical map found")
def overlapping_headers(path: Path) -> None:
    """4000 links lead to headers that share one block of messages of 1 MiB."""
    with h5py.File(path, "w") as file:
        file["HAADF"] = images()["HAADF"]
        file["pixels"] = np.zeros((1024, 1024), np.uint8)
        for number in range(4000):
            file[f"{number}"] = file["pixels"]
        offset = file["pixels"].id.get_offset()
        address = h5py.h5o.get_info(file["pixels"].id).addr
    content = bytearray(path.read_bytes())
    for place in range(0, 16 * 4001, 16):
        struct.pack_into("<BxHII4x", content, offset + place, 1, 1, 1, 2**20 - place - 16)
    pointer, place, number = struct.pack("<Q", address), 0, 0
    while (place := content.find(pointer, place)) >= 0:
        struct.pack_into("<Q", content, place, offset + 16 * (number % 4001))
        number += 1
    path.write_bytes(content)


@STRUCTURE("two chunks at one place", "'Co': cannot be understood .two chunks are at one place")
def repeated_chunk(path: Path) -> None:
    chunked(path)
    content = bytearray(path.read_bytes())
    start = content.rindex(b"TREE\1") + 24
    content[start + 40 : start + 72] = content[start : start + 32]
    path.write_bytes(content)


for _name, _options in {
    "one pixel each": {"chunks": (1, 1)},
    "one pixel each, packed": {"chunks": (1, 1), "compression": "gzip", "shuffle": True},
    "lzf": {"chunks": (64, 64), "compression": "lzf"},
}.items():

    @STRUCTURE(f"chunks to load: {_name}", "")
    def many_chunks(path: Path, options: dict[str, Any] = _options) -> None:
        image = np.random.default_rng(3).random((256, 256), np.float32)
        with h5py.File(path, "w") as file:
            for name in ("HAADF", "Co"):
                file.create_dataset(name, data=image, **options)
