from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]


def test_name_and_checksum(write_npz: Write, images: dict[str, Any]) -> None:
    path = write_npz(images, "my map.v2.npz")
    data = mmf.load(str(path))
    assert data.name == "my map.v2"
    assert data.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_images_from_both_formats(
    write_npz: Write, write_h5: Write, images: dict[str, Any]
) -> None:
    one, other = mmf.load(write_npz(images)), mmf.load(write_h5(images))
    assert one.elements == other.elements
    assert one.haadf.tobytes() == other.haadf.tobytes()
    assert all(one.maps[name].tobytes() == other.maps[name].tobytes() for name in one.elements)


def test_maps_are_matched_by_name_not_by_order(tmp_path: Path, images: dict[str, Any]) -> None:
    for number, names in enumerate((("HAADF", "Co", "O"), ("O", "HAADF", "Co"))):
        path = tmp_path / f"{number}.npz"
        np.savez(path, **{name: images[name] for name in names})
        data = mmf.load(path)
        np.testing.assert_array_equal(data.maps["Co"], images["Co"].astype(np.float32))
        np.testing.assert_array_equal(data.haadf, images["HAADF"].astype(np.float32))


def test_the_file_can_be_replaced_after_loading(
    write_npz: Write, write_h5: Write, images: dict[str, Any]
) -> None:
    for path in (write_npz(images), write_h5(images)):
        data = mmf.load(path)
        path.write_bytes(b"")
        np.testing.assert_array_equal(data.maps["O"], images["O"].astype(np.float32))


def test_the_npz_of_the_tutorial(tutorial_file: Callable[[str], Path]) -> None:
    path = tutorial_file("PTO_Trilayer_dataset.npz")
    data = mmf.load(path)
    assert data.elements == ("Sc", "Dy", "O")
    assert data.shape == (256, 256)
    with np.load(path) as stored:
        for name in data.elements:
            np.testing.assert_array_equal(data.maps[name], stored[name].astype(np.float32))
    total = sum(data.maps.values())
    np.testing.assert_allclose(total, 1, atol=1e-6)


def test_the_h5_of_the_tutorial(tutorial_file: Callable[[str], Path]) -> None:
    path = tutorial_file("Co3O4_Mn3O4.h5")
    data = mmf.load(path, elements=["Co", "Mn", "O"])
    assert data.shape == (400, 400)
    assert data.pixel_size is None
    with h5py.File(path) as file:
        np.testing.assert_array_equal(data.haadf, file["HAADF"][()])
        np.testing.assert_array_equal(data.maps["Mn"], file["Mn"][()])
    roles = {item.name: item.role for item in mmf.inspect(path).items}
    assert roles == {"Co": "Co", "HAADF": "HAADF", "Mn": "Mn", "O": "O"}


@pytest.mark.parametrize("name", ["data.npz", "data.h5"])
def test_nothing_is_written_by_reading(
    tmp_path: Path, write_npz: Write, write_h5: Write, images: dict[str, Any], name: str
) -> None:
    path = (write_npz if name.endswith("npz") else write_h5)(images, name)
    before = path.read_bytes()
    mmf.load(path)
    mmf.inspect(path)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == before
