"""Attacks by .npz files."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from attacks.attack import (
    SHAPE,
    Collection,
    Member,
    header,
    images,
    member,
    npy,
    npy_with_header,
    write_zip,
    zeros_after,
)

NPZ = Collection(".npz")


def with_map(*maps: Member) -> list[Member]:
    """A sound HAADF image, then `maps`."""
    return [member("HAADF.npy", npy(images()["HAADF"])), *maps]


def add_map(name: str, says: str, content: bytes, **options: Any) -> None:
    """An attack by what is in the place of the array of a map."""
    NPZ.add(
        name, says, lambda path: write_zip(path, with_map(member("Co.npy", content))), **options
    )


def sound() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **images())
    return buffer.getvalue()


NPZ.add("empty file", "is empty", lambda path: path.write_bytes(b""))
NPZ.add("text", r"is not a sound \.npz archive", lambda path: path.write_text("HAADF, Co\n" * 99))
NPZ.add("whole, for comparison", "", lambda path: path.write_bytes(sound()))
for _length in np.linspace(1, len(sound()) - 1, 64).astype(int):
    NPZ.add(
        f"cut after {_length} bytes",
        r"\.npz archive",
        lambda path, length=_length: path.write_bytes(sound()[:length]),
    )


@NPZ("flipped bit in an image", "'(HAADF|Co)': cannot be unpacked")
def flipped_bit(path: Path) -> None:
    np.savez(path, **images())
    content = bytearray(path.read_bytes())
    content[content.index(b"\x93NUMPY") + 300] ^= 4
    path.write_bytes(content)


class Canary:
    """Makes a folder when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("canary",)


def canary() -> Any:
    values = np.empty(SHAPE, object)
    values[:] = [[Canary()]]
    return values


add_map("object array with code", "'Co': holds values of type .O, expected", npy(canary()))
NPZ.add(
    "pickle in the place of an array",
    "'Co': is not a .npy array",
    lambda path: write_zip(path, with_map(member("Co.npy", canary().dumps()))),
)

_GIBIBYTE = npy_with_header(header("(16384, 8192)", "'<f8'"))
NPZ.add(
    "1 GiB packed into 1 MiB",
    "'HAADF', 'Co': would unpack to .* MiB from .* MiB",
    lambda path: write_zip(
        path, [zeros_after(f"{name}.npy", _GIBIBYTE, 1024) for name in ("HAADF", "Co")]
    ),
)
_JUST_BELOW = npy_with_header(header("(2047, 2047)", "'<f8'"))
NPZ.add(
    "zeros behind large images",
    "'HAADF': has .* bytes of values",
    lambda path: write_zip(
        path, [zeros_after(f"{name}.npy", _JUST_BELOW, 64) for name in ("HAADF", "Co")]
    ),
)


@NPZ("images as large as is read at all", "")
def large_images(path: Path) -> None:
    image = np.full((2047, 2047), 1e6)
    image[0] += np.arange(2047)
    np.savez_compressed(path, HAADF=image, Co=image)


add_map("65536 x 65536 pixels in 80 bytes", "'Co': has .* bytes of values, expected 17179869184",
        npy_with_header(header("(65536, 65536)")))  # fmt: skip
add_map("header of 3 GiB", "'Co': has a header of 3221225472 bytes",
        npy_with_header(b"{", stated_length=3 * 2**30))  # fmt: skip
NPZ.add(
    "200 MiB of spaces as header",
    "'Co': has a header of 209715280 bytes",
    lambda path: write_zip(
        path,
        with_map(
            zeros_after(
                "Co.npy", npy_with_header(b" " * 80, stated_length=80 + 200 * 2**20), 200, b" "
            )
        ),
    ),
)
add_map("2^40 x 2^40 pixels", "'Co': has 4 bytes of values, expected 4835703278458",
        npy_with_header(header("(1099511627776, 1099511627776)"), bytes(4)))  # fmt: skip
for _shape in ("(-4, 5)", "(4.0, 5)", "(True, 5)", "[4, 5]", "(4, 'x')", f"({'9' * 400}, 5)"):
    add_map(f"shape {_shape[:16]}", "'Co': its header is damaged",
            npy_with_header(header(_shape), bytes(80)))  # fmt: skip
for _shape in ((0, 5), (), (12,), (2, 12, 13)):
    add_map(f"{_shape} values", "expected two-dimensional images of one shape",
            npy(np.ones(_shape, np.float32)))  # fmt: skip
add_map("maps of another shape", "'HAADF' is 12 x 13, 'Co' is 13 x 12", npy(np.ones(SHAPE[::-1])))

for _name, _values in {
    "structured": np.zeros(SHAPE, [("a", "f4"), ("b", "i2")]),
    "datetime": np.zeros(SHAPE, "M8[s]"),
    "timedelta": np.zeros(SHAPE, "m8[s]"),
    "text": np.zeros(SHAPE, "U7"),
    "bytes": np.zeros(SHAPE, "S7"),
    "complex": np.zeros(SHAPE, complex),
    "long double": np.zeros(SHAPE, np.longdouble),
    "void": np.zeros(SHAPE, "V8"),
}.items():
    add_map(f"values of type {_name}", "'Co': holds values of type .*, expected real",
            npy(_values))  # fmt: skip
for _name, _values in {
    "big-endian": images()["Co"].astype(">f4"),
    "big-endian integers": np.arange(156, dtype=">i8").reshape(SHAPE),
    "Fortran order": np.asfortranarray(images()["Co"]),
    "half precision": images()["Co"].astype(np.float16),
    "truth values": images()["Co"] > 0.5,
}.items():
    add_map(f"{_name}, to load", "", npy(_values))

NPZ.add(
    "two members of one name",
    "has 2 members called 'Co.npy', expected one",
    lambda path: write_zip(path, with_map(*2 * [member("Co.npy", npy(images()["Co"]))])),
)
for _name in (
    "../../x.npy", "/tmp/Co.npy", "C:/Co.npy", "a\\..\\..\\Co.npy", "Co.npy\0.txt", "Co\nK.npy",
    "Co\x1b[2J.npy",
):  # fmt: skip
    NPZ.add(
        f"member {_name!r}",
        "has a member called '.*', expected a plain name",
        lambda path, name=_name: write_zip(
            path, with_map(*(member(each, npy(images()["Co"])) for each in ("Co.npy", name)))
        ),
    )
add_map("archive in an archive", "'Co': is not a .npy array", sound())
NPZ.add(
    "encrypted",
    "'Co.npy': is encrypted",
    lambda path: write_zip(path, with_map(member("Co.npy", bytes(80), flags=1))),
)
NPZ.add(
    "packed by a method of no library",
    "'Co': is compressed by method 99",
    lambda path: write_zip(path, with_map(Member(b"Co.npy", bytes(80), 80, 0, method=99))),
)


@NPZ("100 000 members", "zip directory is longer than 1 MiB, expected at most 256")
def many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}.npy", b"")
