"""Images of more than 2^32 pixels are handled, or refused before they fill the memory."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core import native

MORE_THAN_31_BITS = (2**15 + 1, 2**16 + 1)

# In a child limited to 3 GiB: an attempt to convert the array ends there.
REFUSED = """
import resource
import numpy as np
import napari_mmfusion as mmf

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
image = np.lib.stride_tricks.as_strided(np.array([[0, 7]], np.uint8), {shape}, (0, 0))
small = np.arange(6).reshape(2, 3)
doors = (
    mmf.tv_norm,
    lambda image: mmf.tv_prox(image, 0.1, 3),
    lambda image: mmf.FusionDataset(image, {{"Sc": image}}),
    lambda image: mmf.FusionDataset(small, {{"Sc": image}}),
)
for door in doors:
    try:
        door(image)
    except (MemoryError, mmf.MMFusionDataError) as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="it reserves terabytes")
@pytest.mark.parametrize(
    ("shape", "error"),
    [
        (MORE_THAN_31_BITS, "MemoryError"),
        ((2**31 + 1, 1), "MemoryError"),
        ((1, 2**31 + 1), "MemoryError"),
        ((2**31, 2**31), "MMFusionDataError"),
        ((2**62, 1), "MMFusionDataError"),
    ],
)
def test_arrays_that_do_not_fit_into_memory_are_refused(shape: tuple[int, int], error: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REFUSED.format(shape=shape)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [error] * 4


def test_the_limit_is_named() -> None:
    endless = np.broadcast_to(np.uint8(1), (2**31, 2**31))
    with pytest.raises(mmf.MMFusionDataError, match=r"2147483648 x 2147483648 pixels; .* crop"):
        mmf.tv_norm(endless)


def test_pixels_beyond_2_to_the_31_are_read() -> None:
    """An image that takes memory only where it is written."""
    try:
        image = np.zeros(MORE_THAN_31_BITS, np.float32)
    except MemoryError:
        pytest.skip("not even the addresses for such an image can be had here")
    image[-1, -1] = 3
    assert native.tv_norm(image, isotropic=True) == 6
    image[0, 0] = 1
    assert native.tv_norm(image, isotropic=True) == pytest.approx(6 + np.sqrt(2))
