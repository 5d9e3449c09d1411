"""Small files for the tests of reading, and a result made without running a fusion."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

import napari_mmfusion as mmf

Images = dict[str, NDArray[Any]]


@pytest.fixture
def images() -> Images:
    """A HAADF image and two maps, non-square and all different."""
    rng = np.random.default_rng(7)
    return {name: rng.random((4, 5)) for name in ("HAADF", "Co", "O")}


@pytest.fixture
def write_npz(tmp_path: Path) -> Callable[..., Path]:
    def write(arrays: Mapping[str, Any], name: str = "data.npz") -> Path:
        path = tmp_path / name
        np.savez(path, **arrays)
        return path

    return write


@pytest.fixture
def write_h5(tmp_path: Path) -> Callable[..., Path]:
    def write(arrays: Mapping[str, Any], name: str = "data.h5") -> Path:
        path = tmp_path / name
        with h5py.File(path, "a") as file:
            for key, values in arrays.items():
                file[key] = values
        return path

    return write


@pytest.fixture
def write_members(tmp_path: Path) -> Callable[..., Path]:
    """Write a .npz member by member, from bytes."""

    def write(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
        path = tmp_path / "data.npz"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return path

    return write


@pytest.fixture
def npy() -> Callable[..., bytes]:
    """The bytes of a .npy array, with its header or another one."""

    def make(values: object = None, *, header: str | None = None, body: bytes = b"") -> bytes:
        if header is None:
            buffer = io.BytesIO()
            np.save(buffer, np.asarray(values))
            return buffer.getvalue()
        text = header.encode()
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body

    return make


@pytest.fixture
def refusal() -> Callable[..., str]:
    """The message with which `load` refuses a file; always one line that names the file."""

    def load(path: Path, **options: Any) -> str:
        with pytest.raises(mmf.MMFusionReadError) as caught:
            mmf.load(path, **options)
        message = str(caught.value)
        assert message.startswith(f"{path.name}: ")
        assert message.isprintable()
        return message

    return load


@pytest.fixture
def make_result() -> Callable[..., mmf.FusionResult]:
    """A result whose arrays are all different, as `fuse` returns it."""

    def make(
        elements: tuple[str, ...] = ("Co", "O"),
        shape: tuple[int, int] = (4, 5),
        params: mmf.FusionParameters | None = None,
        **options: Any,
    ) -> mmf.FusionResult:
        rng = np.random.default_rng(11)
        usual: dict[str, Any] = {"pixel_size": 0.05, "unit": "nm", "source_sha256": "ab" * 32}

        def image() -> NDArray[np.float32]:
            return rng.normal(size=shape).astype(np.float32)

        data = mmf.FusionDataset(image(), {name: image() for name in elements}, **(usual | options))
        return mmf.FusionResult(
            maps={name: image() for name in elements},
            haadf=image(),
            costs=rng.random((6, 3)),
            params=mmf.FusionParameters(n_iter=6) if params is None else params,
            data=data,
            weights={name: 0.5 + k for k, name in enumerate(elements)},
            lambda_haadf=1 / len(elements),
        )

    return make
