"""TIFF files: one image each, or the channels of an ImageJ hyperstack or OME-TIFF."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Argument, Text
from napari_mmfusion.io.calibration import NO_CALIBRATION, Calibration, check_calibration
from napari_mmfusion.io.items import MOST_ITEMS, Item, OpenFile, unreadable
from napari_mmfusion.io.layout import PROGRAM
from napari_mmfusion.io.naming import printable, quoted
from napari_mmfusion.io.tifffile_log import held_back_log

if TYPE_CHECKING:
    import tifffile

_KINDS: Final = frozenset("biuf")
_MOST_BYTES_OF_A_VALUE: Final = 8
# Centimetres and inches are units of print; pixels above 10 micrometres are not a microscope's.
_INCH: Final = 2
_CENTIMETRES: Final = {_INCH: 2.54, 3: 1.0}
_LARGEST_IN_NM: Final = 1e4
_NM_PER_CM: Final = 1e7
_OME_SIZE: Final = re.compile(r'PhysicalSize([XY])(Unit)?\s*=\s*"([^"]{0,80})"')
_OME_CHANNEL: Final = re.compile(r'<Channel\b[^>]{0,2000}?\bName\s*=\s*"([^"]{0,200})"')
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


@contextmanager
def open_tiff(path: Path, group: str | None) -> Iterator[OpenFile]:
    """Open a TIFF file and describe its images without reading pixels."""
    with _open_all(path, [path], group) as opened:
        yield opened


@contextmanager
def open_tiffs(folder: Path, paths: Sequence[Path], group: str | None) -> Iterator[OpenFile]:
    """Open several TIFF files as one data set, with an image from each or more.

    Raises
    ------
    MMFusionReadError
        If there are more than 256, or one is no TIFF file.
    """
    with _open_all(folder, paths, group) as opened:
        yield opened


@contextmanager
def _open_all(path: Path, paths: Sequence[Path], group: str | None) -> Iterator[OpenFile]:
    import tifffile

    if group is not None:
        raise MMFusionReadError(
            Text("a TIFF file has no groups; leave out {}", Argument("group", value=group))
        )
    if len(paths) > MOST_ITEMS:
        raise MMFusionReadError(
            f"holds {len(paths)} TIFF files, expected at most {MOST_ITEMS}; copy those of one"
            " data set into a folder of their own"
        )
    with held_back_log(), ExitStack() as stack:
        files: list[io.FileIO] = []
        items: list[Item] = []
        calibrations: dict[str | None, Calibration] = {}
        for each, file_name in zip(paths, _file_names(paths), strict=True):
            file = stack.enter_context(io.FileIO(each))
            files.append(file)
            try:
                # Without `_multifile` an OME-TIFF cannot lead to other files.
                tiff = stack.enter_context(
                    tifffile.TiffFile(io.BufferedReader(file), _multifile=False)
                )
                found = list(_mark_computed(_describe(tiff, each.stem), tiff))
                found = [replace(item, origin=_origin(file_name, item, found)) for item in found]
                calibration = _calibration(tiff)
            except (tifffile.TiffFileError, ValueError, KeyError, IndexError, TypeError) as error:
                raise MMFusionReadError(
                    f"{quoted(each.name)}: is no TIFF file that can be read"
                    f" ({printable(str(error))}); export it again"
                ) from error
            items += found
            calibrations |= {item.origin: calibration for item in found}
        descriptors = [file.fileno() for file in files]
        yield OpenFile(
            path=path,
            group=None,
            descriptor=descriptors[0],
            items=tuple(items),
            calibration=lambda item: _agreed(calibrations, item),
            others=tuple(descriptors[1:]),
        )


def _file_names(paths: Sequence[Path]) -> list[str]:
    """Names of the files, with as many of their folders as it takes to tell them apart."""
    parts = [path.parts for path in paths]
    for depth in range(1, max(map(len, parts)) + 1):
        names = ["/".join(each[-depth:]) for each in parts]
        if len(set(names)) == len(names):
            break
    return names


def _origin(file_name: str, item: Item, items: Sequence[Item]) -> str:
    return file_name if len(items) == 1 else f"{file_name}: {item.name}"


def _describe(tiff: tifffile.TiffFile, stem: str) -> Iterator[Item]:
    """The images of a file: those with labels one by one, all others as they are."""
    series = tiff.series
    for number, each in enumerate(series):
        name = stem if len(series) == 1 else f"{stem} {number + 1}"
        shape = tuple(int(length) for length in each.shape)
        labels = _labels(tiff, shape, each.axes)
        if labels:
            for k, label in enumerate(labels):
                yield _item(label, each, shape[-2:], k)
        elif each.axes.endswith("S") and len(shape) > 2:
            problem = (
                "is a colour picture, no counts; export the map as numbers, or convert it to gray"
                " and give it the name of its element"
            )
            yield Item(name, shape, str(each.dtype), 0, unreadable, problem=problem)
        else:
            yield _item(name, each, shape, None)


def _mark_computed(items: Iterator[Item], tiff: tifffile.TiffFile) -> Iterator[Item]:
    """Say which images this program has computed, so that no fusion takes them for measured."""
    info = str((tiff.imagej_metadata or {}).get("Info", "")) if tiff.is_imagej else ""
    is_result = info.startswith(f"{PROGRAM} ")
    computed: set[str] = set()
    if not is_result and PROGRAM in info:
        try:
            notes = json.loads(info)["layers"]
            computed = {name for name, note in notes.items() if "role" in note}
            is_result = len(computed) == len(notes) == 1
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass  # a text of somebody else
    for item in items:
        yield replace(item, computed=is_result or item.name in computed)


def _item(name: str, series: Any, shape: tuple[int, ...], channel: int | None) -> Item:
    dtype = np.dtype(series.dtype)
    pages = [page for page in series.pages if page is not None]
    if channel is not None:
        pages = pages[channel : channel + 1]
    stored = sum(sum(page.databytecounts) for page in pages)
    problem = ""
    if dtype.kind not in _KINDS or dtype.itemsize > _MOST_BYTES_OF_A_VALUE:
        problem = f"holds values of type {dtype}; save it as an image of numbers"
    read = unreadable if problem else partial(_read, name, series, shape, channel)
    return Item(name, shape, dtype.name, stored, read, problem=problem)


def _read(name: str, series: Any, shape: tuple[int, ...], channel: int | None) -> NDArray[Any]:
    try:
        source = series if channel is None else series.pages[channel]
        return np.asarray(source.asarray()).reshape(shape)
    except MemoryError:
        raise
    except Exception as error:
        raise MMFusionReadError(
            f"{quoted(name)}: cannot be read ({printable(str(error))}); save it again without"
            " compression"
        ) from error


def _labels(tiff: tifffile.TiffFile, shape: tuple[int, ...], axes: str) -> list[str]:
    """The names of the channels of a hyperstack, if every page has one of its own."""
    if len(shape) < 3 or axes.endswith("S"):
        return []
    count = int(np.prod(shape[:-2]))
    if count > MOST_ITEMS or count != len(tiff.series[0].pages):
        return []
    labels: Any = []
    if tiff.is_imagej:
        labels = (tiff.imagej_metadata or {}).get("Labels", [])
    elif tiff.is_ome:
        labels = _OME_CHANNEL.findall(tiff.ome_metadata or "")
    labels = [labels] if isinstance(labels, str) else [str(label) for label in labels]
    is_complete = len(labels) == count and len(set(labels)) == count and all(labels)
    return [label.splitlines()[0] for label in labels] if is_complete else []


def _agreed(calibrations: Mapping[str | None, Calibration], item: Item | None) -> Calibration:
    """The calibration of an image, or that of all others if its file states none."""
    if item is not None:
        own = calibrations.get(item.origin, NO_CALIBRATION)
        if own.pixel_size is not None:
            return own
    stated = [each for each in calibrations.values() if each.pixel_size is not None]
    if stated and all(each == stated[0] for each in stated):
        return stated[0]
    if stated:
        return Calibration(None, NO_CALIBRATION.unit, "Pixel size ignored: it differs by file.")
    return next((each for each in calibrations.values() if each.ignored), NO_CALIBRATION)


def _calibration(tiff: tifffile.TiffFile) -> Calibration:
    if tiff.is_ome:
        stated = {
            axis + unit: value for axis, unit, value in _OME_SIZE.findall(tiff.ome_metadata or "")
        }
        if "X" in stated:
            stated_sizes = [_number(stated[axis]) for axis in "YX" if axis in stated]
            return check_calibration(stated_sizes, stated.get("XUnit", "\u00b5m"))
    per_unit = [_resolution(tiff, name) for name in ("YResolution", "XResolution")]
    if None in per_unit:
        return NO_CALIBRATION
    sizes = [1 / number for number in per_unit if number]
    unit = (tiff.imagej_metadata or {}).get("unit") if tiff.is_imagej else None
    if unit is not None:
        text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), str(unit))
        return NO_CALIBRATION if text in ("pixel", "pixels") else check_calibration(sizes, text)
    centimetres = _CENTIMETRES.get(int(_tag(tiff, "ResolutionUnit") or _INCH))
    if centimetres is None:
        return NO_CALIBRATION
    in_nm = [float(f"{size * centimetres * _NM_PER_CM:.9g}") for size in sizes]
    return NO_CALIBRATION if max(in_nm) > _LARGEST_IN_NM else check_calibration(in_nm, "nm")


def _resolution(tiff: tifffile.TiffFile, name: str) -> float | None:
    """Pixels per unit, or None if the file does not state them."""
    value = _tag(tiff, name)
    if not (isinstance(value, tuple) and len(value) == 2):
        return None
    numerator, denominator = (float(number) for number in value)
    return numerator / denominator if numerator > 0 and denominator > 0 else None


def _tag(tiff: tifffile.TiffFile, name: str) -> Any:
    tags: Any = tiff.pages.first.tags
    return tags[name].value if name in tags else None


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
