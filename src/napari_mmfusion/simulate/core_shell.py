"""P1, a core in a shell, and P4, the same on a film that is the same everywhere."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale, probe_blur

_SHELL, _CORE = 0.375, 0.23
"""Radii as parts of the shorter side."""
_FILM: Final = 0.5
"""Level of the map that has no structure."""


def core_shell(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P1: the projection of a CoS sphere inside a CoO shell, blurred by the probe.

    The radii are .23 and .375 of the shorter side, whatever the pixel size.
    """
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape)
    radius = np.hypot(y[:, None], x[None, :])
    shell, inner = (fraction * min(shape) for fraction in (_SHELL, _CORE))
    whole, core = _chord(shell, radius), _chord(inner, radius)
    half = {"Co": whole, "S": core, "O": whole - core}  # one atom in two is cobalt
    maps = common_scale({name: probe_blur(image, "constant") for name, image in half.items()})
    # The core is never seen without shell above and below: its phase is the middle of the disc.
    phases = {
        "core": radius < 0.5 * inner,
        "shell": (radius > 1.1 * inner) & (radius < 0.9 * shell),
    }
    return Specimen(maps, maps, phases)


def null_element(shape: tuple[int, int], pixel_size: float) -> Specimen:
    """P4: the particle of `core_shell` on a carbon film, whose map is constant.

    Any structure in the fused map of carbon is false.
    """
    particle = core_shell(shape, pixel_size)
    maps = {**particle.maps, "C": np.full(shape, _FILM)}
    return Specimen(maps, maps, particle.phases)


def _chord(radius: float, distance: Image) -> Image:
    """Length of a sphere of `radius` along the beam, at `distance` from its centre."""
    return 2 * np.sqrt(np.maximum(radius**2 - distance**2, 0))
