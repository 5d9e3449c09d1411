"""Writer of ``.h5`` for File > Save: a whole result, or the layers as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from napari_mmfusion.io import endings, layout
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.layers_file import NamedImage, write_layers_file
from napari_mmfusion.io.results.writer import write_result_file
from napari_mmfusion.plugin.contributions.one_file import write_one_file
from napari_mmfusion.plugin.layers.calibration import NO_UNIT, is_square
from napari_mmfusion.plugin.layers.layer_data import LayerData
from napari_mmfusion.plugin.layers.layer_image import (
    LayerImage,
    distinct_names,
)
from napari_mmfusion.plugin.layers.looks.look import LOOK, look_of
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.results.result_from_layers import whole_result


def write_hdf5(path: str, layers: Sequence[LayerData]) -> list[str]:
    """Write layers to one HDF5 file that opens again with the same layers.

    All layers of a fusion together, measured and fused, give the same file as ``mmf.save``, with
    costs and parameters. Other layers are saved as they are; a HAADF image with maps can be loaded
    and fused.

    Parameters, result and errors are those of `write_one_file`; the ending is ``.h5``.
    """
    return write_one_file(path, layers, endings.HDF5, _write)


def _write(path: Path, images: list[LayerImage]) -> None:
    result = whole_result(images)
    if result is not None:
        write_result_file(path, result)
        return
    names_in_file = distinct_names(_stored_name(image) for image in images)
    named = [
        NamedImage(name, image.image, _note(image))
        for name, image in zip(names_in_file, images, strict=True)
    ]
    write_layers_file(path, named, _calibration(images[0]))


def _stored_name(image: LayerImage) -> str:
    """The name in the file, by which `load` tells measured from fused maps."""
    note = image.note
    if note.role is None:
        return image.name
    if note.is_result:
        return layout.FUSED + (note.element or layout.HAADF_NAME)
    if note.is_output:
        return layout.FUSED + image.name  # no measured map, whichever element it names
    return note.element or HAADF


def _note(image: LayerImage) -> dict[str, object]:
    """Name, look and note of a layer, without the costs, which are too long for an attribute."""
    note: dict[str, object] = {"name": image.name, LOOK: look_of(image.attributes)}
    if image.pixel_size is not None:
        note |= {"pixel_size": image.pixel_size, "unit": image.unit}
    return note | image.note.without_costs().to_metadata()


def _calibration(image: LayerImage) -> Calibration:
    if image.pixel_size is None or not is_square(*image.pixel_size):
        return Calibration(None, NO_UNIT)
    return Calibration(image.pixel_size[1], image.unit)
