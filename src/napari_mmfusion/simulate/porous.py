"""A sponge of two metals with pores, one of them on its surface."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale, probe_blur

_SCALE: Final = 4.0
"""Pixels: the size of pores and of what is between them."""
_PORES: Final = 0.4
"""Part of the image that holds nothing."""
_SKIN: Final = 2.5
"""Depth in pixels at which the platinum has fallen to the part 1/e."""
_SEED: Final = 7


def porous(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """A cobalt sponge with a skin of platinum that fades inwards, and an oxide in it.

    Bounds are those of a smooth random field, so pores have all sizes and forms; the thickness
    rises smoothly from their rims.
    """
    from scipy.ndimage import distance_transform_edt, gaussian_filter  # slow to import

    noise = np.random.default_rng(_SEED).normal(size=shape)
    field = gaussian_filter(noise, _SCALE, mode="wrap")
    solid = field > np.quantile(field, _PORES)
    depth = np.asarray(distance_transform_edt(np.pad(solid, 1, mode="edge")))[1:-1, 1:-1]
    thickness = np.sqrt(depth / (depth + _SCALE))
    skin = np.exp(-depth / _SKIN)
    other = gaussian_filter(np.roll(noise, shape[1] // 3, axis=1), 2 * _SCALE, mode="wrap")
    oxide = 0.4 / (1 + np.exp(-other / other.std()))
    maps = common_scale(
        {
            "Pt": _blurred(thickness * skin),
            "Co": _blurred(thickness * (1 - skin) * (1 - oxide)),
            "O": _blurred(thickness * (1 - skin) * oxide),
        }
    )
    return Specimen(maps, maps, {"skin": solid & (depth <= 2), "inside": depth > 3 * _SKIN})


def _blurred(image: Image) -> Image:
    return probe_blur(image, "wrap")
