"""Values that programs write where there is no measurement, such as 1e20, -9999 or -1."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

from napari_mmfusion.core.data_check.gaps.zero_rims import zero_lines
from napari_mmfusion.core.data_check.quantum import one_count
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_KNOWN: Final = frozenset(
    {-999.0, -9999.0, -99999.0, -999999.0, -32768.0, -(2.0**31), 2.0**31, 2.0**32, 2.0**63, 2.0**64}
)
"""In single precision, in which the largest integers are rounded up."""
_LIMITS: Final = frozenset({32767.0, 65535.0})
"""The largest numbers of integers of 16 bits, which hot pixels have as well."""
_HUGE: Final = 1e10
"""Beyond counts and beyond the intensities of detectors, if nothing else comes near."""
_APART: Final = 1.0
_FAR_APART: Final = 1000.0
"""Distance from all other values, in units of their range."""
_HOT: Final = 0.03
_HOT_LINES: Final = 2
"""Part of the pixels, or lines, up to which a value may be one of hot pixels."""
_LEAST: Final = 10
"""Pixels below which a value in no known place may be anything."""
_WIDEST: Final = 0.4
"""Part of an image that a rim can have at one side."""
_SHORTEST: Final = 8
"""Pixels of a line that are equal by chance in shorter lines."""
_RARE: Final = 0.1
"""Pixels elsewhere that share the value of a rim, relative to those of the rim."""
_ALIKE: Final = 0.8
_UNLIKELY: Final = 5.0
"""Pixels of -1, relative to those expected to have no count from what their neighbours have."""
_PATCHES: Final = 0.5
"""Pixels of patches without a measurement, relative to those of vacuum."""
_FRAME: Final = 0.9
"""Part of the pixels of a value that are connected with the edges of the image."""


def fill_pixels(image: FloatImage, used: Mask, is_map: bool = True) -> Mask:
    """True where an image holds a value that stands for no measurement."""
    found = np.zeros(image.shape, np.bool_)
    for _ in range(2):  # one of each sign
        rest = used & ~found if found.any() else used
        pixels = _extreme(image, rest)
        if pixels is None:
            break
        found |= pixels
    _add_rim(image, used, found)
    rest = used & ~found if found.any() else used
    sole = _minus_one_in_map(image, rest) if is_map else _minus_one_or_frame(image, rest)
    return found if sole is None else found | sole


def _extreme(image: FloatImage, rest: Mask) -> Mask | None:
    """The pixels at the largest or the smallest value, if it is far from all others."""
    low, high = _range(image, rest)
    for extreme in (high, low):
        if not (extreme in _KNOWN or extreme in _LIMITS or abs(extreme) >= _HUGE):
            continue
        pixels = rest & (image == np.float32(extreme))
        if extreme in _LIMITS and np.count_nonzero(pixels) <= _most_hot(image):
            continue
        others = _range(image, rest & ~pixels)
        if np.isfinite(others[0]) and _stands_apart(extreme, *others):
            return np.asarray(pixels)
    return None


def _range(image: FloatImage, used: Mask) -> tuple[float, float]:
    low = image.min(initial=np.inf, where=used)
    return float(low), float(image.max(initial=-np.inf, where=used))


def _most_hot(image: FloatImage) -> float:
    return float(max(_HOT * image.size, _HOT_LINES * max(image.shape)))


def _stands_apart(extreme: float, low: float, high: float) -> bool:
    """Whether a value is far from all others, which reach from `low` to `high`."""
    distance = max(low - extreme, extreme - high)
    spread = max(high - low, 1e-6 * max(abs(low), abs(high)))
    known = extreme in _KNOWN or extreme in _LIMITS
    return distance > (_APART if known else _FAR_APART) * spread


def _add_rim(image: FloatImage, used: Mask, found: Mask) -> None:
    """Add the lines at the edges that all have one value, which is that of no other pixel."""
    for value in {float(image[0, 0]), float(image[-1, -1])}:
        if value == 0 or not np.isfinite(value):
            continue  # zeros are counts, or none: see zero_rims
        rim = _rim_of(image, value)
        inner = used & ~rim & ~found
        number, elsewhere = np.count_nonzero(rim), inner & (image == np.float32(value))
        if not number or not inner.any():
            continue
        low, high = _range(image, inner)
        is_hot = value > high and value not in _LIMITS and number <= _most_hot(image)
        is_rare = np.count_nonzero(elsewhere) <= _RARE * number
        if low < high and is_rare and not is_hot:
            found |= rim & used


def _rim_of(image: FloatImage, value: float) -> Mask:
    rim = np.zeros(image.shape, np.bool_)
    for pixels, target in (
        (image, rim),
        (image[::-1], rim[::-1]),
        (image.T, rim.T),
        (image.T[::-1], rim.T[::-1]),
    ):
        limit, width = int(_WIDEST * len(pixels)), 0
        while width <= limit and (pixels[width] == np.float32(value)).all():
            width += 1
        if width <= limit and pixels.shape[1] >= _SHORTEST:
            target[:width] = True
    return rim


def _sole_negative(image: FloatImage, rest: Mask) -> tuple[float, Mask] | None:
    """The only negative value of an image, and where it is."""
    low, _ = _range(image, rest)
    if not -np.inf < low < 0:
        return None
    pixels = rest & (image == np.float32(low))
    others, _ = _range(image, rest & ~pixels)
    return (low, pixels) if 0 <= others < np.inf else None


def _minus_one_in_map(image: FloatImage, rest: Mask) -> Mask | None:
    """Pixels of the only negative value of a map, if it is no difference of counts."""
    sole = _sole_negative(image, rest)
    if sole is None:
        return None
    value, pixels = sole
    counts = rest & ~pixels
    count = one_count(image[counts])
    if np.count_nonzero(pixels) < _LEAST:
        return None
    if count is None:
        return pixels if value == -1 else None
    if _is_solid_beside_zeros(image, pixels):
        return pixels
    number = ndimage.uniform_filter(counts.astype(np.float32), 5, mode="constant")
    total = ndimage.uniform_filter(np.where(counts, image, 0), 5, mode="constant")
    known = number > 0.1
    expected = np.zeros_like(total)
    np.divide(total, number * count, out=expected, where=known)
    expected -= value / count
    beside = pixels & known
    if not beside.any():
        return None
    alike = known & (expected >= _ALIKE * np.median(expected[beside]))
    by_chance = float(np.exp(-expected[alike]).sum())
    found = np.count_nonzero(pixels & alike)
    return pixels if found > _UNLIKELY * by_chance and found >= _LEAST else None


def _is_solid_beside_zeros(image: FloatImage, pixels: Mask) -> bool:
    """Whether pixels are patches, and the vacuum of the image is at zero, so that it was counted.

    A difference of counts is negative wherever there is vacuum.
    """
    number = np.count_nonzero(pixels)
    if number > _PATCHES * np.count_nonzero(image == 0):
        return False
    solid = ndimage.binary_opening(np.pad(pixels, 2, mode="edge"), np.ones((3, 3), bool))
    return bool(np.count_nonzero(solid[2:-2, 2:-2] & pixels) >= _FRAME * number)


def _minus_one_or_frame(image: FloatImage, rest: Mask) -> Mask | None:
    """Pixels of -1 in a HAADF image that is not negative, or of 0 around a turned one."""
    sole = _sole_negative(image, rest)
    if sole is not None:
        value, pixels = sole
        return pixels if value == -1 and np.count_nonzero(pixels) >= _LEAST else None
    pixels = rest & (image == 0)
    if np.count_nonzero(pixels) < _LEAST or any(zero_lines(image)):
        return None
    others = image[rest & ~pixels]
    if not others.size or others.min() <= 2 * (np.quantile(others, 0.05) - others.min()):
        return None
    return pixels if _is_frame(pixels) else None


def _is_frame(pixels: Mask) -> bool:
    labels, number = ndimage.label(pixels)
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    is_outer = np.zeros(number + 1, np.bool_)
    is_outer[edges] = True
    is_outer[0] = False
    return bool(np.count_nonzero(is_outer[labels]) >= _FRAME * np.count_nonzero(pixels))
