"""Opacities with which coloured maps add up to colours, and not to white."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from napari_mmfusion.plugin.layers.looks.contrast_limits import samples_of

if TYPE_CHECKING:
    from napari.layers import Image

_BRIGHT: Final = 98.0
"""Percentile of the pixels that are not to be brighter than the screen can show."""
_DARKEST: Final = 0.35

_set: Final[weakref.WeakKeyDictionary[Any, float]] = weakref.WeakKeyDictionary()
"""The opacity that each layer got here."""


def dim_together(layers: Sequence[Image]) -> None:
    """Set the opacity of layers that are added up, except where a person chose it."""
    shapes = {layer.data.shape for layer in layers}
    if len(shapes) != 1:
        return
    opacity = choose_opacity(layers)
    for layer in layers:
        if layer.blending == "additive" and layer.opacity == _set.get(layer, 1.0):
            layer.opacity = _set[layer] = opacity


def choose_opacity(layers: Sequence[Image]) -> float:
    """The highest opacity at which the sum of all layers is not white where many are bright."""
    total: Any = 0.0
    for layer in layers:
        low, high = layer.contrast_limits
        level = np.clip((samples_of(np.asarray(layer.data)) - low) / (high - low), 0, 1)
        total = total + level[:, None] * layer.colormap.map(1.0).ravel()[:3]
    brightest = float(np.percentile(total.max(axis=1), _BRIGHT))
    return round(min(1.0, max(_DARKEST, 1 / brightest if brightest > 0 else 1.0)), 2)
