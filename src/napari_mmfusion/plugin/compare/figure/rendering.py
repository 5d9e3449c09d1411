"""Colour pictures made from gray images; works on arrays alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(ny, nx, 3): red, green and blue."""

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Perceived brightness of red, green and blue (ITU-R BT.709)."""
_STEPS = 256


class Light(NamedTuple):
    """An image and the colours it is shown in.

    Attributes
    ----------
    image : (ny, nx) array
        The values.
    colours : (256, 3) float32
        Red, green and blue from 0 to 1, for values from the lower to the upper limit.
    limits : tuple of float
        The values shown darkest and brightest.
    """

    image: NDArray[Any]
    colours: NDArray[np.float32]
    limits: tuple[float, float]


def levels(image: NDArray[Any], limits: tuple[float, float]) -> NDArray[np.uint8]:
    """`image` in 256 steps, from 0 at the lower limit to 255 at the upper one."""
    low, high = limits
    factor = (_STEPS - 1) / (high - low) if high > low else 0.0
    scaled = (np.asarray(image, dtype=np.float32) - np.float32(low)) * np.float32(factor)
    steps: NDArray[np.uint8] = np.clip(np.nan_to_num(scaled), 0, _STEPS - 1).astype(np.uint8)
    return steps


def add_light(lights: Iterable[Light]) -> Picture:
    """The sum of images in their colours, limited to white."""
    total: NDArray[np.float32] | None = None
    for light in lights:
        coloured = light.colours[levels(light.image, light.limits)]
        total = coloured if total is None else np.add(total, coloured, out=total)
    if total is None:
        raise ValueError("there is nothing to show")
    return _picture(total)


def gray_share(opacity: float) -> float:
    """Brightness left to the HAADF image under chemistry of this opacity.

    At full brightness the sum would be white wherever the HAADF image is bright: on the columns
    of the heavy elements, whose colour would never be seen.
    """
    return 1 - 0.7 * opacity


def tint(chemistry: Picture, luminance: NDArray[np.uint8], opacity: float) -> Picture:
    """Colour a gray image with the hues of another picture and keep its brightness.

    Parameters
    ----------
    chemistry : (ny, nx, 3) uint8
        The hues; where it is dark, the result is gray.
    luminance : (ny, nx) uint8
        The brightness of the result.
    opacity : float
        From 0, all gray, to 1.

    Returns
    -------
    (ny, nx, 3) uint8
    """
    hue = chemistry.astype(np.float32) / (_STEPS - 1)
    gray = luminance.astype(np.float32)[..., np.newaxis] / (_STEPS - 1)
    strength = hue.max(axis=2, keepdims=True)
    # White where there is no chemistry; half of the full strength is enough for the pure hue.
    hue /= np.maximum(strength, 1e-6)
    hue = 1 + opacity * np.minimum(1, 2 * strength) * (hue - 1)
    coloured = hue * (gray / np.maximum(hue @ _LUMA, 1e-6)[..., np.newaxis])
    # A saturated colour cannot be as bright as white, so it is desaturated until it is.
    excess = coloured.max(axis=2, keepdims=True) - gray
    share = np.minimum(1, (1 - gray) / np.maximum(excess, 1e-6))
    return _picture(gray + share * (coloured - gray))


def _picture(values: NDArray[np.float32]) -> Picture:
    return (np.clip(values, 0, 1) * (_STEPS - 1) + 0.5).astype(np.uint8)
