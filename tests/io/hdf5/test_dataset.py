from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
Refusal = Callable[..., str]
HAADF = np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize("dtype", ["?", "u1", ">u2", "<i4", "i8", "f2", ">f4", "f8"])
def test_every_numeric_type_is_read(write_h5: Write, dtype: str) -> None:
    values = (np.arange(9).reshape(3, 3) % 4 // 2).astype(dtype)
    data = mmf.load(write_h5({"HAADF": HAADF, "Co": values}))
    np.testing.assert_array_equal(data.maps["Co"], values.astype(np.float32))


def refused_types() -> dict[str, Any]:
    return {
        "compound": np.zeros((3, 3), "f4,f4"),
        "text": np.full((3, 3), b"text"),
        "complex": np.zeros((3, 3), "c8"),
        "opaque": np.zeros((3, 3), "V4"),
        "float128": np.zeros((3, 3), np.longdouble),
    }


@pytest.mark.parametrize("name", refused_types())
def test_other_types_are_refused(write_h5: Write, refusal: Refusal, name: str) -> None:
    values = refused_types()[name]
    if values.dtype == np.float64:
        pytest.skip("long double is double here")
    message = refusal(write_h5({"HAADF": HAADF, "Co": values}))
    assert "'Co': holds values of type" in message
    assert "expected real numbers of at most 64 bits; save it as an array of numbers" in message


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (h5py.vlen_dtype("f4"), "variable-length"),
        (h5py.string_dtype(), "text"),
        (h5py.ref_dtype, "reference"),
        (h5py.enum_dtype({"RED": 0, "GREEN": 1, "BLUE": 2}), "enumeration"),
        (np.dtype(("f4", (2,))), "array"),
    ],
)
def test_types_that_point_elsewhere_are_refused(
    tmp_path: Path, refusal: Refusal, dtype: Any, kind: str
) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file.create_dataset("Co", (3, 3), dtype)
    assert f"'Co': holds values of type {kind}, expected" in refusal(path)


def test_a_virtual_data_set_is_refused(write_h5: Write, tmp_path: Path, refusal: Refusal) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["Co"] = HAADF
    path = write_h5({"HAADF": HAADF})
    layout = h5py.VirtualLayout((3, 3), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "Co", (3, 3))
    with h5py.File(path, "a") as file:
        file.create_virtual_dataset("Co", layout)
    message = refusal(path)
    assert "'Co': is a virtual data set, whose values are in other files" in message
    assert "copy the data itself" in message


def test_external_storage_is_refused(write_h5: Write, tmp_path: Path, refusal: Refusal) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"s" * 72)
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        file.create_dataset("Co", (3, 3), "f8", external=[(str(secret), 0, 72)])
    assert "'Co': keeps its values in another file, which is not read" in refusal(path)


def test_null_and_single_values(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF, "Co": h5py.Empty("f4"), "O": 3.0})
    assert "'Co': holds no values; save an image there" in refusal(path, elements=["Co"])
    assert "'O' is a single value" in refusal(path, elements=["O"])


def test_a_small_file_that_declares_much(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    side = 2**20
    with h5py.File(path, "w") as file:
        for name in ("HAADF", "Co"):
            file.create_dataset(name, (side, side), "f4", chunks=(8192, 8192), compression="gzip")
    assert path.stat().st_size < 10_000
    message = refusal(path)
    assert "'HAADF'" in message
    assert "save" in message


@pytest.mark.parametrize("options", [{}, {"chunks": (1024, 1024)}])
def test_declared_but_never_stored(
    tmp_path: Path, refusal: Refusal, options: dict[str, Any]
) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        for name in ("HAADF", "Co"):
            file.create_dataset(name, (2**14, 2**15), "f4", **options)
    message = refusal(path)
    assert "'HAADF', 'Co': would unpack to 8192 MiB from 0 MiB" in message


def test_inspect_describes_what_load_refuses(write_h5: Write) -> None:
    path = write_h5({"HAADF": HAADF, "Co": refused_types()["compound"]})
    cobalt, haadf = mmf.inspect(path).items
    assert (cobalt.dtype, cobalt.shape, cobalt.role) == ("compound", (3, 3), "Co")
    assert cobalt.problem.startswith("holds values of type compound")
    assert (haadf.dtype, haadf.problem) == ("float64", "")


def test_numbers_of_odd_precision_are_refused(write_h5: Write, refusal: Refusal) -> None:
    """HDF5 would have to shift and mask every value."""
    path = write_h5({"HAADF": HAADF})
    kind = h5py.h5t.STD_U16LE.copy()
    kind.set_precision(12)
    kind.set_offset(2)
    with h5py.File(path, "a") as file:
        h5py.h5d.create(file.id, b"Co", kind, h5py.h5s.create_simple((3, 3)))
    assert "'Co': holds values of type uint16, expected" in refusal(path)
