from __future__ import annotations

import pytest

from napari_mmfusion.io.hdf5.structure.checksum import lookup3, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", 0xDEADBEEF), (b"Four score and seven years ago", 0x17770551)],
)
def test_values_that_its_author_published(content: bytes, expected: int) -> None:
    assert lookup3(content) == expected


@pytest.mark.parametrize("length", [1, 11, 12, 13, 24, 25, 100])
def test_every_changed_byte_is_noticed(length: int) -> None:
    content = bytes(range(1, length + 1))
    whole = content + lookup3(content).to_bytes(4, "little")
    require_checksum(whole)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x40
        with pytest.raises(DamagedError, match="wrong checksum"):
            require_checksum(bytes(changed))


def test_less_than_a_checksum() -> None:
    with pytest.raises(DamagedError):
        require_checksum(b"abc")
