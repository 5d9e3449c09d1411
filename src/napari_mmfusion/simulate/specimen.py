"""Phantoms: noiseless images of a specimen, and the phases whose composition is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float64]
Images = dict[str, Image]
Region = NDArray[np.bool_]

_PROBE_BLUR: Final = 1.0
"""Standard deviation of the probe, in pixels, for phantoms larger than atoms."""


@dataclass(frozen=True, eq=False)
class Specimen:
    """Noiseless images of a specimen.

    Attributes
    ----------
    maps : dict of str to (ny, nx) float64
        The chemical maps x_i; the largest value of all is 1.
    haadf_maps : dict of str to (ny, nx) float64
        What makes the HAADF image: the same composition, sharper where atoms are resolved.
    phases : mapping of str to (ny, nx) bool
        Where there is one composition, by the name of the phase; blurred edges are left out.
    """

    maps: Images
    haadf_maps: Images
    phases: Mapping[str, Region]


@dataclass(frozen=True, eq=False)
class Phantom:
    """A specimen that can be drawn at any size.

    Attributes
    ----------
    title : str
        What it is, in words.
    elements : tuple of str
        The elements mapped, in order.
    pixel_size : float
        Usual width of a pixel in nm.
    draw : callable of (shape, pixel size in nm) to Specimen
    """

    title: str
    elements: tuple[str, ...]
    pixel_size: float
    draw: Callable[[tuple[int, int], float], Specimen]


def common_scale(images: Images) -> Images:
    """The images divided by one number, so that the largest value of all is 1."""
    largest = max(image.max() for image in images.values())
    return {name: image / largest for name, image in images.items()}


def probe_blur(image: Image, mode: str) -> Image:
    """The image as a probe of finite width sees it; `mode` says what is beyond the edges."""
    from scipy.ndimage import gaussian_filter  # slow to import

    return np.asarray(gaussian_filter(image, _PROBE_BLUR, mode=mode))
