from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
Refusal = Callable[..., str]


def under(group: str, images: dict[str, Any]) -> dict[str, Any]:
    return {f"{group}/{name}": values for name, values in images.items()}


@pytest.mark.parametrize("name", ["data.h5", "data.hdf5", "DATA.H5"])
def test_flat_data_sets(write_h5: Write, images: dict[str, Any], name: str) -> None:
    data = mmf.load(write_h5(images, name))
    assert data.elements == ("Co", "O")
    np.testing.assert_array_equal(data.haadf, images["HAADF"].astype(np.float32))
    np.testing.assert_array_equal(data.maps["O"], images["O"].astype(np.float32))


def test_one_group_with_images(write_h5: Write, images: dict[str, Any]) -> None:
    path = write_h5(under("map7", images) | {"meta/beam": 200.0, "meta/table": np.eye(3)})
    data = mmf.load(path)
    np.testing.assert_array_equal(data.maps["Co"], images["Co"].astype(np.float32))
    assert mmf.load(path, group="map7").elements == ("Co", "O")
    assert mmf.load(path, group="/map7/").elements == ("Co", "O")


def test_several_groups_must_be_chosen_from(
    write_h5: Write, images: dict[str, Any], refusal: Refusal
) -> None:
    shifted = {name: values + 1 for name, values in images.items()}
    path = write_h5(under("map7", images) | under("scan/map8", shifted))
    message = refusal(path)
    assert "several groups hold images: 'map7', 'scan/map8'" in message
    assert "group=..." in message
    data = mmf.load(path, group="scan")
    np.testing.assert_array_equal(data.haadf, shifted["HAADF"].astype(np.float32))


def test_the_top_counts_as_a_group(
    write_h5: Write, images: dict[str, Any], refusal: Refusal
) -> None:
    path = write_h5(images | under("inner", {name: -values for name, values in images.items()}))
    assert "several groups hold images: '/', 'inner'" in refusal(path)
    np.testing.assert_array_equal(mmf.load(path, group="/").haadf, mmf_float(images["HAADF"]))
    np.testing.assert_array_equal(mmf.load(path, group="inner").haadf, -mmf_float(images["HAADF"]))


def mmf_float(values: Any) -> Any:
    return values.astype(np.float32)


def test_a_group_that_is_not_there(
    write_h5: Write, images: dict[str, Any], refusal: Refusal
) -> None:
    path = write_h5(under("map7", images))
    message = refusal(path, group="map8")
    assert "group 'map8': leads to 'map8', which is not in the file" in message
    assert "the file holds 'map7'; give group=... the name of a group" in message
    assert "'map7/Co' is not a group" in refusal(path, group="map7/Co")


def test_inspect_shows_all_groups(write_h5: Write, images: dict[str, Any]) -> None:
    path = write_h5(under("map7", images) | under("map8", images))
    assert [item.name for item in mmf.inspect(path).items] == [
        f"{group}/{name}" for group in ("map7", "map8") for name in ("Co", "HAADF", "O")
    ]
    assert len(mmf.inspect(path, group="map8").items) == 3


@pytest.mark.parametrize("place", ["/", "map7"])
def test_pixel_size_and_unit(write_h5: Write, images: dict[str, Any], place: str) -> None:
    path = write_h5(under("map7", images))
    with h5py.File(path, "a") as file:
        file[place].attrs["pixel_size"] = np.float32(0.25)
        file[place].attrs["unit"] = "nm"
    data = mmf.load(path)
    assert (data.pixel_size, data.unit) == (0.25, "nm")
    contents = mmf.inspect(path)
    assert (contents.pixel_size, contents.unit) == (0.25, "nm")


def test_the_groups_own_pixel_size_wins(write_h5: Write, images: dict[str, Any]) -> None:
    path = write_h5(under("map7", images))
    with h5py.File(path, "a") as file:
        file.attrs["pixel_size"] = 1.0
        file["map7"].attrs["pixel_size"] = 2.0
        file["map7"].attrs["unit"] = np.bytes_(b"um")
    data = mmf.load(path)
    assert (data.pixel_size, data.unit) == (2.0, "um")


@pytest.mark.parametrize("value", [-1.0, "wide", np.array([1.0, 2.0]), np.zeros(2, "f4,f4")])
def test_an_invalid_pixel_size(write_h5: Write, images: dict[str, Any], value: Any) -> None:
    path = write_h5(images)
    with h5py.File(path, "a") as file:
        file.attrs["pixel_size"] = value
    data = mmf.load(path)
    assert (data.pixel_size, data.elements) == (None, ("Co", "O"))
    assert data.reader_notes.ignored.startswith("Pixel size ignored: ")
    assert mmf.inspect(path).pixel_size is None
    assert mmf.inspect(path).reader_notes == data.reader_notes


@pytest.mark.parametrize(
    "content", [b"some text", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" * 200]
)
def test_a_file_that_is_not_hdf5(tmp_path: Path, refusal: Refusal, content: bytes) -> None:
    path = tmp_path / "data.h5"
    path.write_bytes(content)
    message = refusal(path)
    assert "is not a sound HDF5 file (" in message
    assert "write it again" in message


def test_a_file_cut_in_half(write_h5: Write, images: dict[str, Any], refusal: Refusal) -> None:
    path = write_h5(images)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "is not a sound HDF5 file" in refusal(path)


def test_a_file_that_is_being_written(
    write_h5: Write, images: dict[str, Any], refusal: Refusal
) -> None:
    path = write_h5(images)
    program = (
        "import sys, h5py\n"
        f"with h5py.File({str(path)!r}, 'a', locking=True):\n"
        "    print('open', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == b"open"
        message = refusal(path)
        writer.communicate(b"")
    assert "is being written by another program; close the file there" in message
    assert mmf.load(path).elements == ("Co", "O")


def test_a_file_without_data_sets(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file.create_group("map7")
    assert "no HAADF image found; the file holds no arrays" in refusal(path)


def test_results_of_the_tutorial_load_as_what_was_measured(write_h5: Write) -> None:
    image = np.arange(20.0, dtype=np.float32).reshape(4, 5)
    path = write_h5(
        {
            "raw_haadf": image,
            "fused_haadf": -image,
            "raw_Mn": image + 1,
            "fused_Mn": -image,
            "raw_Co": image + 2,
            "fused_Co": -image,
            "costHAADF": np.arange(3.0),
            "costChem": np.arange(3.0),
            "costTV": np.arange(3.0),
            "lambdaHAADF": 0.5,
            "lambdaChem": 0.08,
            "lambdaTV": 0.15,
            "gamma": 1.6,
        }
    )
    data = mmf.load(path)
    assert data.elements == ("Co", "Mn")
    np.testing.assert_array_equal(data.haadf, image)
    np.testing.assert_array_equal(data.maps["Mn"], image + 1)


def test_an_attribute_creator_of_another_kind_does_no_harm(
    write_h5: Write, images: dict[str, Any]
) -> None:
    path = write_h5(images)
    with h5py.File(path, "a") as file:
        file.attrs["creator"] = [1, 2, 3]
    assert mmf.load(path).elements == ("Co", "O")
