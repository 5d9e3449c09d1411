"""Single images in one HDF5 file, each with a note: layers that do not form a whole result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from napari_mmfusion._version import __version__
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.wording import Text
from napari_mmfusion.io import layout
from napari_mmfusion.io.calibration import LONGEST_UNIT, PIXEL_SIZE, UNIT, Calibration
from napari_mmfusion.io.hdf5.writing import write_hdf5
from napari_mmfusion.io.items import Item, OpenFile, require_affordable
from napari_mmfusion.io.naming import printable, quoted

CREATOR: Final = f"{layout.PROGRAM} layers"

_NOTE = "note_"


@dataclass(frozen=True, eq=False)
class NamedImage:
    """One image of a file of layers.

    Attributes
    ----------
    name : str
        Name in the file.
    image : (ny, nx) float32
    note : mapping
        Further information on the image, as values for JSON.
    """

    name: str
    image: FloatImage
    note: Mapping[str, Any] = field(default_factory=dict)


def write_layers_file(path: Path, images: Sequence[NamedImage], calibration: Calibration) -> None:
    """Write images; if they are a HAADF image and maps, `load` reads the file too.

    Parameters
    ----------
    path : Path
        File to write; an existing one is overwritten.
    images : sequence of NamedImage
        The images, with different names.
    calibration : Calibration
        Width of a pixel, if known, and its unit.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.
    """
    attributes: dict[str, Any] = {
        _NOTE + each.name: json.dumps(dict(each.note), default=str) for each in images
    }
    attributes |= {layout.CREATOR: CREATOR, layout.VERSION: __version__}
    if calibration.pixel_size is not None:
        attributes[PIXEL_SIZE] = calibration.pixel_size
        attributes[UNIT] = printable(calibration.unit, LONGEST_UNIT)
    pixels = {each.name: np.asarray(each.image, dtype=np.float32) for each in images}
    write_hdf5(path, pixels, attributes, keep_order=True)


def is_layers_file(file: OpenFile) -> bool:
    """Whether `write_layers_file` wrote the file."""
    return file.attribute(layout.CREATOR) == CREATOR


def read_layers(file: OpenFile) -> list[NamedImage]:
    """Read the images back from a file that `open_file` has opened.

    Raises
    ------
    MMFusionReadError
        If the file is damaged.
    """
    for item in file.items:
        _require_image(item)
    require_affordable(file.items, file.size)
    return [
        NamedImage(
            item.name,
            np.ascontiguousarray(item.read(), dtype=np.float32),
            _note(file.attribute(_NOTE + item.name)),
        )
        for item in file.items
    ]


def _require_image(item: Item) -> None:
    if not item.is_image:
        problem = item.problem or "not a two-dimensional image"
        raise MMFusionReadError(Text("{}: {}; save the layers again", quoted(item.name), problem))


def _note(text: object) -> dict[str, Any]:
    try:
        note = json.loads(str(text))
    except (ValueError, RecursionError):
        note = None
    if not isinstance(note, dict):
        raise MMFusionReadError("the notes on its images are damaged; save the layers again")
    return note
