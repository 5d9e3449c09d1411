"""Contrast limits that this plugin set, told from those that a person chose."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample

if TYPE_CHECKING:
    from napari.layers import Image

_set: Final[weakref.WeakKeyDictionary[Any, tuple[float, float]]] = weakref.WeakKeyDictionary()


def set_limits(layer: Image, limits: tuple[float, float]) -> None:
    """Set the contrast limits of a layer; they follow its image until a person changes them."""
    layer.contrast_limits = limits
    note_limits(layer)


def note_limits(layer: Image) -> None:
    """The present limits of a layer are not a person's choice."""
    low, high = layer.contrast_limits
    _set[layer] = (float(low), float(high))


def follow_image(layer: Image) -> bool:
    """Whether the limits of a layer are to follow its image.

    Limits that nobody noted are those of a layer from a file; they follow if they are those which
    napari or this plugin would choose for its image.
    """
    now = tuple(float(limit) for limit in layer.contrast_limits)
    if layer in _set:
        return _set[layer] == now
    data = np.asarray(layer.data)
    chosen = (limits_of_sample(data), (float(data.min()), float(data.max())))
    return any(np.allclose(now, limits, rtol=1e-6, atol=0) for limits in chosen)
