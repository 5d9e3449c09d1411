from __future__ import annotations

import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.items import MEBIBYTE, Item, require_affordable, unreadable


def image(side: int, stored: int, dtype: str = "float32") -> Item:
    return Item("Co", (side, side), dtype, stored, unreadable)


def test_images_of_usual_size_are_read_however_well_they_compress() -> None:
    require_affordable([image(2048, 100)] * 4, 1000)


def test_large_images_are_read_at_a_credible_rate_of_compression() -> None:
    require_affordable([image(8192, 8192**2)], 8192**2)


@pytest.mark.parametrize("stored", [MEBIBYTE, 2**40])
def test_a_small_file_cannot_fill_the_memory(stored: int) -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"'Co'.*512 MiB from 1 MiB.*compression"):
        require_affordable([image(8192, stored)], MEBIBYTE)


@pytest.mark.parametrize("dtype", ["bool", "uint16", "float16", "float32"])
def test_what_fits_in_single_precision_takes_half_the_memory(dtype: str) -> None:
    require_affordable([image(4096, 0, dtype)], 1000)


@pytest.mark.parametrize("dtype", ["int32", "uint64", "float64"])
def test_what_does_not_is_kept_twice(dtype: str) -> None:
    require_affordable([image(2896, 0, dtype)], 1000)
    with pytest.raises(mmf.MMFusionReadError, match="256 MiB"):
        require_affordable([image(4096, 0, dtype)], 1000)


def test_the_sum_counts_not_the_single_image() -> None:
    with pytest.raises(mmf.MMFusionReadError, match="'Co', 'Co'"):
        require_affordable([image(2048, 100)] * 5, 1000)


def test_what_is_two_dimensional_is_an_image() -> None:
    shapes = [(4, 5), (1, 1), (), (4,), (4, 5, 6), (0, 5), None]
    items = [Item("Co", shape, "float32", 0, unreadable) for shape in shapes]
    assert [item.is_image for item in items] == [True, True] + [False] * 5
    assert not Item("Co", (4, 5), "float32", 0, unreadable, problem="is damaged").is_image


def test_the_path_names_the_group() -> None:
    assert image(4, 0).path == "Co"
    assert Item("Co", None, "?", 0, unreadable, "map7").path == "map7/Co"
