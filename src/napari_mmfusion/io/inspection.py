"""Describes the contents of a file, for users and for programs that choose images."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionError, MMFusionReadError
from napari_mmfusion.core.names.reading import Reading
from napari_mmfusion.core.noise_model import NoiseModel
from napari_mmfusion.core.reader_notes import ReaderNotes
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Text, text_of
from napari_mmfusion.io.calibration import Calibration, agreed
from napari_mmfusion.io.file_contents import (
    NO_IMAGE,
    FileContents,
    ItemStatistics,
    ItemSummary,
)
from napari_mmfusion.io.formats import PathOrPaths, open_file
from napari_mmfusion.io.groups import in_one_group
from napari_mmfusion.io.images import as_images
from napari_mmfusion.io.item_roles import read_items
from napari_mmfusion.io.items import (
    Allowance,
    ImagesOnDemand,
    Item,
    OpenFile,
    distinct_names,
    require_affordable,
)
from napari_mmfusion.io.naming import printable
from napari_mmfusion.io.roles import select

_PIXELS_AT_ONCE: Final = 2**18
_MOST_CHECKED: Final = 2**22
"""Pixels of an image that is checked here, where memory is to stay below 200 MiB."""
_UNCHECKED: Final = "Images of this size are checked before they are fused, not here."


def inspect(
    path: PathOrPaths, group: str | None = None, *, statistics: bool = False
) -> FileContents:
    """Describe the contents of a file, even if `load` would refuse it.

    Parameters
    ----------
    path : str, path or sequence of them
        File, folder or files that `load` reads.
    group : str, optional
        Group of the HDF5 file to look in, with those inside it.
    statistics : bool
        Whether to read the images, for statistics of their values, to find those whose values
        prevent a fusion, and to `check` what would be fused; otherwise no pixel is read.

    Returns
    -------
    FileContents
        A description of each array; ``print`` shows it as a table.

    Raises
    ------
    MMFusionReadError
        If the file cannot be opened or is damaged.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> print(mmf.inspect("dataset.npz"))  # doctest: +SKIP
    """
    with open_file(path, group) as file:
        arrays = as_images(file.items)
        readings = _readings(arrays, group)
        names = _names(arrays)
        calibrations = {
            group: file.calibration(item) for group, item in _examples(arrays, readings).items()
        }
        reader = _Statistics(file) if statistics else None
        items = tuple(
            _summary(name, item, reading, calibrations[item.group], reader)
            for name, item, reading in zip(names, arrays, readings, strict=True)
        )
        used = {item.group for item, r in zip(arrays, readings, strict=True) if r.role is not None}
        overall = calibrations[used.pop()] if len(used) == 1 else file.calibration(None)
        unfit = {a.path for a, item in zip(arrays, items, strict=True) if item.problem}
        conclusion, reader_notes = _conclusion(file, unfit)
        size, unit, _ = overall
        about = _about_values(file) if statistics else ((), {})
        if about is None:
            conclusion = Text("{} {}", conclusion, _UNCHECKED)
        findings, noise = about or ((), {})
        return FileContents(
            file.path.name,
            items,
            size,
            unit,
            conclusion,
            reader_notes,
            findings,
            FrozenMapping(noise),
        )


def _names(items: Sequence[Item]) -> list[str]:
    """The path of each array, or its file where several have this path."""
    paths = [item.path for item in items]
    return paths if len(set(paths)) == len(paths) else distinct_names(items)


def _examples(items: Sequence[Item], readings: Sequence[Reading]) -> dict[str, Item]:
    """One array of each group, an image with a role if there is one."""
    examples = {item.group: item for item in reversed(items)}
    with_role = [i for i, r in zip(items, readings, strict=True) if r.role is not None]
    return examples | {item.group: item for item in reversed(with_role)}


def _readings(items: Sequence[Item], group: str | None) -> list[Reading]:
    """What `load` takes the names for: those of the images it uses are read together."""
    readings = list(read_items(items))
    try:
        chosen = in_one_group(items, group)
    except MMFusionReadError:
        return readings
    together = dict(zip(map(id, chosen), read_items(chosen, together=True), strict=True))
    return [together.get(id(item), each) for item, each in zip(items, readings, strict=True)]


class _Statistics:
    """Reads the images of a file one by one, up to the limit for reading them together."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._allowance = Allowance(file.size)

    def of(self, item: Item, role: str | None) -> tuple[ItemStatistics | None, str]:
        """Statistics of an image, and why its values prevent a fusion, if it is used in one."""
        try:
            require_affordable([item], self._file.size)
            if not self._allowance.take(item):
                return None, ""
            values = _statistics(item.read())
        except MMFusionError as error:
            return None, text_of(error)
        return values, "" if role is None else _reason_against(values)


def _summary(
    name: str, item: Item, reading: Reading, calibration: Calibration, reader: _Statistics | None
) -> ItemSummary:
    values, problem = None, item.problem
    if not item.is_image:
        problem = problem or NO_IMAGE
    elif reader is not None:
        values, problem = reader.of(item, reading.role)
    return ItemSummary(
        name,
        item.shape,
        item.dtype,
        reading.role if item.element is None else item.element,
        f"{reading.reason} (guessed: {reading.guess})" if reading.guess else reading.reason,
        problem,
        calibration.pixel_size,
        calibration.unit,
        values,
    )


def _statistics(image: NDArray[Any]) -> ItemStatistics:
    """Statistics of an image, computed in blocks of rows to save memory."""
    rows = max(1, _PIXELS_AT_ONCE // image.shape[1])
    minima, maxima, sums = [math.inf], [-math.inf], [0.0]
    zeros = nan = infinite = 0
    for start in range(0, len(image), rows):
        values = image[start : start + rows].astype(np.float64)
        finite = values[np.isfinite(values)]
        nan += int(np.isnan(values).sum())
        infinite += int(np.isinf(values).sum())
        if finite.size:
            minima.append(float(finite.min()))
            maxima.append(float(finite.max()))
            sums.append(float(finite.sum()))
            zeros += finite.size - int(np.count_nonzero(finite))
    count = image.size - nan - infinite
    return ItemStatistics(
        minimum=min(minima) if count else math.nan,
        maximum=max(maxima) if count else math.nan,
        mean=math.fsum(sums) / count if count else math.nan,
        zeros=zeros / image.size,
        nan=nan,
        infinite=infinite,
    )


def _reason_against(values: ItemStatistics) -> str:
    """Why an image with these values cannot be fused, or an empty string."""
    if values.nan or values.infinite:
        return "has values that are not finite; crop a rim off, leave other pixels out"
    if values.minimum == values.maximum:
        return "every pixel is equal, so it has no scale; leave it out"
    return ""


def _to_fuse(file: OpenFile) -> FusionDataset | None:
    """The data that would be fused, if there are any; None if they are too large to be checked.

    Raises
    ------
    MMFusionError
        If they cannot be read.
    """
    chosen = select(file.items, group=file.group)
    if math.prod(chosen.haadf.shape or ()) > _MOST_CHECKED:
        return None
    require_affordable(chosen.items, file.size)
    return FusionDataset(chosen.haadf.read(), ImagesOnDemand(chosen.maps))


def _about_values(
    file: OpenFile,
) -> tuple[tuple[Finding, ...], Mapping[str, NoiseModel]] | None:
    """What is wrong with the data that would be fused, and their noise; None if too large."""
    try:
        data = _to_fuse(file)
        return None if data is None else (data.findings, data.noise)
    except MMFusionError:
        return (), {}


def _conclusion(file: OpenFile, unfit: Collection[str]) -> tuple[str, ReaderNotes]:
    try:
        chosen = select(file.items, group=file.group)
    except MMFusionError as error:
        return Text("Cannot be fused as it is: {}", error), ReaderNotes()
    pixel_size, unit, ignored = agreed(
        file.calibration(chosen.haadf),
        {name: file.calibration(item) for name, item in chosen.maps.items()},
    )
    reader_notes = replace(chosen.reader_notes, ignored=ignored)
    causes = [printable(item.path) for item in chosen.items if item.path in unfit]
    if causes:
        return f"Cannot be fused as it is, because of {', '.join(causes)}.", reader_notes
    size = "unknown" if pixel_size is None else f"{pixel_size:g} {printable(unit)}"
    maps = ", ".join(map(printable, chosen.maps))
    return f"To fuse: {printable(chosen.haadf.path)} with {maps}. Pixel size: {size}.", reader_notes
