"""Reading through a descriptor that others read from too."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from napari_mmfusion.io.descriptors import read_at, sha256_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4000)
    return path


def test_the_position_of_others_is_kept(path: Path) -> None:
    content = path.read_bytes()
    with path.open("rb", buffering=0) as file:
        file.seek(77)
        assert sha256_of(file.fileno()) == hashlib.sha256(content).hexdigest()
        assert file.tell() == 77
        assert read_at(file.fileno(), 1000, 500) == content[1000:1500]
        assert file.read(10) == content[77:87]


def test_the_end_of_the_file(path: Path) -> None:
    content = path.read_bytes()
    with path.open("rb") as file:
        assert read_at(file.fileno(), len(content) - 3, 500) == content[-3:]
        assert read_at(file.fileno(), len(content) + 3, 500) == b""
