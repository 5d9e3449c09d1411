"""The measured images of a result in its HDF5 file, exactly as they were fused.

The file keeps images in single precision, as the tutorial's does. Of data in double precision it
also keeps minimum and range, and the normalised image where single precision is too coarse for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.image import MeasuredImage
from napari_mmfusion.io import layout
from napari_mmfusion.io.calibration import LONGEST_UNIT, PIXEL_SIZE, UNIT, check_calibration
from napari_mmfusion.io.items import Item, OpenFile
from napari_mmfusion.io.naming import printable, quoted

_ROUNDING: Final = 1e-6
"""Part of the largest value by which single precision rounds, and more."""
_SMALLEST: Final = 1e-44
"""Above the smallest number of single precision."""


def measured_arrays(data: FusionDataset, names: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """The data sets of a file that hold the data; `names` are those of the maps in the file."""
    in_file = (layout.HAADF_NAME, *names.values())
    arrays: dict[str, NDArray[Any]] = {}
    for name, (_, image) in zip(in_file, data.images(), strict=True):
        arrays[layout.RAW + name] = image.measured
        if image.precise is not None:
            arrays[layout.NORMALISED + name] = image.precise
    for element, truth in (data.truth or {}).items():
        if element in names:
            arrays[layout.TRUE + names[element]] = truth
    if data.mask is not None:
        arrays[layout.MASK] = data.mask.astype(np.uint8)
    return arrays


def measured_attributes(data: FusionDataset) -> dict[str, Any]:
    """The attributes of a file that describe the data."""
    images = [image for _, image in data.images()]
    attributes: dict[str, Any] = {
        layout.OFFSETS: np.array([image.offset for image in images], dtype=np.float64),
        layout.SCALES: np.array([image.scale for image in images], dtype=np.float64),
        layout.INPUT_NAME: printable(data.name),
        layout.INPUT_SHA256: data.source_sha256,
        PIXEL_SIZE: data.pixel_size,
        UNIT: printable(data.unit, LONGEST_UNIT),
    }
    if attributes[layout.INPUT_NAME] != data.name:
        attributes[layout.INPUT_NAME_JSON] = json.dumps(data.name)
    if check_calibration(data.pixel_size, attributes[UNIT])[:2] != (data.pixel_size, data.unit):
        attributes[layout.CALIBRATION_JSON] = json.dumps([data.pixel_size, data.unit])
    return attributes


def is_part_of_data(item: Item) -> bool:
    """Whether an array belongs to the data of a result, besides the measured images."""
    return item.path == layout.MASK or item.path.startswith((layout.TRUE, layout.NORMALISED))


def read_measured(file: OpenFile, item: Item) -> NDArray[Any] | MeasuredImage:
    """A measured image, of a result with the minimum and the range it was fused with.

    Raises
    ------
    MMFusionReadError
        If it is damaged.
    """
    values = item.read()
    names = [layout.RAW + layout.HAADF_NAME, *file.elements]
    if not file.elements or item.path not in names:
        return values
    image = MeasuredImage.from_array(quoted(item.path), values, allow_missing=True)
    ranges = [_numbers(file, each, len(names)) for each in (layout.OFFSETS, layout.SCALES)]
    if None in ranges or image.missing:  # a file of an older version, or one that was changed
        return image
    offset, scale = (each[names.index(item.path)] for each in ranges if each is not None)
    name = layout.NORMALISED + item.path.removeprefix(layout.RAW)
    stored = next((each for each in file.items if each.path == name), None)
    precise = None if stored is None else _read_normalised(stored, image)
    exact = replace(image, offset=offset, scale=scale, precise=precise)
    if not _is_near(exact, image):
        raise _damaged(f"attributes {quoted(layout.OFFSETS)} and {quoted(layout.SCALES)}")
    return exact


def read_truth(file: OpenFile) -> dict[str, NDArray[np.float32]] | None:
    """The noiseless maps of simulated data; None if there are none."""
    items = {item.path: item for item in file.items}
    paths = {name.replace(layout.RAW, layout.TRUE, 1): each for name, each in file.elements.items()}
    return {each: items[path].read() for path, each in paths.items() if path in items} or None


def read_mask(file: OpenFile) -> NDArray[np.bool_] | None:
    """The pixels of a result that were measured; None if all were."""
    item = next((each for each in file.items if each.path == layout.MASK), None)
    return None if item is None else np.asarray(item.read() != 0)


def read_calibration(file: OpenFile) -> tuple[float | None, str]:
    """Pixel size and unit of the data, as they were before they were saved.

    Raises
    ------
    MMFusionReadError
        If they are damaged.
    """
    text = file.attribute(layout.CALIBRATION_JSON)
    if text is None:
        return file.calibration(None)[:2]
    try:
        size, unit = json.loads(str(text))
    except (ValueError, TypeError, RecursionError):
        size, unit = None, None
    is_size = size is None or (isinstance(size, int | float) and not isinstance(size, bool))
    if not (is_size and isinstance(unit, str)):
        raise _damaged(f"attribute {quoted(layout.CALIBRATION_JSON)}")
    return size, unit


def _numbers(file: OpenFile, name: str, count: int) -> list[float] | None:
    numbers = file.numbers(name)
    if numbers is None:
        return None
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise _damaged(f"attribute {quoted(name)}")
    return [float(number) for number in numbers]


def _read_normalised(item: Item, image: MeasuredImage) -> NDArray[np.float32]:
    if not item.is_image or item.shape != image.measured.shape:
        raise _damaged(quoted(item.path))
    values = np.ascontiguousarray(item.read(), dtype=np.float32)
    if not (values.min() == 0 and values.max() == 1):  # false for NaN
        raise _damaged(quoted(item.path))
    values.flags.writeable = False
    return values


def _is_near(exact: MeasuredImage, image: MeasuredImage) -> bool:
    """Whether a range is that of the image, up to rounding."""
    if exact.scale < 0 or (exact.scale == 0) != (image.is_constant and exact.precise is None):
        return False
    low, high = image.offset, image.offset + image.scale
    error = _ROUNDING * max(abs(low), abs(high)) + _SMALLEST
    return abs(exact.offset - low) <= error and abs(exact.offset + exact.scale - high) <= error


def _damaged(what: str) -> MMFusionReadError:
    return MMFusionReadError(f"{what}: damaged; save the result again")
