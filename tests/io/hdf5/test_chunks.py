from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5.chunks import fletcher32

Refusal = Callable[..., str]
HAADF = np.arange(9.0).reshape(3, 3)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A file with a map `Co` made with the options given."""

    def make(values: Any = HAADF, **options: Any) -> Path:
        path = tmp_path / "data.h5"
        with h5py.File(path, "w") as file:
            file["HAADF"] = np.arange(float(np.size(values))).reshape(np.shape(values))
            file.create_dataset("Co", data=values, **options)
        return path

    return make


@pytest.mark.parametrize("dtype", ["?", "u1", "<u2", ">i4", "<f4", ">f8"])
@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (2, 3)},
        {"chunks": (7, 5), "compression": "gzip", "compression_opts": 9},
        {"chunks": (3, 5), "shuffle": True},
        {"chunks": (4, 4), "fletcher32": True, "maxshape": (None, None)},
        {"chunks": (1, 5), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"compression": "gzip", "maxshape": (None, 5)},
    ],
)
def test_chunks_are_read_as_hdf5_reads_them(
    write: Callable[..., Path], dtype: str, options: dict[str, Any]
) -> None:
    values = (100 * np.random.default_rng(3).random((7, 5)) - 20).astype(np.int8).astype(dtype)
    path = write(values, **options)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["Co"][()], values)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], values.astype(np.float32))


def test_noise_that_gzip_makes_longer_is_read(write: Callable[..., Path]) -> None:
    values = np.random.default_rng(4).integers(0, 256, (64, 64), np.uint8)
    path = write(values, chunks=(64, 64), compression="gzip")
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], values)


@pytest.mark.parametrize("fill", [None, 3.5])
def test_chunks_that_were_never_written_hold_the_fill_value(
    tmp_path: Path, fill: float | None
) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = np.eye(6)
        image = file.create_dataset(
            "Co", (6, 6), ">f4", chunks=(3, 4), compression="gzip", fillvalue=fill
        )
        image[:3, :4] = 1
        expected = image[()]
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], expected)


def test_a_filter_that_hdf5_skipped_is_skipped(write: Callable[..., Path]) -> None:
    path = write(chunks=(3, 3), compression="gzip", shuffle=True)
    with h5py.File(path, "a") as file:
        file["Co"].id.write_direct_chunk((0, 0), (HAADF + 1).tobytes(), filter_mask=0b11)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], HAADF + 1)


@pytest.mark.parametrize("length", [1, 2, 3, 1000, 2**17, 2**17 + 1, 300_001])
@pytest.mark.parametrize("kind", ["random", "zeros", "ones"])
def test_the_checksum_is_that_of_hdf5(length: int, kind: str) -> None:
    values = {
        "random": np.random.default_rng(length).integers(0, 256, length, np.uint8),
        "zeros": np.zeros(length, np.uint8),
        "ones": np.full(length, 255, np.uint8),
    }[kind]
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("x", data=values, chunks=(length,), fletcher32=True)
        _, stored = dataset.id.read_direct_chunk((0,))
    assert fletcher32(values.tobytes()) == int.from_bytes(stored[-4:], "little")


@pytest.mark.parametrize("name", ["lzf", "scaleoffset"])
def test_other_filters_are_refused(write: Callable[..., Path], refusal: Refusal, name: str) -> None:
    options = {"compression": "lzf"} if name == "lzf" else {"scaleoffset": 3}
    message = refusal(write(chunks=(3, 3), **options))
    assert f"'Co': is compressed with the filter {name}, expected gzip, shuffle" in message
    assert "save it with gzip or without compression" in message


def test_an_unknown_filter_is_refused(write: Callable[..., Path], refusal: Refusal) -> None:
    path = write(chunks=(3, 3), compression="lzf")
    content = path.read_bytes()
    # Filter 32000 (0x7d00) becomes another.
    assert content.count(b"\x00\x7d") == 1
    path.write_bytes(content.replace(b"\x00\x7d", b"\xff\x3f"))
    assert "'Co': is compressed with the filter" in refusal(path)


def test_double_compression_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((3, 3))
        properties.set_deflate(4)
        properties.set_deflate(4)
        space = h5py.h5s.create_simple((3, 3))
        h5py.h5d.create(file.id, b"Co", h5py.h5t.IEEE_F32LE, space, properties)
    message = refusal(path)
    assert "filter deflate, expected gzip, shuffle or fletcher32, each once" in message


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_chunk_that_unpacks_to_more_is_refused(
    write: Callable[..., Path], refusal: Refusal, shuffle: bool
) -> None:
    path = write(chunks=(3, 3), compression="gzip", shuffle=shuffle)
    with h5py.File(path, "a") as file:
        file["Co"].id.write_direct_chunk((0, 0), zlib.compress(bytes(100_000)))
    message = refusal(path)
    assert "'Co': has a chunk that unpacks to more than its size; the file is damaged" in message


@pytest.mark.parametrize("length", [0, 1, 3, 4, 71, 73])
@pytest.mark.parametrize(
    "options", [{"shuffle": True}, {"fletcher32": True}, {"compression": "gzip"}]
)
def test_a_chunk_of_another_length_is_refused(
    write: Callable[..., Path], refusal: Refusal, length: int, options: dict[str, Any]
) -> None:
    """HDF5 crashes on some of these."""
    path = write(chunks=(3, 3), **options)
    with h5py.File(path, "a") as file:
        file["Co"].id.write_direct_chunk((0, 0), bytes(length) or b"\0")
    assert "'Co': " in refusal(path)


def test_a_chunk_longer_than_its_values_is_not_even_read(
    write: Callable[..., Path], refusal: Refusal
) -> None:
    path = write(chunks=(3, 3), compression="gzip")
    with h5py.File(path, "a") as file:
        file["Co"].id.write_direct_chunk((0, 0), bytes(50_000))
    assert "'Co': has a chunk longer than its values" in refusal(path)


@pytest.mark.parametrize("length", [1, 71, 73, 1000])
def test_a_plain_chunk_of_another_length_is_refused(
    tmp_path: Path, refusal: Refusal, length: int
) -> None:
    """Through h5py, HDF5 would write a longer one past the end of the memory for it."""
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["HAADF"] = HAADF
        dataset = file.create_dataset("Co", (3, 3), float, chunks=(3, 3))
        dataset.id.write_direct_chunk((0, 0), bytes(length))
    message = refusal(tmp_path / "data.h5")
    assert f"'Co': has a chunk that unpacks to {length} bytes, expected 72" in message


def test_a_chunk_beyond_the_end_of_the_file_is_refused(
    write: Callable[..., Path], refusal: Refusal
) -> None:
    path = write(chunks=(3, 3))
    with h5py.File(path) as file:
        offset = file["Co"].id.get_chunk_info_by_coord((0, 0)).byte_offset
    content = path.read_bytes()
    address = struct.pack("<Q", offset)
    assert content.count(address) == 1
    for other in (len(content) - 8, len(content) + 1, 2**62, 2**63, 2**64 - 2):
        path.write_bytes(content.replace(address, struct.pack("<Q", other)))
        assert "'Co': " in refusal(path)


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}])
def test_a_file_with_a_user_block(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", userblock_size=1024) as file:
        for name in ("HAADF", "Co"):
            file.create_dataset(name, data=HAADF, chunks=(2, 3), **options)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], HAADF)


def test_a_wrong_checksum_is_noticed(write: Callable[..., Path], refusal: Refusal) -> None:
    values = np.random.default_rng(5).random((16, 16))
    path = write(values, chunks=(16, 16), fletcher32=True)
    content = path.read_bytes()
    path.write_bytes(content.replace(values[7].tobytes(), values[8].tobytes()))
    assert "'Co': has a chunk with a wrong checksum; the file is damaged" in refusal(path)


def test_too_many_chunks_are_refused(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file.create_dataset("Co", (1000, 1000), "f4", chunks=(1, 1))
    message = refusal(path)
    assert "'Co': is cut into 1000000 chunks of 4 bytes, expected at most 65536" in message
    assert "save it without chunks" in message


def test_a_chunk_larger_than_the_image_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file.create_dataset("Co", (3, 3), "f4", chunks=(2**14, 2**14), maxshape=(None, None))
    assert "1 chunks of 1073741824 bytes" in refusal(path)
