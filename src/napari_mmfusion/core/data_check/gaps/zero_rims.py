"""Rims of zeros: a registration filled them, where vacuum and layers would not end like this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_WIDEST: Final = 0.2
"""Part of the image that a rim of zeros can have at one side; a wider one is specimen or vacuum."""
_WIDEST_SEEN: Final = 0.45
"""The same where the other images go on as they are beside it."""
_NARROW: Final = 0.05
"""The same for a single map, which may lack a layer of the specimen."""
_FILLED: Final = 0.5
"""Part of the pixels that are not zero in the line beside a rim: vacuum fades out, a rim ends."""
_SHARP: Final = 0.7
"""Sum of the line beside a rim, relative to the lines behind it."""
_EXPECTED: Final = 30.0
"""Pixels above zero that a rim would have if it were like the lines beside it."""
_SIGMAS: Final = 4.0
_SLOPE: Final = 2.0
"""Step of the HAADF image at the end of a rim: noise, and what lines of the rim differ by."""
_BESIDE: Final = 3

Values = NDArray[np.float64]


def zero_rim(images: Mapping[str, FloatImage]) -> tuple[int, int, int, int]:
    """Widths of the rims of zeros: at the top, bottom, left and right.

    A rim ends within a line in the HAADF image or in all maps, where vacuum fades out and a layer
    of the specimen is in single maps. It is wide, or in one map, only if the other images show that
    the specimen goes on.
    """
    maps = [image for name, image in images.items() if name != HAADF]
    if HAADF not in images or not maps:
        return 0, 0, 0, 0
    top, bottom, left, right = map(
        _width, _sides(images[HAADF]), zip(*map(_sides, maps), strict=True)
    )
    return top, bottom, left, right


def zero_lines(image: FloatImage) -> list[int]:
    """Numbers of lines without a value at the top, bottom, left and right."""
    return [_run(side != 0) for side in _sides(image)]


def _sides(image: FloatImage) -> tuple[FloatImage, ...]:
    """The image with each of its sides at the top."""
    return image, image[::-1], image.T, image.T[::-1]


def _run(filled: Mask) -> int:
    """Number of the first lines that hold nothing; 0 if all do."""
    for width, line in enumerate(filled):
        if line.any():
            return width
    return 0


def _width(haadf: FloatImage, maps: Sequence[FloatImage]) -> int:
    """Width of the rim at the top."""
    size = len(haadf)
    own = _run(haadf != 0)
    widths = [own] if own and _ends_as_rim(haadf, own, maps) else [0]
    runs = [_run(image != 0) for image in maps]
    shared = min(runs)
    if shared and len(maps) > 1:
        full = all(
            run <= _WIDEST * size and _fill(image, run) >= _FILLED
            for image, run in zip(maps, runs, strict=True)
        )
        union = np.any([image[: shared + _BESIDE + 1] != 0 for image in maps], axis=0)
        seen = shared <= _WIDEST_SEEN * size and _ends_sharply(union, shared)
        if full or (seen and _goes_on(haadf, shared)):
            widths.append(shared)
    for image, run in zip(maps, runs, strict=True):
        narrow = run <= max(1, _NARROW * size)
        if run and narrow and _ends_sharply(image != 0, run) and _goes_on(haadf, run):
            widths.append(run)
    return max(widths)


def _fill(image: FloatImage, width: int) -> float:
    """Part of the line beside a rim that is not zero; at a corner of two rims its ends are."""
    return float(np.mean(image[width] != 0))


def _ends_as_rim(haadf: FloatImage, width: int, maps: Sequence[FloatImage]) -> bool:
    if _fill(haadf, width) < _FILLED:
        return False
    if width <= _WIDEST * len(haadf):
        return True
    beside = slice(width, 2 * width)
    inside = [float(image[:width].mean()) for image in maps]
    outside = [float(image[beside].mean()) for image in maps]
    go_on = any(a > 0.5 * b > 0 for a, b in zip(inside, outside, strict=True))
    return width <= _WIDEST_SEEN * len(haadf) and go_on


def _ends_sharply(filled: Mask, width: int) -> bool:
    """Whether the lines beside a rim hold as much from the first one on, and enough to tell."""
    beside = filled[width : width + _BESIDE + 1].sum(axis=1).astype(np.float64)
    if beside.size < _BESIDE:
        return False
    expected = width * float(beside.mean())
    return bool(expected >= _EXPECTED and beside[0] >= _SHARP * beside[1:].mean())


def _goes_on(haadf: FloatImage, width: int) -> bool:
    """Whether the HAADF image shows the same specimen in a rim of the maps and beside it.

    Where the specimen ends, or another layer begins, it has a step.
    """
    near = haadf[: width + 2].astype(np.float64)
    lines = near.mean(axis=1)
    noise = float(np.std(np.diff(near[:width], axis=1))) / np.sqrt(2 * near.shape[1])
    slope = np.abs(np.diff(lines[:width])).max(initial=0.0)
    steps = np.abs(lines[width:] - lines[width - 1])
    return bool((steps <= _SIGMAS * noise + _SLOPE * slope).all())
