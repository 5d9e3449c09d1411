from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
Npy = Callable[..., bytes]
Refusal = Callable[..., str]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["?", "u1", "<u2", ">i4", "<i8", "<f2", ">f4", "<f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_numeric_array_is_read_as_it_is(
    tmp_path: Path, save: Callable[..., None], dtype: str, order: Any
) -> None:
    values = (np.arange(20).reshape(4, 5) % 7 // 2).astype(dtype, order=order)
    path = tmp_path / "data.npz"
    save(path, HAADF=values, Co=values[::-1, ::2][:, [0, 1, 2, 1, 0]])
    data = mmf.load(path)
    assert data.shape == (4, 5)
    np.testing.assert_array_equal(data.haadf, values.astype(np.float32))
    np.testing.assert_array_equal(data.maps["Co"], values[::-1, [0, 2, 4, 2, 0]])


def test_pixel_size_and_unit(write_npz: Write, images: dict[str, Any]) -> None:
    data = mmf.load(write_npz(images | {"pixel_size": 0.05, "unit": "µm"}))
    assert (data.pixel_size, data.unit) == (0.05, "µm")
    data = mmf.load(write_npz(images | {"pixel_size": np.array([3]), "unit": b"nm"}))
    assert (data.pixel_size, data.unit) == (3.0, "nm")
    data = mmf.load(write_npz(images))
    assert (data.pixel_size, data.unit) == (None, "pixel")
    assert data.elements == ("Co", "O")


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf, True, "wide", [1.0, 2.0]])
def test_an_invalid_pixel_size(write_npz: Write, images: dict[str, Any], value: Any) -> None:
    path = write_npz(images | {"pixel_size": value})
    data = mmf.load(path)
    assert (data.pixel_size, data.elements) == (None, ("Co", "O"))
    assert data.reader_notes.ignored.startswith("Pixel size ignored: ")
    assert mmf.inspect(path).pixel_size is None
    assert data.reader_notes.ignored in str(mmf.inspect(path)).splitlines()


@pytest.mark.parametrize("value", [3.0, "n\nm", "x" * 80, ["nm", "nm"]])
def test_an_invalid_unit(write_npz: Write, images: dict[str, Any], value: Any) -> None:
    data = mmf.load(write_npz(images | {"unit": value, "pixel_size": 0.5}))
    assert (data.pixel_size, data.unit) == (0.5, "pixel")
    assert data.reader_notes.ignored.startswith("Unit of the pixel size ignored: ")


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_objects_are_never_unpickled(tmp_path: Path, refusal: Refusal) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / "data.npz"
    np.savez(path, HAADF=np.eye(2), Co=np.array([[Canary(canary)]], dtype=object))
    message = refusal(path)
    assert "'Co': holds values of type |O, expected real numbers" in message
    assert "pickle" not in message
    mmf.inspect(path)
    assert not canary.exists()
    pickle.loads(pickle.dumps(Canary(canary)))
    assert canary.exists()


@pytest.mark.parametrize(
    "values",
    [
        np.array([["a", "b"]]),
        np.array([[1j, 2]]),
        np.zeros((1, 2), "f4,f4"),
        np.zeros((1, 2), "M8[s]"),
        np.zeros((1, 2), np.longdouble),
    ],
    ids=["text", "complex", "structured", "time", "long double"],
)
def test_other_types_are_refused(write_npz: Write, refusal: Refusal, values: Any) -> None:
    if values.dtype == np.float64:
        pytest.skip("long double is double here")
    message = refusal(write_npz({"HAADF": np.eye(2), "Co": values}))
    assert "'Co': holds values of type" in message
    assert "expected real numbers of at most 64 bits; save it as an array of numbers" in message


def test_values_that_are_not_finite_load_and_are_found(write_npz: Write) -> None:
    bad = np.arange(25.0).reshape(5, 5)
    bad[2, 2:4] = np.nan, np.inf
    data = mmf.load(write_npz({"HAADF": np.eye(5), "Co": bad}))
    np.testing.assert_array_equal(data.maps["Co"], bad)
    assert mmf.check(data)[0].kind == "missing pixels"


def test_a_constant_map_loads(write_npz: Write) -> None:
    assert mmf.load(write_npz({"HAADF": np.eye(2), "Co": np.ones((2, 2))})).elements == ("Co",)


@pytest.mark.parametrize(
    ("shape", "body"), [((65536, 65536), 80), ((2**40, 2**40), 80), ((2, 2), 31), ((2, 2), 33)]
)
def test_declared_and_stored_size_must_agree(
    write_members: Write, npy: Npy, refusal: Refusal, shape: tuple[int, int], body: int
) -> None:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}"
    path = write_members(
        {"HAADF.npy": npy(np.eye(2)), "Co.npy": npy(header=text, body=b"0" * body)}
    )
    message = refusal(path)
    assert f"'Co': has {body} bytes of values, expected" in message
    assert "the file is damaged" in message


def test_a_zip_bomb_is_not_unpacked(write_members: Write, npy: Npy, refusal: Refusal) -> None:
    side = 4096
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({side}, {side})}}"
    bomb = npy(header=text, body=bytes(side * side))
    path = write_members({"HAADF.npy": bomb, "Co.npy": npy(np.eye(2))}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    assert "expected two-dimensional images of one shape" in refusal(path)
    path = write_members({"HAADF.npy": bomb, "Co.npy": bomb}, zipfile.ZIP_DEFLATED)
    message = refusal(path)
    assert "'HAADF', 'Co': would unpack to" in message
    assert "without compression" in message


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_flipped_bit_is_noticed(
    write_members: Write, npy: Npy, refusal: Refusal, method: int
) -> None:
    values = np.random.default_rng(1).random((9, 9))
    path = write_members({"HAADF.npy": npy(values), "Co.npy": npy(values)}, method)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        end = archive.getinfo("Co.npy").header_offset
    content[end - 30] ^= 1
    path.write_bytes(content)
    message = refusal(path)
    assert "'HAADF': " in message
    assert "damaged" in message


def test_a_member_shorter_than_declared(write_members: Write, npy: Npy, refusal: Refusal) -> None:
    path = write_members({"Co.npy": npy(np.eye(9)), "HAADF.npy": npy(np.eye(9))})
    content = bytearray(path.read_bytes())
    del content[-500:-300]
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(
    write_members: Write, npy: Npy, refusal: Refusal, method: int
) -> None:
    path = write_members({"HAADF.npy": npy(np.eye(2)), "Co.npy": npy(np.eye(2))}, method)
    message = refusal(path)
    assert f"'HAADF': is compressed by method {method}, expected none or deflate" in message


def test_other_members_are_ignored(write_members: Write, npy: Npy) -> None:
    path = write_members(
        {
            "HAADF.npy": npy(np.eye(2)),
            "O.txt": b"x",
            "Co.npy": npy(np.eye(2)),
            "inner.npz": b"PK",
            "note.npy": b"no array",
        }
    )
    assert mmf.load(path).elements == ("Co",)
    notes = {item.name: item.problem for item in mmf.inspect(path).items}
    assert set(notes) == {"HAADF", "Co", "note"}
    assert "is not a .npy array" in notes["note"]


def test_only_chosen_members_are_unpacked(write_members: Write, npy: Npy) -> None:
    text = "{'descr': '<f8', 'fortran_order': False, 'shape': (99, 99)}"
    path = write_members(
        {
            "HAADF.npy": npy(np.eye(2)),
            "O.npy": npy(header=text, body=b"short"),
            "Co.npy": npy(np.eye(2)),
        }
    )
    assert mmf.load(path, elements=["Co"]).elements == ("Co",)


def test_names_of_members_cannot_break_a_message(
    write_members: Write, npy: Npy, refusal: Refusal
) -> None:
    path = write_members({"a\nb\u202e.npy": npy(np.eye(2)), "x" * 500 + ".npy": npy(np.eye(2))})
    message = refusal(path)
    assert r"'a\nb\u202e.npy'" in message
    assert len(message) < 400


def test_groups_are_for_hdf5(write_npz: Write, images: dict[str, Any], refusal: Refusal) -> None:
    message = refusal(write_npz(images), group="map7")
    assert "has no groups; leave out group='map7'" in message
