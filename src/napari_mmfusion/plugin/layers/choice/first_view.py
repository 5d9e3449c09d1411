"""How measured images look before a run: coloured light that does not add up to white."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample, samples_of

if TYPE_CHECKING:
    from napari.layers import Image

_TOO_BRIGHT: Final = 0.8
"""Sum of the mean brightness of all maps above which they would hide one another."""

HAADF_LOOK: Final = {"opacity": 0.4, "blending": "additive"}
"""The HAADF image under coloured maps."""


def first_limits(maps: Sequence[NDArray[Any]]) -> list[tuple[float, float]] | None:
    """Contrast limits of maps that are shown together; None if napari's own will do.

    Maps that are bright everywhere, such as atomic fractions, begin at their median.
    """
    usual = [limits_of_sample(np.asarray(image)) for image in maps]
    means = [
        np.clip((samples_of(image) - low) / (high - low), 0, 1).mean()
        for image, (low, high) in zip(maps, usual, strict=True)
    ]
    if not np.isfinite(means).all() or sum(means) < _TOO_BRIGHT:
        return None
    middles = [float(np.median(samples_of(image))) for image in maps]
    return [
        (middle, high) if middle < high else (low, high)
        for middle, (low, high) in zip(middles, usual, strict=True)
    ]


def show_first(haadf: Image | None, maps: Sequence[Image]) -> None:
    """Show coloured maps over a dim HAADF image."""
    limits = first_limits([np.asarray(layer.data) for layer in maps]) if maps else None
    for layer, pair in zip(maps, limits or [], strict=False):
        layer.contrast_limits = pair
    if haadf is not None:
        for name, value in HAADF_LOOK.items():
            setattr(haadf, name, value)
