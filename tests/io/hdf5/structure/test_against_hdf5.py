"""What is read from files of every version is what the HDF5 library reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.hdf5.attributes import read_attribute
from napari_mmfusion.io.hdf5.structure.objects import Group, Structure

VERSIONS = ["earliest", "v108", "v110", "latest"]
# Shape, chunks and limits of data sets, so that every kind of index is used.
INDEXED: list[tuple[tuple[int, ...], tuple[int, ...], tuple[int | None, ...] | None]] = [
    ((7, 5), (7, 5), None),
    ((7, 5), (2, 3), None),
    ((7, 5), (2, 3), (None, 5)),
    ((7, 5), (2, 3), (9, None)),
    ((7, 5), (2, 3), (20, 11)),
    ((7, 5), (2, 3), (None, None)),
    ((4, 3, 5), (2, 2, 2), (4, None, 6)),
    ((3000,), (1,), None),
    ((9000,), (1,), (None,)),
    ((60, 60), (1, 1), (None, None)),
]
FILTERS: list[dict[str, Any]] = [{}, {"compression": "gzip", "shuffle": True, "fletcher32": True}]


def create(path: Path, version: str, **options: Any) -> h5py.File:
    bounds = version if version in ("earliest", "latest") else (version, version)
    return h5py.File(path, "w", libver=bounds, **options)


def objects(path: Path) -> Iterator[tuple[Structure, h5py.File]]:
    with path.open("rb") as raw, h5py.File(path) as file:
        yield Structure(raw.fileno()), file


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("user_block", [0, 1024])
def test_chunks_of_every_kind_of_index(tmp_path: Path, version: str, user_block: int) -> None:
    path = tmp_path / "data.h5"
    rng = np.random.default_rng(3)
    with create(path, version, userblock_size=user_block) as file:
        for shape, chunks, limits in INDEXED:
            for options in FILTERS if np.prod(shape) < 100 else FILTERS[:1]:
                settings: dict[str, Any] = {"chunks": chunks, "maxshape": limits, **options}
                values = rng.integers(-99, 99, shape, np.int16)
                file.create_dataset(f"whole {len(file)}", data=values, **settings)
                part = file.create_dataset(
                    f"part {len(file)}", shape, "f4", fillvalue=2.5, **settings
                )
                part[1:2] = 1
                part[-1:] = 3
    with open_file(path) as read, h5py.File(path) as file:
        assert len(read.items) == len(file) >= 2 * len(INDEXED)
        for item in read.items:
            expected = file[item.path]
            assert (item.problem, item.shape) == ("", expected.shape)
            np.testing.assert_array_equal(item.read(), expected[()])
            if len(expected.shape) < 3:
                assert item.stored_bytes == expected.id.get_storage_size()


@pytest.mark.parametrize("version", ["v110", "latest"])
@pytest.mark.parametrize("limits", [None, (11, 12)])
def test_chunks_that_follow_one_another(
    tmp_path: Path, version: str, limits: tuple[int, int] | None
) -> None:
    path = tmp_path / "data.h5"
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((2, 3))
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple((7, 5), limits or (7, 5))
    with create(path, version) as file:
        h5py.h5d.create(file.id, b"x", h5py.h5t.STD_I16LE, space, properties)
        file["x"][...] = np.arange(35).reshape(7, 5)
    with open_file(path) as read:
        np.testing.assert_array_equal(read.items[0].read(), np.arange(35).reshape(7, 5))


@pytest.mark.parametrize("version", VERSIONS)
def test_values_that_are_not_in_chunks(tmp_path: Path, version: str) -> None:
    path = tmp_path / "data.h5"
    with create(path, version) as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((3, 2))
        h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F64BE, space, properties)
        file["compact"][...] = [[1, 2], [3, 4], [5, 6]]
        file["type"] = np.dtype(">u2")
        file.create_dataset("of a named type", data=[[7, 8]], dtype=file["type"])
        file.create_dataset("never written", (3, 2), "i4", fillvalue=-7)
        file["truth"] = np.eye(3) > 0
        file["single"] = 2.5
        file["half"] = np.arange(4, dtype="<f2")
        file["nothing"] = np.empty((0, 3))
    with open_file(path) as read, h5py.File(path) as file:
        assert len(read.items) == 7
        for item in read.items:
            expected = file[item.path][()]
            assert item.read().dtype == expected.dtype
            np.testing.assert_array_equal(item.read(), expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keeps_order", [False, True])
@pytest.mark.parametrize("count", [3, 200, 3000])
def test_links(tmp_path: Path, version: str, keeps_order: bool, count: int) -> None:
    path = tmp_path / "data.h5"
    with create(path, version, track_order=keeps_order) as file:
        for number in range(count):
            file[f"{number * 7919 % count} {'long ' * (number % 50)}"] = h5py.SoftLink("/nowhere")
        file["group"] = file.create_group("other")
        file["elsewhere"] = h5py.ExternalLink("a.h5", "/b")
    for structure, file in objects(path):
        assert list(structure.root.links) == list(h5py.h5g.open(file.id, b"/"))
        links = structure.root.links
        assert links[b"group"].address == links[b"other"].address
        assert isinstance(structure.open(links[b"group"].address), Group)
        assert links[b"0 "].target == b"/nowhere"
        assert links[b"elsewhere"].target == b"a.h5"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("count", [3, 40, 600])
def test_attributes(tmp_path: Path, version: str, count: int) -> None:
    path = tmp_path / "data.h5"
    with create(path, version) as file:
        for number in range(count):
            file.attrs[f"text {number}"] = "µm " * (number % 200)
            file.attrs[f"number {number}"] = number
        if version != "earliest":
            file.attrs["long"] = np.bytes_(b"x" * 20_000)
        del file.attrs["text 1"]
    for structure, file in objects(path):
        assert {name.decode() for name in structure.root.attributes} == set(file.attrs)
        for name, expected in file.attrs.items():
            text = expected.decode() if isinstance(expected, bytes) else expected
            assert read_attribute(structure.root, name) == text
