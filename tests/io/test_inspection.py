"""`inspect` describes what is in a file, what it is used as, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
IMAGE = np.arange(20.0).reshape(4, 5)


@pytest.fixture
def path(write_npz: Write) -> Path:
    return write_npz(
        {"DF4": IMAGE, "Co_K": IMAGE, "sum": IMAGE, "O": IMAGE[0], "pixel_size": 0.25, "unit": "Å"}
    )


def test_every_item_has_its_role_and_the_reason(path: Path) -> None:
    items = {item.name: item for item in mmf.inspect(path).items}
    assert {name: (item.role, item.reason) for name, item in items.items() if name != "unit"} == {
        "DF4": ("HAADF", "its name is one of a HAADF image"),
        "Co_K": ("Co", "its name holds the symbol Co"),
        "sum": (None, "its name holds no single element symbol"),
        "O": (None, "it is no two-dimensional image"),
        "pixel_size": (None, "it is no two-dimensional image"),
    }
    assert (items["O"].shape, items["O"].dtype) == ((5,), "float64")
    assert items["O"].problem == "not a two-dimensional image"
    assert (items["Co_K"].pixel_size, items["Co_K"].unit) == (0.25, "Å")
    assert items["Co_K"].statistics is None


def test_images_of_a_result(tmp_path: Path, make_result: Any) -> None:
    path = mmf.save(make_result(("a/b", "O")), tmp_path) / "Fused_Reconstruction.h5"
    items = {item.name: item for item in mmf.inspect(path).items}
    assert (items["raw_a_b"].role, items["raw_a_b"].reason) == (
        "a/b",
        "saved as the measured map of a/b",
    )
    assert items["fused_O"].role is None
    assert items["fused_O"].reason == "fused image of a result, not measured"
    assert items["raw_haadf"].role == "HAADF"


def test_each_group_has_its_own_pixel_size(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        for group, size in (("map6", 0.5), ("map7", 0.25)):
            file[f"{group}/HAADF"] = file[f"{group}/Co"] = IMAGE
            file[group].attrs["pixel_size"] = size
            file[group].attrs["unit"] = "nm"
    contents = mmf.inspect(tmp_path / "data.h5")
    assert {item.name: item.pixel_size for item in contents.items} == {
        "map6/Co": 0.5,
        "map6/HAADF": 0.5,
        "map7/Co": 0.25,
        "map7/HAADF": 0.25,
    }
    assert (contents.pixel_size, contents.unit) == (None, "pixel")
    assert contents.conclusion.startswith("Cannot be fused as it is: several groups hold images")
    inner = mmf.inspect(tmp_path / "data.h5", "map7")
    assert (inner.pixel_size, inner.unit) == (0.25, "nm")
    assert inner.conclusion == "To fuse: map7/HAADF with Co. Pixel size: 0.25 nm."


def test_statistics(write_npz: Write) -> None:
    path = write_npz({"HAADF": IMAGE, "O": np.array([[np.nan, 0, np.inf], [3, 1, 2]])})
    haadf, oxygen = mmf.inspect(path, statistics=True).items
    assert dataclasses.astuple(haadf.statistics) == (0, 19, 9.5, 1 / 20, 0, 0)
    assert dataclasses.astuple(oxygen.statistics) == (0, 3, 1.5, 1 / 6, 1, 1)
    assert oxygen.problem.startswith("has values that are not finite")


def test_an_image_without_a_finite_value(write_npz: Write) -> None:
    path = write_npz({"HAADF": IMAGE, "O": np.full((4, 5), np.nan)})
    values = mmf.inspect(path, statistics=True).items[1].statistics
    assert np.isnan([values.minimum, values.maximum, values.mean]).all()
    assert values.nan == 20


def test_a_small_file_is_not_read_for_ever(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        for number in range(9):
            file.create_dataset(f"{number}", (2048, 2048), "f4", chunks=True, compression="gzip")
    items = mmf.inspect(tmp_path / "data.h5", statistics=True).items
    assert [item.statistics is not None for item in items] == [True] * 4 + [False] * 5
    assert {item.problem for item in items} == {""}


def test_problems_of_the_values_are_stated_only_if_they_are_read(write_npz: Write) -> None:
    path = write_npz({"HAADF": IMAGE, "O": np.ones((4, 5))})
    assert mmf.inspect(path).conclusion == "To fuse: HAADF with O. Pixel size: unknown."
    contents = mmf.inspect(path, statistics=True)
    assert contents.conclusion == "Cannot be fused as it is, because of O."
    assert "O: every pixel is equal" in str(contents)


def test_the_text_is_a_table(path: Path) -> None:
    *lines, conclusion = str(mmf.inspect(path)).splitlines()
    assert lines == [
        "data.npz",
        "",
        "name  used as   Z     shape     type  because",
        "DF4   HAADF     -     4 x 5  float64  its name is one of a HAADF image",
        "Co_K  Co       27     4 x 5  float64  its name holds the symbol Co",
        "sum   -         -     4 x 5  float64  its name holds no single element symbol",
        "O     -         -  5 values  float64  it is no two-dimensional image",
        "",
        "Left out: sum (its name holds no single element symbol).",
    ]
    assert conclusion == "To fuse: DF4 with Co. Pixel size: 0.25 Å."


def test_the_repr_is_one_line(write_h5: Write) -> None:
    contents = mmf.inspect(write_h5({"HAADF": IMAGE, "Co\n": IMAGE}))
    assert repr(contents) == (
        "FileContents('data.h5', 2 arrays; To fuse: HAADF with Co. Pixel size: unknown.)"
    )
    assert all("\n" not in repr(item) for item in contents.items)


def test_contents_cannot_be_changed(path: Path) -> None:
    contents = mmf.inspect(path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        contents.name = "other"  # type: ignore[misc]  # what is tested


def test_large_images_are_not_checked_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = np.random.default_rng(0).poisson(9, (1025, 1025)).astype(np.float32)
    spoilt = image.copy()
    spoilt[7, 8] = 9999
    np.savez(tmp_path / "large.npz", HAADF=image, Fe=spoilt)
    contents = mmf.inspect(tmp_path / "large.npz", statistics=True)
    assert [finding.kind for finding in contents.findings] == ["spikes"]
    assert "checked before they are fused" not in str(contents)
    monkeypatch.setattr("napari_mmfusion.io.inspection._MOST_CHECKED", 2**20)
    contents = mmf.inspect(tmp_path / "large.npz", statistics=True)
    assert contents.findings == ()
    assert "checked before they are fused" in str(contents)
