from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5.attributes import AttributeReader


def read(path: Path, name: str) -> object:
    with h5py.File(path, "r") as file:
        return AttributeReader(file.id.get_vfd_handle()).read(h5py.h5g.open(file.id, b"/"), name)


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
    with pytest.raises(
        mmf.MMFusionReadError, match="'text': is a text in a file with lengths of 4"
    ):
        read(path, "text")
