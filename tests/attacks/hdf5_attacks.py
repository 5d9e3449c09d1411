"""Attacks by HDF5 files."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from attacks.attack import SHAPE, Collection, images

H5 = Collection(".h5")
SYSTEM_FILE = "/etc/hostname"
UNKNOWN_FILTER = 32099


def with_haadf(change: Callable[[h5py.File], object]) -> Callable[[Path], None]:
    """A function that writes a file with a sound HAADF image and what `change` adds."""

    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file["HAADF"] = images()["HAADF"]
            change(file)

    return write


def add_map(name: str, says: str, change: Callable[[h5py.File], object], **options: Any) -> None:
    H5.add(name, says, with_haadf(change), **options)


def write_sound(path: Path) -> None:
    with_haadf(lambda file: file.create_dataset("Co", data=images()["Co"]))(path)


def changed(path: Path, change: Callable[[bytearray], object]) -> None:
    """Write a sound file, then change its bytes."""
    write_sound(path)
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def raw_chunk(file: h5py.File, content: bytes, **options: Any) -> None:
    """A map whose only chunk is `content`, whatever its filters would make of it."""
    dataset = file.create_dataset("Co", SHAPE, np.float32, chunks=SHAPE, **options)
    dataset.id.write_direct_chunk((0, 0), content)


H5.add("whole, for comparison", "", write_sound)
H5.add("empty file", "is empty", lambda path: path.write_bytes(b""))
H5.add("text", "is not a sound HDF5 file", lambda path: path.write_text("HAADF, Co\n" * 99))
H5.add(
    "cut in half",
    "is not a sound HDF5 file",
    lambda path: changed(path, lambda content: content.__delitem__(slice(len(content) // 2, None))),
)

add_map(
    "external link",
    "'Co': leads to another file .*, which is not read",
    lambda file: file.__setitem__("Co", h5py.ExternalLink("trap.h5", "/Co")),
)


@H5("external link in the middle of a path", "'Co': leads to another file .*, which is not read")
def link_in_the_middle(path: Path) -> None:
    def link(file: h5py.File) -> None:
        file["elsewhere"] = h5py.ExternalLink("trap.h5", "/")
        file["Co"] = h5py.SoftLink("/elsewhere/Co")

    with_haadf(link)(path)


add_map(
    "external link as group",
    "group 'other/maps': leads to another file",
    lambda file: file.__setitem__("other", h5py.ExternalLink("trap.h5", "/")),
    group="other/maps",
)
for _target in ("trap.h5", SYSTEM_FILE):
    add_map(
        f"values in {_target}",
        "'Co': keeps its values in another file, which is not read",
        lambda file, target=_target: file.create_dataset(
            "Co", SHAPE, np.uint8, external=[(target, 0, h5py.h5f.UNLIMITED)]
        ),
    )


@H5("virtual data set", "'Co': is a virtual data set, whose values are in other files")
def virtual(path: Path) -> None:
    layout = h5py.VirtualLayout(SHAPE, np.float32)
    layout[:] = h5py.VirtualSource("trap.h5", "Co", SHAPE)
    with_haadf(lambda file: file.create_virtual_dataset("Co", layout))(path)


add_map(
    "soft link to itself",
    "'Co': leads through more than 64 links",
    lambda file: file.__setitem__("Co", h5py.SoftLink("/Co")),
)
add_map(
    "soft link to nothing",
    "'Co': leads to .*, which is not in the file",
    lambda file: file.__setitem__("Co", h5py.SoftLink("/a/../nowhere")),
)


@H5("circle of hard links", "")
def hard_link_cycle(path: Path) -> None:
    def link(file: h5py.File) -> None:
        file["Co"] = images()["Co"]
        inner = file.create_group("a/b/c")
        inner["up"] = file["a"]
        file["a/again"] = file["/"]

    with_haadf(link)(path)


def nest(file: h5py.File) -> None:
    group = file.id
    for _ in range(10_000):
        group = h5py.h5g.create(group, b"a")


add_map("10 000 nested groups", "has groups more than 16 deep; choose the group", nest)
add_map(
    "100 000 links",
    "holds more than 4096 items; choose the group",
    lambda file: [file.__setitem__(str(n), h5py.SoftLink("/Co")) for n in range(100_000)],
)
add_map(
    "2^20 x 2^20 pixels in packed chunks",
    "expected two-dimensional images of one shape .*'Co' is 1048576 x 1048576",
    lambda file: file.create_dataset(
        "Co", (2**20, 2**20), np.float32, chunks=(1024, 1024), compression="gzip"
    ),
)
add_map(
    "2^62 x 2^62 pixels in packed chunks",
    "'Co': is cut into .* chunks",
    lambda file: file.create_dataset(
        "Co", (2**62, 2**62), np.float32, chunks=(1024, 1024), compression="gzip"
    ),
)


@H5("1000 images just below the limit", "'HAADF', .*: would unpack to .* MiB from .* MiB")
def many_large(path: Path) -> None:
    names = "HAADF H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe".split()
    with h5py.File(path, "w") as file:
        for name in [*names, *(f"image{n}" for n in range(1000 - len(names)))]:
            file.create_dataset(name, (4095, 4096), np.uint8)


@H5("2 GiB of which nothing is stored", "'HAADF', 'Co': would unpack to .* MiB from 0 MiB")
def nothing_stored(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in ("HAADF", "Co"):
            file.create_dataset(name, (16384, 16384), np.float64)


def large_images(path: Path, side: int, dtype: str) -> None:
    """Images in one chunk each, which is unpacked by three filters, one after the other."""
    image = np.full((side, side), 70_000, dtype)
    image[0] += np.arange(side, dtype=dtype)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk(image.shape)
    properties.set_shuffle()
    properties.set_fletcher32()
    properties.set_deflate(9)
    space = h5py.h5s.create_simple(image.shape)
    with h5py.File(path, "w") as file:
        for name in (b"HAADF", b"Co"):
            kind = h5py.h5t.py_create(image.dtype)
            h5py.h5d.create(file.id, name, kind, space, properties).write(
                h5py.h5s.ALL, h5py.h5s.ALL, image
            )


for _side, _dtype in ((2047, "f8"), (2047, "i8"), (2047, "i4"), (2895, "f4")):
    H5.add(
        f"images of {_dtype} as large as is read at all",
        "",
        lambda path, side=_side, dtype=_dtype: large_images(path, side, dtype),
    )


add_map(
    "chunk that is no gzip",
    "'Co': cannot be read .*; the file is damaged",
    lambda file: raw_chunk(file, bytes(100), compression="gzip"),
)
add_map(
    "chunk that unpacks to 1 GiB",
    "'Co': has a chunk (longer than its values|that unpacks to more than its size)",
    lambda file: raw_chunk(file, zlib.compress(bytes(2**20), 9) * 40, compression="gzip"),
)
add_map(
    "chunk that unpacks to 1 MiB",
    "'Co': has a chunk that unpacks to more than its size",
    lambda file: raw_chunk(file, zlib.compress(bytes(2**20), 9), compression="gzip"),
)
add_map(
    "chunk too short",
    "'Co': has a chunk that unpacks to 8 bytes, expected 624",
    lambda file: raw_chunk(file, zlib.compress(bytes(8)), compression="gzip"),
)
add_map(
    "plain chunk longer than its values",
    "'Co': has a chunk that unpacks to 1600 bytes, expected 624",
    lambda file: raw_chunk(file, bytes(1600)),
)
add_map(
    "chunk with a wrong checksum",
    "'Co': has a chunk with a wrong checksum",
    lambda file: raw_chunk(file, bytes(624) + b"\1\2\3\4", fletcher32=True),
)


@H5("filter of nobody", "'Co': is compressed with the filter .*, expected gzip, lzf")
def unknown_filter(path: Path) -> None:
    def make(file: h5py.File) -> None:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk(SHAPE)
        properties.set_filter(UNKNOWN_FILTER, h5py.h5z.FLAG_OPTIONAL, ())
        space = h5py.h5s.create_simple(SHAPE)
        h5py.h5d.create(file.id, b"Co", h5py.h5t.IEEE_F32LE, space, properties)

    with_haadf(make)(path)


add_map("single value", "'Co' is a single value", lambda file: file.__setitem__("Co", 1.0))
add_map(
    "no value",
    "'Co': holds no values; save an image there",
    lambda file: file.__setitem__("Co", h5py.Empty(np.float32)),
)
add_map(
    "image without pixels",
    "'Co' is 0 x 5",
    lambda file: file.__setitem__("Co", np.empty((0, 5), np.float32)),
)
add_map("group for a map", "no chemical map found", lambda file: file.create_group("Co"))
add_map("image for a group", "'HAADF' is not a group; the file holds", lambda _: None,
        group="HAADF")  # fmt: skip

for _label, _dtype in {
    "variable-length": h5py.vlen_dtype(np.int32),
    "text": h5py.string_dtype(),
    "reference": h5py.ref_dtype,
    "region reference": h5py.regionref_dtype,
    "compound": np.dtype([("a", "f4"), ("b", "i2")]),
    "enumeration": h5py.enum_dtype({"red": 1, "blue": 7}),
    "opaque": np.dtype("V8"),
    "array": np.dtype(("f4", (3,))),
    "complex": np.dtype(complex),
}.items():
    add_map(
        f"values of type {_label}",
        "'Co'(: holds values of type|.* is 12 x 13 x 3)",
        lambda file, dtype=_dtype: file.create_dataset("Co", SHAPE, dtype),
    )
for _dtype in (">f8", ">u2", "f2", "?"):
    add_map(
        f"values of type {_dtype}, to load",
        "",
        lambda file, dtype=_dtype: file.create_dataset(
            "Co", data=(images()["Co"] * 9).astype(dtype)
        ),
    )


@H5("malformed object header", "'Co': cannot be opened|'Co': cannot be understood")
def malformed_header(path: Path) -> None:
    write_sound(path)
    with h5py.File(path) as file:
        address = h5py.h5o.get_info(file["Co"].id).addr
    content = bytearray(path.read_bytes())
    content[address : address + 64] = b"\xff" * 64
    path.write_bytes(content)


for _name, _value in {
    "vlen": np.array([np.arange(3), np.arange(2)], dtype=h5py.vlen_dtype(np.int64)),
    "not a number": np.nan,
    "negative": -1.0,
    "many": np.arange(9.0),
}.items():
    add_map(
        f"pixel size: {_name}",
        "",  # the images load without it
        lambda file, value=_value: (
            file.__setitem__("Co", images()["Co"]),
            file.attrs.__setitem__("pixel_size", value),
        ),
    )
