"""Layers for the images of a data set: colours, scale, units and provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.io.naming import safe_names
from napari_mmfusion.plugin.compatibility import show_scale_bar

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

METADATA_KEY = "mmfusion"
HAADF = "HAADF"

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
    unit = length_unit(data.unit) if data.pixel_size is not None else None
    calibration: dict[str, Any] = {}
    if unit is not None:
        calibration = {
            "scale": (data.pixel_size,) * 2,
            "units": (unit,) * 2,
            "axis_labels": _AXES,
        }
    source = {"file": file or data.name, "sha256": data.source_sha256}

    def add(name: str, image: Any, element: str | None, **look: Any) -> Image:
        metadata = {METADATA_KEY: {**source, "element": element}}
        layer: Image = viewer.add_image(image, name=name, metadata=metadata, **look, **calibration)
        return layer

    layers = [add(HAADF, data.haadf, None, colormap="gray")]
    names = safe_names(data.elements)
    for element, colour in element_colours(data.elements).items():
        look = {"colormap": colour, "blending": "additive"}
        layers.append(add(names[element], data.maps[element], element, **look))
    if unit is not None:
        show_scale_bar(viewer, unit)
    return layers


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
