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


@pytest.mark.parametrize("size", [512, 4096])
def test_a_user_block_before_the_file(tmp_path: Path, images: dict[str, Any], size: int) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", userblock_size=size) as file:
        file.update(images)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], images["Co"].astype(np.float32))


@pytest.mark.parametrize("offset_size", [4, 8])
@pytest.mark.parametrize("length_size", [4, 8])
def test_files_with_short_addresses(
    tmp_path: Path, images: dict[str, Any], offset_size: int, length_size: int
) -> None:
    path = tmp_path / "data.h5"
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_sizes(offset_size, length_size)
    with h5py.File(h5py.h5f.create(str(path).encode(), fcpl=properties)) as file:
        for name, image in images.items():
            file.create_dataset(name, data=image, chunks=(2, 3), compression="gzip")
        file.attrs["unit"] = "nm"
    data = mmf.load(path)
    assert data.unit == "nm"
    np.testing.assert_array_equal(data.maps["O"], images["O"].astype(np.float32))


def test_a_file_that_misses_its_end(
    write_h5: Write, images: dict[str, Any], refusal: Refusal
) -> None:
    path = write_h5(images)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert f"(truncated: {len(content) - 1} of {len(content)} bytes)" in refusal(path)


@pytest.mark.parametrize("size", [3, 5, 16])
def test_impossible_sizes(
    write_h5: Write, images: dict[str, Any], refusal: Refusal, size: int
) -> None:
    path = write_h5(images)
    content = bytearray(path.read_bytes())
    content[13] = size
    path.write_bytes(content)
    assert "the superblock states impossible sizes" in refusal(path)


def test_a_file_that_was_left_open(tmp_path: Path, refusal: Refusal) -> None:
    """A program ended while it wrote; HDF5 refuses to open such a file too."""
    path = tmp_path / "data.h5"
    program = (
        "import h5py, os\n"
        f"file = h5py.File({str(path)!r}, 'w', libver='latest')\n"
        "file['HAADF'] = file['Co'] = [[1.0, 2.0]]\n"
        "file.flush()\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    message = refusal(path)
    assert "is being written by another program, or was when that ended" in message
    assert "save it again" in message
    with pytest.raises(OSError, match="already open for write"):
        h5py.File(path)
