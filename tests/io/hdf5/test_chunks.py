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
from napari_mmfusion.io.hdf5.filters import UNPACKERS, ChunkSizes, fletcher32
from napari_mmfusion.io.hdf5.structure.checksum import lookup3

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
        {"chunks": (7, 5), "compression": "lzf"},
        {"chunks": (4, 3), "compression": "lzf", "shuffle": True, "fletcher32": True},
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


def test_other_filters_are_refused(write: Callable[..., Path], refusal: Refusal) -> None:
    message = refusal(write(chunks=(3, 3), scaleoffset=3))
    assert "'Co': is compressed with the filter scaleoffset, expected gzip, lzf, shuffle" in message
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
    assert "filter deflate, expected gzip, lzf, shuffle or fletcher32, each once" in message


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


def test_a_wrong_checksum_is_noticed(write: Callable[..., Path], refusal: Refusal) -> None:
    values = np.random.default_rng(5).random((16, 16))
    path = write(values, chunks=(16, 16), fletcher32=True)
    content = path.read_bytes()
    path.write_bytes(content.replace(values[7].tobytes(), values[8].tobytes()))
    assert "'Co': has a chunk with a wrong checksum; the file is damaged" in refusal(path)


def test_an_absurd_number_of_chunks_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file.create_dataset("Co", (2049, 2048), "u1", chunks=(1, 1))
    message = refusal(path)
    assert "'Co': is cut into 4196352 chunks of 1 bytes, expected at most 4194304" in message
    assert "save it without chunks" in message


def test_chunks_that_are_mostly_padding_are_refused(tmp_path: Path, refusal: Refusal) -> None:
    """Each would be unpacked whole for a single row of pixels."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        shape, chunks = (1, 10**6), (1000, 1000)
        file.create_dataset("Co", shape, "f4", chunks=chunks, maxshape=(None, None))
    assert "1000 chunks of 4000000 bytes" in refusal(path)


@pytest.mark.parametrize("kind", ["noise", "zeros", "counts", "text"])
@pytest.mark.parametrize("length", [1, 31, 32, 33, 263, 264, 265, 9000])
def test_lzf_is_that_of_h5py(kind: str, length: int) -> None:
    rng = np.random.default_rng(length)
    values = {
        "noise": rng.integers(0, 256, length, np.uint8),
        "zeros": np.zeros(length, np.uint8),
        "counts": rng.poisson(0.3, length).astype(np.uint8),
        "text": np.resize(np.frombuffer(b"HAADF, Co, O and HAADF", np.uint8), length),
    }[kind]
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("x", data=values, chunks=(length,), compression="lzf")
        mask, stored = dataset.id.read_direct_chunk((0,))
    if not mask:
        assert UNPACKERS[32000](stored, ChunkSizes(length, length, 1)) == values.tobytes()


@pytest.mark.parametrize(
    "packed", [b"\x20", b"\x20\x00", b"\x05ab", b"\x00a\xe0", b"\x00a\xe0\x01"]
)
def test_damaged_lzf_is_refused(packed: bytes) -> None:
    with pytest.raises(mmf.MMFusionReadError, match="has a chunk that"):
        UNPACKERS[32000](packed, ChunkSizes(9, 9, 1))


def test_lzf_that_unpacks_to_more_is_refused() -> None:
    packed = b"\x00a" + b"\xe0\xff\x00" * 1000
    with pytest.raises(mmf.MMFusionReadError, match="unpacks to more than its size"):
        UNPACKERS[32000](packed, ChunkSizes(99, 99, 1))


def test_edges_may_be_stored_without_filters(tmp_path: Path) -> None:
    """HDF5 leaves them so with H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS, which h5py cannot set."""
    path = tmp_path / "data.h5"
    values = np.arange(30, dtype=np.int16).reshape(5, 6)
    whole = np.zeros((8, 8), np.int16)
    whole[:5, :6] = values
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file["HAADF"] = values
        dataset = file.create_dataset("Co", (5, 6), "i2", chunks=(4, 4), compression="gzip")
        for row, column in ((0, 0), (0, 4), (4, 0), (4, 4)):
            chunk = whole[row : row + 4, column : column + 4].tobytes()
            inside = (row, column) == (0, 0)
            dataset.id.write_direct_chunk((row, column), zlib.compress(chunk) if inside else chunk)
        header = h5py.h5o.get_info(dataset.id).addr
    content = bytearray(path.read_bytes())
    layout = content.index(b"\x04\x02\x00\x03", header)
    content[layout + 2] |= 1
    flags = content[header + 5]
    size = header + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    start = size + (1 << (flags & 3))
    end = start + int.from_bytes(content[size:start], "little")
    content[end : end + 4] = lookup3(bytes(content[header:end])).to_bytes(4, "little")
    path.write_bytes(content)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["Co"][()], values)
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], values)


@pytest.mark.parametrize("version", ["earliest", "latest"])
@pytest.mark.parametrize(("side", "step"), [(256, 1), (1024, 4)])
def test_as_many_chunks_as_a_long_map_has(
    tmp_path: Path, version: str, side: int, step: int
) -> None:
    values = np.arange(side * side, dtype=np.float32).reshape(side, side)
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver=version) as file:
        file["HAADF"] = values
        file.create_dataset("Co", data=values + 1, chunks=(step, step))
    np.testing.assert_array_equal(mmf.load(path).maps["Co"], values + 1)


def test_two_chunks_at_one_place_are_refused(tmp_path: Path, refusal: Refusal) -> None:
    """Whoever unpacked both would do so for each of as many as fit into the file."""
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = np.eye(4)
        file.create_dataset("Co", data=np.eye(4), chunks=(2, 4))
    content = path.read_bytes()
    # Their keys: size, mask, offsets.
    keys = [struct.pack("<II3Q", 64, 0, row, 0, 0) for row in (0, 2)]
    assert content.count(keys[1]) == 1
    path.write_bytes(content.replace(keys[1], keys[0]))
    assert "'Co': cannot be understood (two chunks are at one place)" in refusal(path)


def test_a_chunk_larger_than_the_image_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file.create_dataset("Co", (3, 3), "f4", chunks=(2**14, 2**14), maxshape=(None, None))
    assert "1 chunks of 1073741824 bytes" in refusal(path)
