"""Several images in one TIFF, as ImageJ and tifffile read it."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io import tiff
from napari_mmfusion.io.hyperstack import Channel, write_hyperstack


def channels(n, shape=(4, 5), **more):
    rng = np.random.default_rng(n)
    return [Channel(f"Sc {i}", rng.random(shape).astype(np.float32), **more) for i in range(n)]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("shape", [(4, 5), (1, 5), (5, 1), (1, 1), (4, 3), (4, 4), (3, 4)])
def test_any_shape_reads_back_as_channels(tmp_path, n, shape, caplog):
    path, images = tmp_path / "a.tif", channels(n, shape)
    with caplog.at_level(logging.WARNING, logger="tifffile"):
        write_hyperstack(path, images)
        with tifffile.TiffFile(path) as file:
            assert file.is_imagej
            assert file.series[0].axes == ("CYX" if n > 1 else "YX")
            assert len(file.pages) == n
            pixels = file.asarray()
    assert caplog.records == []
    expected = [channel.image for channel in images]
    np.testing.assert_array_equal(pixels, expected if n > 1 else expected[0])


def test_height_and_width_of_a_pixel_keep_one_unit(tmp_path):
    write_hyperstack(tmp_path / "a.tif", channels(2), pixel_size=(2e-10, 1e-10), unit="m")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        tags = file.pages.first.tags
        assert file.imagej_metadata["unit"] == "nm"
        assert tags["XResolution"].value == (10, 1)
        assert tags["YResolution"].value == (5, 1)


def test_a_size_no_tiff_can_state_is_left_out(tmp_path):
    write_hyperstack(tmp_path / "a.tif", channels(2), pixel_size=(1e-12, 1.0), unit="px")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert "unit" not in file.imagej_metadata


def test_letters_of_any_script_survive(tmp_path):
    image = np.eye(2, dtype=np.float32)
    write_hyperstack(
        tmp_path / "a.tif", [Channel("Ω\nCo", image), Channel("日本", image)], info='{"µ": 1}'
    )
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.imagej_metadata["Labels"] == ["Ω\\nCo", "日本"]
        assert file.imagej_metadata["Info"] == '{"µ": 1}'


def test_colours_are_kept_only_where_all_channels_have_them(tmp_path):
    table = np.arange(768).reshape(256, 3).astype(np.uint8)
    write_hyperstack(tmp_path / "a.tif", channels(2, colours=table, limits=(-1.0, 2.0)))
    write_hyperstack(tmp_path / "b.tif", channels(1, colours=table) + channels(1))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        np.testing.assert_array_equal(file.imagej_metadata["LUTs"][1], table.T)
        assert file.imagej_metadata["Ranges"] == (-1, 2, -1, 2)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert "LUTs" not in file.imagej_metadata


def test_a_disk_that_changes_bits_is_noticed(tmp_path, monkeypatch):
    images = channels(2)
    pixel = images[1].image.tobytes()[-4:]

    def spoil(path, content):
        assert pixel in bytes(content)
        path.write_bytes(bytes(content).replace(pixel, b"\0\0\0\0"))

    monkeypatch.setattr(tiff, "write_flushed", spoil)
    with pytest.raises(mmf.MMFusionWriteError, match=r"a\.tif: reads back differently"):
        write_hyperstack(tmp_path / "a.tif", images)
