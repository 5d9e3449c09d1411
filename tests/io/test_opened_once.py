"""A file is opened once, however much is read from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import main
from napari_mmfusion.io import load_parameters
from napari_mmfusion.io.formats import open_file
from openings import openings_of

MakeResult = Callable[..., mmf.FusionResult]


@pytest.fixture(params=["npz", "foreign h5", "result"])
def path(
    request: pytest.FixtureRequest, tmp_path: Path, images: dict[str, Any], make_result: MakeResult
) -> Path:
    """A file of each kind; the HDF5 library opens none."""
    if request.param == "npz":
        np.savez(tmp_path / "data.npz", **images, pixel_size=0.1, unit="nm")
        return tmp_path / "data.npz"
    if request.param == "result":
        return mmf.save(make_result(), tmp_path) / "Fused_Reconstruction.h5"
    with h5py.File(tmp_path / "data.h5", "w") as file:
        for name, image in images.items():
            file.create_dataset(name, data=image, chunks=(2, 2), compression="gzip")
        file.attrs["pixel_size"], file.attrs["unit"] = 0.1, "nm"
    return tmp_path / "data.h5"


@pytest.mark.parametrize("read", [mmf.load, mmf.inspect])
def test_reading(path: Path, read: Callable[[Path], object]) -> None:
    with openings_of(path) as openings:
        read(path)
    assert openings == ["Python"]


@pytest.mark.parametrize("read", [mmf.load_result, load_parameters])
def test_reading_a_result(
    tmp_path: Path, make_result: MakeResult, read: Callable[[Path], object]
) -> None:
    folder = mmf.save(make_result(), tmp_path)
    with openings_of(folder / "Fused_Reconstruction.h5") as openings:
        read(folder)
    assert openings == ["Python"]


@pytest.mark.parametrize(
    "arguments", [["info"], ["fuse", "--weighting", "unit", "--n-iter", "1", "-o", "{out}"]]
)
def test_the_command_line(path: Path, tmp_path: Path, arguments: list[str]) -> None:
    command, *options = (each.format(out=tmp_path / "out") for each in arguments)
    with openings_of(path) as openings:
        assert main([command, str(path), *options]) == 0
    assert openings == ["Python"]


def test_checksum_and_images_are_of_the_same_file(path: Path, tmp_path: Path) -> None:
    """Another file takes the name between opening and reading, as with a save."""
    content = path.read_bytes()
    other = tmp_path / "other"
    other.write_bytes(b"another file")
    with open_file(path) as file:
        size = file.size
        try:
            other.replace(path)
        except PermissionError:
            pytest.skip("a file that is open cannot be replaced on this system")
        before = file.items[0].read()
        assert file.sha256() == hashlib.sha256(content).hexdigest()
        assert file.size == size == len(content)
        assert np.array_equal(file.items[0].read(), before)


def test_the_count_sees_both_ways(tmp_path: Path) -> None:
    with openings_of(tmp_path / "a.h5") as openings:
        (tmp_path / "a.h5").touch()
        h5py.File(tmp_path / "a.h5", "w").close()  # created, which is not counted
        h5py.File(tmp_path / "a.h5", "r").close()
        (tmp_path / "a.h5").read_bytes()
    assert openings == ["Python", "HDF5", "Python"]
