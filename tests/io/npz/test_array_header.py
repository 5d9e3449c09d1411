from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.npz.array_header import NpyHeader, read_header


def header_of(content: bytes) -> NpyHeader:
    return read_header(io.BytesIO(content).read)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("dtype", ["?", "u1", "<i8", ">f4", "<f2", "<U5"])
def test_it_agrees_with_numpy(version: tuple[int, int], dtype: str) -> None:
    values = np.zeros((3, 4), dtype, order="F")
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, values, version)
    header = header_of(buffer.getvalue())
    assert header.shape == (3, 4)
    assert header.dtype == values.dtype
    assert header.fortran_order
    assert header.offset == len(buffer.getvalue()) - values.nbytes
    assert header.values_bytes == values.nbytes


@pytest.mark.parametrize("descr", ["|O", "<c8", "<f16", "<M8[ns]", "|V7", "<U100", "x", "<f4,<f4"])
def test_other_types_are_described_but_never_made(descr: str, npy: Callable[..., bytes]) -> None:
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': (2, 3)}}"
    header = header_of(npy(header=text))
    assert header.descr == descr
    assert not header.is_numeric
    with pytest.raises(mmf.MMFusionReadError, match="are not numbers"):
        _ = header.dtype


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a dictionary",
        "[1, 2]",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, True)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1" + "0" * 60 + ", 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os').getcwd()}",
        "(" * 4000,
        "-" * 4000 + "1",
        "9" * 4090,
        "\0",
    ],
)
def test_a_damaged_header_is_refused(text: str, npy: Callable[..., bytes]) -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"header is damaged.*numpy\.savez"):
        header_of(npy(header=text))


@pytest.mark.parametrize("length", [4097, 3 * 2**30])
def test_the_length_of_the_header_is_checked_before_it_is_read(length: int) -> None:
    asked = []

    def read(size: int) -> bytes:
        asked.append(size)
        return content.read(size)

    content = io.BytesIO(b"\x93NUMPY\x02\x00" + struct.pack("<I", length) + b" " * 5000)
    with pytest.raises(mmf.MMFusionReadError, match=rf"header of {length} bytes, expected"):
        read_header(read)
    assert max(asked) <= 8


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"text that is no array", b"PK\3\4"])
def test_a_member_that_is_not_an_array(content: bytes) -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"not a \.npy array"):
        header_of(content)


@pytest.mark.parametrize("content", [b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00\x76\x00{'descr'"])
def test_a_header_cut_short(content: bytes) -> None:
    with pytest.raises(mmf.MMFusionReadError, match="damaged"):
        header_of(content)


def test_an_unknown_version() -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"version 9, expected 1 to 3"):
        header_of(b"\x93NUMPY\x09\x00\x00\x00")
