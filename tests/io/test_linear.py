"""Twice the file is twice the work for every reader, whatever the file is made of."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.layers_file import (
    NamedImage,
    is_layers_file,
    read_layers,
    write_layers_file,
)
from work import work_of

IMAGE = np.arange(12, dtype=np.float32).reshape(3, 4)
# Twice the work, and a little for numbers that take a byte more and for lists that grow.
MOST_GROWTH = 2.3

Make = Callable[[Path, int], Path]
MADE: dict[str, tuple[Make, int]] = {}


def made_of(what: str, count: int) -> Callable[[Make], Make]:
    def enter(make: Make) -> Make:
        MADE[what] = make, count
        return make

    return enter


def hdf5(fill: Callable[[h5py.File, int], object], **options: Any) -> Make:
    def make(folder: Path, count: int) -> Path:
        with h5py.File(folder / "data.h5", "w", **options) as file:
            file["HAADF"] = file["Co"] = IMAGE
            fill(file, count)
        return folder / "data.h5"

    return make


def chunked(file: h5py.File, count: int, **options: Any) -> None:
    values = np.arange(32 * count, dtype=np.float32).reshape(count, 32)
    del file["HAADF"], file["Co"]
    file.create_dataset("HAADF", data=values, chunks=(1, 1), **options)
    file.create_dataset("Co", data=values, chunks=(1, 1), **options)


def linked(file: h5py.File, count: int) -> None:
    for number in range(count):
        file[f"link {number}"] = h5py.SoftLink("/Co")


def chained(file: h5py.File, count: int) -> None:
    """Links that lead to links, by long ways round."""
    for number in range(count):
        file[f"{number}"] = h5py.SoftLink("/." * 900 + f"/{(number + 1) % count}")


def growing(file: h5py.File, count: int) -> None:
    """Each link leads to many parts of a path, the first of which does likewise."""
    for number in range(count):
        file[f"{number}"] = h5py.SoftLink(f"{number + 1}/" * 60)


def noted(file: h5py.File, count: int) -> None:
    for number in range(count):
        file.attrs[f"note {number}"] = f"text {number}"
    file.attrs["unit"] = "nm"


def heaped(file: h5py.File, count: int) -> None:
    """Pixels that look like the starts of heaps, one inside the other."""
    size = 2**16 * count
    heads = b"".join(
        struct.pack("<4sB3xQ", b"GCOL", 1, size - 16 * number) for number in range(size // 16)
    )
    file["image"] = np.frombuffer(heads, np.uint8).reshape(-1, 256)
    file.attrs["unit"] = file.attrs["pixel_size"] = "nm"


for _version in ("earliest", "latest"):
    for _options in ({}, {"compression": "gzip", "shuffle": True, "fletcher32": True}):
        made_of(f"chunks of {_version} {'packed' if _options else 'plain'}", 16)(
            hdf5(lambda file, n, o=_options: chunked(file, n, **o), libver=_version)
        )
    made_of(f"chunks that may grow, {_version}", 16)(
        hdf5(lambda file, n: chunked(file, n, maxshape=(None, None)), libver=_version)
    )
    made_of(f"links of {_version}", 300)(hdf5(linked, libver=_version))
    made_of(f"chained links of {_version}", 100)(hdf5(chained, libver=_version))
    made_of(f"growing links of {_version}", 100)(hdf5(growing, libver=_version))
    made_of(f"texts of {_version}", 100)(hdf5(noted, libver=_version))
made_of("nested heaps", 1)(hdf5(heaped))


@made_of("layers with notes", 30)
def layers(folder: Path, count: int) -> Path:
    images = [NamedImage(f"layer {n}", IMAGE, {"text": "note " * 50}) for n in range(count)]
    write_layers_file(folder / "data.h5", images, Calibration(None, "pixel"))
    return folder / "data.h5"


@made_of("recorded elements", 30)
def recorded(folder: Path, count: int) -> Path:
    names = [f"map {number}" for number in range(count)]
    with h5py.File(folder / "data.h5", "w") as file:
        file["raw_haadf"] = IMAGE
        for name in names:
            file[f"raw_{name}"] = IMAGE
        file.attrs["creator"] = "napari-mmfusion"
        file.attrs["elements"] = file.attrs["names"] = json.dumps(names)
    return folder / "data.h5"


@made_of("arrays in a .npz", 60)
def arrays(folder: Path, count: int) -> Path:
    np.savez(folder / "data.npz", **{f"image {number}": IMAGE for number in range(count)})
    return folder / "data.npz"


@made_of("entries in a zip directory", 60)
def entries(folder: Path, count: int) -> Path:
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        for number in range(count):
            archive.writestr(f"note {number}.txt", b"text" * 50)
    return folder / "data.npz"


@made_of("pixels in a .npz", 60)
def pixels(folder: Path, count: int) -> Path:
    image = np.random.default_rng(1).random((100 * count, 40))
    np.savez_compressed(folder / "data.npz", HAADF=image, Co=image)
    return folder / "data.npz"


def read_everything(path: Path) -> None:
    for read in (mmf.load, mmf.load_result, lambda path: mmf.inspect(path, statistics=True)):
        with suppress(mmf.MMFusionReadError):
            read(path)
    with suppress(mmf.MMFusionReadError), open_file(path) as file:
        if is_layers_file(file):
            read_layers(file)


@pytest.mark.parametrize("what", MADE)
def test_work_grows_with_the_file(tmp_path: Path, what: str) -> None:
    make, count = MADE[what]
    read_everything(make(tmp_path, count))  # what is imported or kept on first use
    works = [work_of(partial(read_everything, path)) for path in _made(tmp_path, what)]
    assert works[1] < MOST_GROWTH * works[0]


def _made(folder: Path, what: str) -> list[Path]:
    make, count = MADE[what]
    paths = []
    for factor in (1, 2):
        inner = folder / str(factor)
        inner.mkdir()
        paths.append(make(inner, factor * count))
    return paths


def test_quadratic_work_is_noticed() -> None:
    def search(count: int) -> None:
        for first in range(count):
            for second in range(count):
                max(first, second)

    assert work_of(lambda: search(60)) > MOST_GROWTH * work_of(lambda: search(30))
