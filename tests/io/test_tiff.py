"""Images as ImageJ and tifffile read them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io import tiff
from napari_mmfusion.io.imagej_units import imagej_scale
from napari_mmfusion.io.tiff import Channel, write_tiff


def pixels(*shape: int) -> Any:
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


def write_one(
    path: Path, image: Any, *, pixel_size: float | None = None, label: str = "", **options: Any
) -> None:
    size = None if pixel_size is None else (pixel_size, pixel_size)
    write_tiff(path, [Channel(label, image)], pixel_size=size, **options)


def reopened(path: Path) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Pixels, ImageJ's metadata and the tags of a file."""
    with tifffile.TiffFile(path) as file:
        assert file.is_imagej
        tags = {tag.name: tag.value for tag in file.pages.first.tags}
        return file.asarray(), dict(file.imagej_metadata or {}), tags


@pytest.mark.parametrize("shape", [(4, 5), (1, 1), (1, 7), (7, 1), (512, 3), (3, 512)])
def test_pixels_are_kept_bit_for_bit(tmp_path: Path, shape: tuple[int, int]) -> None:
    image = pixels(*shape)
    write_one(tmp_path / "x.tif", image)
    stored, _, tags = reopened(tmp_path / "x.tif")
    assert stored.shape == shape
    assert (tags["SampleFormat"], tags["BitsPerSample"]) == (tifffile.SAMPLEFORMAT.IEEEFP, 32)
    assert stored.astype(np.float32).tobytes() == image.tobytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0, 1e-42, 3e38])
def test_rare_values_are_kept(tmp_path: Path, value: float) -> None:
    image = np.full((2, 3), value, np.float32)
    write_one(tmp_path / "x.tif", image)
    assert tifffile.imread(tmp_path / "x.tif").astype(np.float32).tobytes() == image.tobytes()


def test_strided_images_are_written_as_they_look(tmp_path: Path) -> None:
    image = pixels(8, 12)[::-2, ::3]
    write_one(tmp_path / "x.tif", image)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "x.tif"), image)


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("nm", "nm"),
        ("µm", "um"),
        ("μm", "um"),
        ("um", "um"),
        ("A", "angstrom"),
        ("Å", "angstrom"),
        ("\u212b", "angstrom"),
        ("angstrom", "angstrom"),
        ("pixel", "pixel"),
        ("\u03b1x", "\\u03b1x"),
        ("n\nm", "nm"),
    ],
)
def test_pixel_size_and_unit(tmp_path: Path, unit: str, written: str) -> None:
    write_one(tmp_path / "x.tif", pixels(4, 5), pixel_size=0.0731, unit=unit)
    _, _, tags = reopened(tmp_path / "x.tif")
    assert f"unit={written}" in tags["ImageDescription"].split("\n")
    assert tags["ImageDescription"].isascii()
    for name in ("XResolution", "YResolution"):
        numerator, denominator = tags[name]
        assert denominator / numerator == pytest.approx(0.0731, rel=1e-7)


def test_without_a_pixel_size_none_is_stated(tmp_path: Path) -> None:
    write_one(tmp_path / "x.tif", pixels(4, 5), unit="nm")
    _, metadata, tags = reopened(tmp_path / "x.tif")
    assert "unit" not in metadata
    assert tags["XResolution"] == (1, 1)


@pytest.mark.parametrize("size", [7e-13, 5.3e-11, 2e-9, 3e-6, 0.004, 1.0, 3e5])
def test_sizes_in_metres_are_not_rounded(tmp_path: Path, size: float) -> None:
    write_one(tmp_path / "x.tif", pixels(4, 5), pixel_size=size, unit="m")
    _, metadata, tags = reopened(tmp_path / "x.tif")
    numerator, denominator = tags["XResolution"]
    metres = {"m": 1, "mm": 1e-3, "um": 1e-6, "nm": 1e-9, "pm": 1e-12}[metadata["unit"]]
    assert denominator / numerator * metres == pytest.approx(size, rel=1e-6)


def test_usual_sizes_keep_their_unit() -> None:
    assert imagej_scale(0.05, "nm") == (0.05, "nm")
    assert imagej_scale(50.0, "pm") == (50.0, "pm")


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_sizes_no_tiff_can_state_do_not_stop_the_writing(tmp_path: Path, size: float) -> None:
    image = pixels(4, 5)
    for unit in ("lattice", "nm"):
        write_one(tmp_path / "x.tif", image, pixel_size=size, unit=unit)
        stored, metadata, tags = reopened(tmp_path / "x.tif")
        np.testing.assert_array_equal(stored, image)
        assert "unit" not in metadata
        assert tags["XResolution"] == (1, 1)


def test_label_and_info(tmp_path: Path) -> None:
    write_one(tmp_path / "x.tif", pixels(4, 5), label="Å fused", info='{"gamma": 1.6}')
    _, metadata, _ = reopened(tmp_path / "x.tif")
    assert metadata["Labels"] == "Å fused"
    assert metadata["Info"] == '{"gamma": 1.6}'


def test_a_file_that_reads_back_differently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pixels(4, 5)
    monkeypatch.setattr(tifffile, "imread", lambda _: image + np.float32(1e-6))
    with pytest.raises(mmf.MMFusionWriteError, match=r"x\.tif: reads back differently.*disk"):
        write_one(tmp_path / "x.tif", image)


def channels(n: int, shape: tuple[int, int] = (4, 5), **more: Any) -> list[Channel]:
    rng = np.random.default_rng(n)
    return [Channel(f"Sc {i}", rng.random(shape).astype(np.float32), **more) for i in range(n)]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("shape", [(4, 5), (1, 5), (5, 1), (1, 1), (4, 3), (4, 4), (3, 4)])
def test_any_shape_reads_back_as_channels(
    tmp_path: Path, n: int, shape: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    path, images = tmp_path / "a.tif", channels(n, shape)
    with caplog.at_level(logging.WARNING, logger="tifffile"):
        write_tiff(path, images)
        with tifffile.TiffFile(path) as file:
            assert file.is_imagej
            assert file.series[0].axes == ("CYX" if n > 1 else "YX")
            assert len(file.pages) == n
            pixels = file.asarray()
    assert caplog.records == []
    expected = [channel.image for channel in images]
    np.testing.assert_array_equal(pixels, expected if n > 1 else expected[0])


def test_height_and_width_of_a_pixel_keep_one_unit(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", channels(2), pixel_size=(2e-10, 1e-10), unit="m")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        tags = file.pages.first.tags
        assert file.imagej_metadata["unit"] == "nm"
        assert tags["XResolution"].value == (10, 1)
        assert tags["YResolution"].value == (5, 1)


def test_a_size_no_tiff_can_state_is_left_out(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", channels(2), pixel_size=(1e-12, 1.0), unit="px")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert "unit" not in file.imagej_metadata


def test_letters_of_any_script_survive(tmp_path: Path) -> None:
    image = np.eye(2, dtype=np.float32)
    write_tiff(
        tmp_path / "a.tif", [Channel("Ω\nCo", image), Channel("日本", image)], info='{"µ": 1}'
    )
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.imagej_metadata["Labels"] == ["Ω\\nCo", "日本"]
        assert file.imagej_metadata["Info"] == '{"µ": 1}'


def test_colours_are_kept_only_where_all_channels_have_them(tmp_path: Path) -> None:
    table = np.arange(768).reshape(256, 3).astype(np.uint8)
    write_tiff(tmp_path / "a.tif", channels(2, colours=table, limits=(-1.0, 2.0)))
    write_tiff(tmp_path / "b.tif", channels(1, colours=table) + channels(1))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        np.testing.assert_array_equal(file.imagej_metadata["LUTs"][1], table.T)
        assert file.imagej_metadata["Ranges"] == (-1, 2, -1, 2)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert "LUTs" not in file.imagej_metadata


def test_a_disk_that_changes_bits_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = channels(2)
    pixel = images[1].image.tobytes()[-4:]

    def spoil(path: Path, content: Any) -> None:
        assert pixel in bytes(content)
        path.write_bytes(bytes(content).replace(pixel, b"\0\0\0\0"))

    monkeypatch.setattr(tiff, "write_flushed", spoil)
    with pytest.raises(mmf.MMFusionWriteError, match=r"a\.tif: reads back differently"):
        write_tiff(tmp_path / "a.tif", images)
