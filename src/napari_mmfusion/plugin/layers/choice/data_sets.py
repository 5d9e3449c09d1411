"""Which layers belong together: those that were read together, and what was computed from them."""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from napari_mmfusion.core.names.reading import Reading
from napari_mmfusion.core.names.roles import read_images
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.layers import Image

_readings: Final[weakref.WeakKeyDictionary[Any, str]] = weakref.WeakKeyDictionary()
"""The data set of each layer without a note, from when it was first seen."""


def new_reading() -> str:
    """An identifier for the layers that are read together."""
    return uuid.uuid4().hex


def assign_reading(layer: Image, reading: str) -> None:
    """Make a layer without a note belong to a data set, before it is added to a viewer."""
    _readings[layer] = reading


@dataclass(eq=False)
class DataSet:
    """Measured layers that belong together.

    Attributes
    ----------
    reading : str
        Identifies the data set; see `LayerNote.reading`.
    layers : list of Image
        In the order of the viewer.
    had_haadf : bool
        Whether one of its layers is, or once was, a HAADF image.
    """

    reading: str
    layers: list[Image] = field(default_factory=list)
    had_haadf: bool = False

    @property
    def haadfs(self) -> list[Image]:
        """The layers that are HAADF images by their note or name."""
        readings = self.readings
        return [layer for layer in self.layers if readings[id(layer)].role == HAADF]

    @property
    def maps(self) -> list[Image]:
        """The layers that are maps of an element by their note or name."""
        readings = self.readings
        return [layer for layer in self.layers if readings[id(layer)].role not in (None, HAADF)]

    @property
    def readings(self) -> dict[int, Reading]:
        """What each layer is by its note, or by the names of all, by its identity."""
        return read_layers(self.layers)

    def symbol_of(self, layer: Image) -> str | None:
        """The element of a layer by its name, otherwise by its note; None for a HAADF image."""
        role = self.readings[id(layer)].role
        return None if role == HAADF else role

    @property
    def is_noted(self) -> bool:
        """Whether a reader of this plugin said what belongs together."""
        return any(LayerNote.of(layer).is_measured for layer in self.layers)

    @property
    def name(self) -> str:
        """The name of its file, otherwise that of its HAADF layer."""
        layers = [*self.haadfs, *self.layers]
        return next((Path(file).stem for layer in layers if (file := file_of(layer))), None) or (
            layers[0].name if layers else ""
        )


class DataSets:
    """The data sets among the layers of a viewer.

    Layers with a note of the same reading belong together. Layers of other readers, which have no
    note, belong together as long as they come one after the other from one folder and no role (the
    HAADF image, an element) is there twice. Layers without a HAADF image join the data set before
    them, or that after them.
    """

    def __init__(self) -> None:
        self._had_haadf: set[str] = set()
        self._sets: dict[str, DataSet] = {}

    def update(self, layers: Sequence[Image]) -> None:
        """Sort the measured layers of a viewer, in its order, into data sets."""
        own: dict[str, DataSet] = {}
        for layer in layers:
            reading = _reading_of(layer, layers)
            own.setdefault(reading, DataSet(reading)).layers.append(layer)
        for each in own.values():
            if each.haadfs:
                self._had_haadf.add(each.reading)
            each.had_haadf = each.reading in self._had_haadf
        self._sets = _join(list(own.values()))

    def __iter__(self) -> Iterator[DataSet]:
        """All data sets, in the order of their first layers."""
        return iter(self._sets.values())

    def get(self, reading: str) -> DataSet | None:
        """The data set with this identifier, if a layer of it is there."""
        return self._sets.get(reading)

    def of(self, layer: Image | None) -> DataSet | None:
        """The data set of a measured layer."""
        return next((each for each in self if layer is not None and layer in each.layers), None)

    def name(self, reading: str) -> str:
        """What to call a data set; a number tells those of one name apart."""
        wanted = self.get(reading)
        if wanted is None:
            return ""
        alike = [each for each in self if each.name == wanted.name]
        place = alike.index(wanted)
        return wanted.name if place == 0 else f"{wanted.name} ({place + 1})"

    def reading_of_output(self, note: LayerNote) -> str | None:
        """The data set that a computed layer belongs to, as its note says."""
        if note.reading is not None:
            return note.reading
        for each in self:  # of an older version: the file must do
            notes = [LayerNote.of(layer) for layer in each.layers]
            if any((n.file, n.sha256) == (note.file, note.sha256) for n in notes if n.is_measured):
                return each.reading
        only = list(self)
        return only[0].reading if len(only) == 1 else None


def read_layers(layers: Sequence[Image]) -> dict[int, Reading]:
    """What each of the layers of a data set is, by its identity: noted, or read in all names."""
    named = read_images(
        [layer.name for layer in layers], [np.shape(layer.data) for layer in layers]
    )
    readings: dict[int, Reading] = {}
    for layer, reading in zip(layers, named, strict=True):
        note = LayerNote.of(layer)
        if note.is_measured and note.element is None:
            reading = Reading(layer.name, HAADF, "read as the HAADF image")
        elif note.is_measured and reading.role == HAADF:
            reading = Reading(layer.name, None, "called like a HAADF image, but read as a map")
        elif note.element is not None and (reading.role is None or note.element == reading.role):
            reading = Reading(layer.name, note.element, f"read as the map of {note.element}")
        readings[id(layer)] = reading
    return readings


def file_of(layer: Image) -> str:
    """The file that a layer came from, or an empty text."""
    return str(LayerNote.of(layer).file or layer.source.path or "")


def _reading_of(layer: Image, layers: Sequence[Image]) -> str:
    note = LayerNote.of(layer)
    if note.is_measured:
        return note.reading or f"{note.file}|{note.sha256}"
    if layer not in _readings:
        _readings[layer] = _reading_of_neighbours(layer, layers)
    return _readings[layer]


def _reading_of_neighbours(layer: Image, layers: Sequence[Image]) -> str:
    """The data set of the layers before, if this one can belong to it, or a new one."""
    before = [other for other in layers[: layers.index(layer)] if other in _readings]
    if not before:
        return new_reading()
    reading = _readings[before[-1]]
    group = [other for other in before if _readings[other] == reading]
    readings = read_layers([*group, layer])
    role = readings[id(layer)].role
    roles = {readings[id(other)].role for other in group}
    # Images of two detectors may come before their maps.
    twice = role is not None and role in roles and (role != HAADF or roles != {HAADF})
    folders = {Path(path).parent for other in (*group, layer) if (path := other.source.path)}
    return new_reading() if twice or len(folders) > 1 else reading


def _join(sets: Sequence[DataSet]) -> dict[str, DataSet]:
    """Give layers without a HAADF image to the data set they can only belong to."""
    joined = {each.reading: each for each in sets}
    for place, each in enumerate(sets):
        if each.had_haadf:
            continue
        near: Iterable[DataSet] = (*reversed(sets[:place]), *sets[place + 1 :])
        other = next((o for o in near if o.had_haadf and _may_join(each, o)), None)
        if other is not None:
            other.layers += each.layers
            del joined[each.reading]
    return joined


def _may_join(part: DataSet, whole: DataSet) -> bool:
    """Whether layers without a HAADF image can belong to a data set with one.

    Those of a file of this plugin have lost theirs: they only join a HAADF image without maps.
    """
    return bool(whole.haadfs) and (not part.is_noted or not whole.maps)
