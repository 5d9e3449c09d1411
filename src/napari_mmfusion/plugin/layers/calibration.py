"""Scale, units and place of layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from napari_mmfusion.core.dataset import FusionDataset

if TYPE_CHECKING:
    from napari.layers import Image

NO_UNIT: Final = "pixel"

SAME_SIZE: Final = 1e-3
"""Relative difference up to which pixel sizes count as equal: microscopes round them."""

_AXES: Final = ("y", "x")
# Not looked up in napari's registry of units: there "A" is the ampere and "px" a length, and it
# would evaluate expressions from a hostile file, such as 9**9**9.
_UNITS: Final = {
    "pm": "picometer",
    "A": "angstrom",
    "\N{ANGSTROM SIGN}": "angstrom",
    "\N{LATIN CAPITAL LETTER A WITH RING ABOVE}": "angstrom",
    "nm": "nanometer",
    "um": "micrometer",
    "\N{MICRO SIGN}m": "micrometer",
    "\N{GREEK SMALL LETTER MU}m": "micrometer",
    "mm": "millimeter",
    "m": "meter",
}
_METRES: Final = {
    "picometer": 1e-12,
    "angstrom": 1e-10,
    "nanometer": 1e-9,
    "micrometer": 1e-6,
    "millimeter": 1e-3,
    "meter": 1.0,
}
_SYMBOLS: Final = {"angstrom": "angstrom"} | {
    name: symbol for symbol, name in _UNITS.items() if symbol.isascii() and name != "angstrom"
}


def calibrate(data: FusionDataset) -> dict[str, Any]:
    """Scale, units and axis labels of the layers of a data set; empty if they count in pixels."""
    return {} if data.pixel_size is None else calibrate_pixels((data.pixel_size,) * 2, data.unit)


def calibrate_pixels(pixel_size: tuple[float, float], unit: str) -> dict[str, Any]:
    """The same for a height and width of a pixel; empty if `unit` is no unit of length."""
    known = length_unit(unit)
    if known is None:
        return {}
    return {"scale": pixel_size, "units": (known,) * 2, "axis_labels": _AXES}


def place_of(layer: Image) -> dict[str, Any]:
    """Place and units of a layer, as arguments for another layer."""
    return {
        "scale": layer.scale,
        "translate": layer.translate,
        "rotate": layer.rotate,
        "shear": layer.shear,
        "affine": layer.affine.affine_matrix,
        "units": layer.units,
        "axis_labels": layer.axis_labels,
    }


def place_of_stack(layer: Image, axis: str) -> dict[str, Any]:
    """The same for a stack of such images, with `axis` before the other axes."""
    return {
        "scale": (1.0, *layer.scale),
        "translate": (0.0, *layer.translate),
        "units": (NO_UNIT, *layer.units),
        "axis_labels": (axis, *layer.axis_labels),
    }


def length_unit(name: str) -> str | None:
    r"""`name` as napari spells this unit of length, or None if it is no unit of length.

    Examples
    --------
    >>> length_unit("A"), length_unit("\N{MICRO SIGN}m"), length_unit("px"), length_unit("1/nm")
    ('angstrom', 'micrometer', None, None)
    """
    text = name.strip()
    word = text.lower().replace("metre", "meter").removesuffix("s")
    return word if word in _UNITS.values() else _UNITS.get(text)


def metres(unit: str) -> float:
    """How many metres a unit of length is, given as `length_unit` spells it."""
    return _METRES[unit]


def is_square(height: float, width: float) -> bool:
    """Whether a pixel of these sizes counts as square.

    Examples
    --------
    >>> is_square(0.05, 0.05001), is_square(0.05, 0.051)
    (True, False)
    """
    return math.isclose(height, width, rel_tol=SAME_SIZE)


def unit_symbol(unit: object) -> str:
    """The unit of a layer, a text or one of pint's, as files spell it.

    Examples
    --------
    >>> unit_symbol("nanometer"), unit_symbol("micrometer"), unit_symbol("pixel")
    ('nm', 'um', 'pixel')
    """
    name = str(unit)
    return _SYMBOLS.get(length_unit(name) or name, name)
