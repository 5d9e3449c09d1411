"""P3: a thickness ramp across a composition step."""

from __future__ import annotations

import numpy as np

from napari_mmfusion.simulate.specimen import Specimen, common_scale, probe_blur

_THINNEST, _PLATEAU = 0.25, 0.6
"""Thickness of the upper edge, and the part of the height from which on it is 1."""
_MARGIN = 0.08
"""Width left out beside the step and the end of the ramp, as a part of the side."""


def wedge(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P3: GaAs on the left and AlAs on the right, thin above and even below.

    The thickness rises from .25 at the upper edge to 1 at .6 of the height. Arsenic has no step; a
    step in its fused map comes from the HAADF image.
    """
    row, column = ((np.arange(n) + 0.5) / n for n in shape)
    ramp = _THINNEST + (1 - _THINNEST) * row / _PLATEAU
    thickness = np.minimum(ramp, 1)[:, None] * np.ones(shape[1])
    left = (column < 0.5)[None, :]
    maps = common_scale(
        {
            name: probe_blur(thickness * part, "nearest")
            for name, part in {"Ga": left, "Al": ~left, "As": left | ~left}.items()
        }
    )
    even = (row > _PLATEAU + _MARGIN)[:, None]
    phases = {
        "GaAs": even & (column < 0.5 - _MARGIN)[None, :],
        "AlAs": even & (column > 0.5 + _MARGIN)[None, :],
    }
    return Specimen(maps, maps, phases)
