"""Colours, blending and contrast of a layer, written as plain values and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from napari.layers import Image

LOOK: Final = "look"

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_LARGEST = 3e38
_GRAY = 0.05
_BLENDINGS = ("opaque", "translucent", "translucent_no_depth", "additive", "minimum")


def colour_of(layer: Image) -> str:
    """The colour of the layer's brightest pixels, as ``#rrggbb``."""
    brightest = layer.colormap.map(1.0).ravel()[:3]
    return "#" + "".join(f"{part:02x}" for part in np.rint(255 * brightest).astype(int))


def is_gray(layer: Image) -> bool:
    """Whether a layer's brightest pixels are white or gray, so that its colour names no element."""
    red, green, blue = layer.colormap.map(1.0).ravel()[:3]
    return bool(max(red, green, blue) - min(red, green, blue) < _GRAY)


def look_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Colormap, blending and contrast limits of a layer as plain values."""
    colormap = attributes.get("colormap")
    name = colormap.get("name") if isinstance(colormap, Mapping) else colormap
    limits = attributes.get("contrast_limits")
    return {
        "colormap": None if name is None else str(name),
        "blending": None if (value := attributes.get("blending")) is None else str(value),
        "contrast_limits": None if limits is None else [float(limit) for limit in limits],
    }


def attributes_of(look: object) -> dict[str, Any]:
    """Attributes of a layer with this look; invalid values from a file are left out."""
    if not isinstance(look, Mapping):
        return {}
    sound: dict[str, Any] = {}
    if _is_colormap(look.get("colormap")):
        sound["colormap"] = look["colormap"]
    if look.get("blending") in _BLENDINGS:
        sound["blending"] = look["blending"]
    if _are_limits(look.get("contrast_limits")):
        sound["contrast_limits"] = tuple(float(limit) for limit in look["contrast_limits"])
    return sound


def _is_colormap(name: object) -> bool:
    from napari.utils.colormaps import AVAILABLE_COLORMAPS

    if not isinstance(name, str):
        return False
    return _COLOUR.fullmatch(name) is not None or name in AVAILABLE_COLORMAPS


def _are_limits(values: object) -> bool:
    if not isinstance(values, list) or len(values) != 2:
        return False
    if not all(isinstance(value, int | float) for value in values):
        return False
    return bool(-_LARGEST < values[0] < values[1] < _LARGEST)  # NaN is neither
