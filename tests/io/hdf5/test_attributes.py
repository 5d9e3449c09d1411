from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5.attributes import read_attribute, read_numbers
from napari_mmfusion.io.hdf5.structure.objects import Structure


def read(path: Path, name: str) -> object:
    with path.open("rb") as file:
        return read_attribute(Structure(file.fileno()).root, name)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("µm", "µm"),
        (np.bytes_(b"nm"), "nm"),
        (np.array(["nm"], object), "nm"),
        (0.25, 0.25),
        (np.float32(0.25), 0.25),
        (np.array([3], ">i2"), 3),
        (True, True),
        (h5py.Empty("f8"), None),
    ],
)
def test_single_values_come_as_plain_python(
    write_h5: Callable[..., Path], stored: Any, expected: object
) -> None:
    path = write_h5({})
    with h5py.File(path, "a") as file:
        file.attrs["x"] = stored
    value = read(path, "x")
    assert value == expected
    assert type(value) is type(expected)
    assert read(path, "y") is None


@pytest.mark.parametrize(
    ("stored", "dtype"),
    [
        ([1.0, 2.0], "f8"),
        (["nm", "nm"], h5py.string_dtype()),
        (np.zeros((), "f4,f4"), None),
        (np.zeros((), "V4"), None),
        (np.zeros((), "c8"), None),
        (np.bytes_(b"x" * 100_000), None),
    ],
    ids=["two", "two texts", "compound", "opaque", "complex", "long"],
)
def test_anything_else_is_refused(tmp_path: Path, stored: Any, dtype: Any) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs.create("x", stored, dtype=dtype)
    with pytest.raises(mmf.MMFusionReadError, match=r"^attribute 'x': expected a single number"):
        read(path, "x")


def test_a_file_with_small_lengths(tmp_path: Path) -> None:
    path = tmp_path / "data.h5"
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_sizes(8, 4)
    with h5py.File(h5py.h5f.create(str(path).encode(), fcpl=properties)) as file:
        file.attrs["number"] = 2.0
        file.attrs["text"] = "nm"
    assert read(path, "number") == 2.0
    assert read(path, "text") == "nm"


def test_the_type_of_an_attribute_may_have_a_name(write_h5: Callable[..., Path]) -> None:
    path = write_h5({})
    with h5py.File(path, "a") as file:
        file["type"] = np.dtype(">u2")
        file.attrs.create("x", 9, dtype=file["type"])
    assert read(path, "x") == 9


@pytest.mark.parametrize(
    "padding", [h5py.h5t.STR_NULLTERM, h5py.h5t.STR_NULLPAD, h5py.h5t.STR_SPACEPAD]
)
def test_texts_lose_their_padding(write_h5: Callable[..., Path], padding: int) -> None:
    path = write_h5({})
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(6)
    kind.set_strpad(padding)
    stored = b"nm    " if padding == h5py.h5t.STR_SPACEPAD else b"nm"
    with h5py.File(path, "a") as file:
        space = h5py.h5s.create(h5py.h5s.SCALAR)
        attribute = h5py.h5a.create(file.id, b"unit", kind, space)
        attribute.write(np.array(stored, "S6"), mtype=kind)
    assert read(path, "unit") == "nm"


@pytest.mark.parametrize("values", [[1, 2, 3], [0.5], []])
def test_lists_of_numbers(write_h5: Callable[..., Path], values: list[float]) -> None:
    path = write_h5({})
    with h5py.File(path, "a") as file:
        file.attrs["x"] = np.array(values)
        file.attrs["single"] = 1.0
        file.attrs["texts"] = ["a", "b"]
    with path.open("rb") as raw:
        root = Structure(raw.fileno()).root
        np.testing.assert_array_equal(read_numbers(root, "x"), values)
        assert read_numbers(root, "missing") is None
        for name in ("single", "texts"):
            with pytest.raises(mmf.MMFusionReadError, match="expected a list of numbers"):
                read_numbers(root, name)
