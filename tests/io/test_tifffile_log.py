"""What tifffile logs is never printed beside our error, and never lost otherwise."""

from __future__ import annotations

import io
import logging
import threading
from pathlib import Path

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io.tifffile_log import held_back_log

LOGGER = logging.getLogger("tifffile")


def _content() -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.ones((64, 64), np.float32), imagej=True)
    return buffer.getvalue()


@pytest.mark.parametrize("length", [8, 20, 200, 300, 400, 8000, -1])
def test_a_cut_file_gives_our_error_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    for name in ("HAADF", "Co"):
        (tmp_path / f"{name}.tif").write_bytes(_content()[:length])
    with pytest.raises(mmf.MMFusionReadError):
        mmf.load(tmp_path)
    assert caplog.messages == []


def test_tifffile_logs_a_cut_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Else the test above would show nothing."""
    path = tmp_path / "Co.tif"
    path.write_bytes(_content()[:8000])
    with tifffile.TiffFile(path) as tiff:
        assert tiff.series
    assert caplog.messages


def test_a_log_is_passed_on_after_a_block_without_error(caplog: pytest.LogCaptureFixture) -> None:
    with held_back_log():
        LOGGER.warning("odd tag")
        assert caplog.messages == []
    assert caplog.messages == ["odd tag"]


def test_other_threads_log_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with held_back_log():
        thread = threading.Thread(target=LOGGER.warning, args=["elsewhere"])
        thread.start()
        thread.join()
        assert caplog.messages == ["elsewhere"]


def test_nothing_is_held_back_after_an_error(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        with held_back_log():
            LOGGER.warning("odd tag")
            raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        fail()
    LOGGER.warning("later")
    assert caplog.messages == ["later"]
