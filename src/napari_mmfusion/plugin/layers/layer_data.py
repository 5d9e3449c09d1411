"""Layers for the images of a data set: colours, scale, units and provenance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import napari

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.io.naming import safe_names
from napari_mmfusion.plugin.qt.napari_versions import show_scale_bar

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

METADATA_KEY = "mmfusion"
HAADF = "HAADF"
NO_UNIT = "pixel"

LayerData = tuple[Any, dict[str, Any], str]
"""Pixels, attributes and type of a layer, as napari's readers and writers exchange them."""

_AXES = ("y", "x")
# Not left to napari's registry of units: there "A" is the ampere and "px" a length, and it would
# compute what a hostile file spells, such as 9**9**9.
_UNITS = {
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
_SYMBOLS = {"angstrom": "angstrom"} | {
    name: symbol for symbol, name in _UNITS.items() if symbol.isascii() and name != "angstrom"
}


def add_layers(viewer: ViewerModel, data: FusionDataset, file: str | None = None) -> list[Image]:
    """Add the HAADF image in gray and every chemical map in its own colour.

    Where the pixel size is a length, layers get it as scale with unit and axis labels, and the
    scale bar is shown; else they count in pixels.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer, with or without a window.
    data : FusionDataset
        The images.
    file : str, optional
        Where the data came from, kept in the metadata; by default the name of the data.

    Returns
    -------
    list of napari.layers.Image
        The HAADF first. ``layer.metadata["mmfusion"]`` says the file, its SHA-256 and the
        element (None for the HAADF).
    """
    return show_layers(viewer, layer_data(data, file))


def layer_data(data: FusionDataset, file: str | None = None) -> list[LayerData]:
    """What napari makes the layers of a data set from; see `add_layers`."""
    source = {"file": file or data.name, "sha256": data.source_sha256}
    names = safe_names(data.elements, reserved=(HAADF,))
    colours = element_colours(data.elements)

    def layer(image: Any, name: str, element: str | None, **look: Any) -> LayerData:
        metadata = {METADATA_KEY: {**source, "element": element}}
        return image, {"name": name, "metadata": metadata, **look, **calibration(data)}, "image"

    return [
        layer(data.haadf, HAADF, None, colormap="gray"),
        *(
            layer(image, names[key], key, colormap=colours[key], blending="additive")
            for key, image in data.maps.items()
        ),
    ]


def show_layers(viewer: ViewerModel, layers: Iterable[LayerData]) -> list[Image]:
    """Add image layers to a viewer; with a scale bar if they have a unit of length."""
    layers = list(layers)
    added: list[Image] = [viewer.add_image(image, **attributes) for image, attributes, _ in layers]
    _show_scale_bar(viewer, layers)
    return added


def announced(layers: list[LayerData]) -> list[LayerData]:
    """Hand on layers that napari itself is going to add, after showing the scale bar for them."""
    viewer = napari.current_viewer()
    if viewer is not None:
        _show_scale_bar(viewer, layers)
    return layers


def _show_scale_bar(viewer: ViewerModel, layers: Iterable[LayerData]) -> None:
    unit = next(
        (attributes["units"][-1] for _, attributes, _ in layers if "units" in attributes), None
    )
    if unit is not None:
        show_scale_bar(viewer, unit)


def calibration(data: FusionDataset) -> dict[str, Any]:
    """Scale, units and axis labels of the layers of a data set; nothing if they count pixels."""
    return {} if data.pixel_size is None else geometry((data.pixel_size,) * 2, data.unit)


def geometry(pixel_size: tuple[float, float], unit: str) -> dict[str, Any]:
    """Scale, units and axis labels for a height and width of a pixel; nothing without a length."""
    known = length_unit(unit)
    if known is None:
        return {}
    return {"scale": pixel_size, "units": (known,) * 2, "axis_labels": _AXES}


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


def unit_symbol(unit: object) -> str:
    """The unit of a layer, a text or one of pint's, as files spell it.

    Examples
    --------
    >>> unit_symbol("nanometer"), unit_symbol("micrometer"), unit_symbol("pixel")
    ('nm', 'um', 'pixel')
    """
    name = str(unit)
    return _SYMBOLS.get(length_unit(name) or name, name)
