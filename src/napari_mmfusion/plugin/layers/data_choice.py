"""The layers to fuse: the HAADF image and the map of each element.

Layers are held weakly and by identity. Choices made by hand stay; the rest follows the viewer.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from napari.layers import Image
from psygnal import Signal

from napari_mmfusion.plugin.layers.choice import sources
from napari_mmfusion.plugin.layers.choice.data_sets import DataSet, DataSets
from napari_mmfusion.plugin.layers.choice.placement import find_misfit, has_other_shape
from napari_mmfusion.plugin.layers.choice.repairs import Repair, Repairs
from napari_mmfusion.plugin.layers.choice.rows import Row, restore_rows, switch_on
from napari_mmfusion.plugin.layers.held_layers import find_layer
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mmfusion.plugin.layers.notes.source import Source

__all__ = ["DataChoice", "Row"]

_LIST_EVENTS: Final = ("inserted", "removed", "reordered")
_PLACE_EVENTS: Final = ("name", "scale", "translate", "rotate", "shear", "affine", "units")
_versions: Final = itertools.count(1)


class DataChoice:
    """The HAADF layer and the rows of elements, from one data set unless a person mixes them.

    Signals: `leaving` (data set, next one) before another data set is chosen, and `changed` after
    any change.
    """

    changed = Signal()
    leaving = Signal(str, str)

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._haadf: weakref.ref[Image] | None = None
        self._haadf_chosen = False
        self.data_sets = DataSets()
        self.reading = ""
        """The data set that is chosen."""
        self.repairs = Repairs()
        self._rows: dict[str, list[Row]] = {}
        self._dropped: weakref.WeakSet[Image] = weakref.WeakSet()
        self._versions: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        events = viewer.layers.events
        for name in _LIST_EVENTS:
            getattr(events, name).connect(self._follow)
        events.inserted.connect(self._on_inserted)
        for layer in viewer.layers:
            self._watch(layer)
        self.follow()

    def close(self) -> None:
        """Stop following the viewer."""
        events = self._viewer.layers.events
        for name in _LIST_EVENTS:
            getattr(events, name).disconnect(self._follow)
        events.inserted.disconnect(self._on_inserted)
        for layer in self._viewer.layers:
            for event, follow in self._events_of(layer):
                event.disconnect(follow)

    def candidates(self) -> list[Image]:
        """Two-dimensional images that are not outputs of this plugin, in the order of the list."""
        return [layer for layer in self._viewer.layers if _is_candidate(layer)]

    @property
    def rows(self) -> list[Row]:
        """The rows of the chosen data set; those of others are kept until it is chosen again."""
        return self._rows.setdefault(self.reading, [])

    @property
    def haadf(self) -> Image | None:
        """The layer of the HAADF image; the maps of its data set follow it."""
        return find_layer(self._viewer, self._haadf)

    @haadf.setter
    def haadf(self, layer: Image | None) -> None:
        self._haadf = None if layer is None else weakref.ref(layer)
        self._haadf_chosen = layer is not None
        self.follow()

    @property
    def name(self) -> str:
        """What the chosen data set is called."""
        return self.data_sets.name(self.reading)

    def choose(self, reading: str) -> None:
        """Choose a data set."""
        wanted = self.data_sets.get(reading)
        if wanted is not None and (haadf := _best_haadf(wanted)) is not None:
            self.haadf = haadf

    def chosen(self) -> Iterator[Row]:
        """Rows that are switched on."""
        return (row for row in self.rows if row.enabled and row.layer is not None)

    def misfit(self, row: Row) -> str:
        """How the layer of a row differs from the HAADF image; empty if it fits."""
        haadf, layer = self.haadf, row.layer
        return "" if haadf is None or layer is None else find_misfit(haadf, layer)

    def can_fuse(self) -> bool:
        """Whether there are a HAADF image and at least one element to fuse."""
        return self.haadf is not None and any(True for _ in self.chosen())

    def follow(self) -> None:
        """Update HAADF and rows from the viewer's layers."""
        candidates = self.candidates()
        self.data_sets.update(candidates)
        if self.haadf not in candidates or not self._haadf_chosen:
            haadf = self._find_haadf()
            self._haadf = None if haadf is None else weakref.ref(haadf)
            self._haadf_chosen = False
        self._choose_reading()
        self._update_rows(candidates)
        self.changed.emit()

    def add_row(self) -> bool:
        """Add a row for the first image without one; False if all images have one."""
        taken = {id(row.layer) for row in self.rows} | {id(self.haadf)}
        free = [layer for layer in self.candidates() if id(layer) not in taken]
        # Rather one of these data than one of others.
        free.sort(key=lambda layer: self.reading_of(layer) != self.reading)
        if not free:
            return False
        self.rows.append(Row(weakref.ref(free[0]), "", True, True, True, added=True))
        self.changed.emit()
        return True

    def assign(self, row: Row, layer: Image) -> None:
        """Take the map of `row` from another layer; a row that used it gets the old layer."""
        old = row.layer
        for other in self.rows:
            if other is not row and other.layer is layer and old is not None:
                other.layer_ref = weakref.ref(old)
                other.typed_symbol = True
                break
        else:
            if old is not None:
                self._dropped.add(old)
        row.layer_ref, row.typed_symbol = weakref.ref(layer), True
        self.follow()

    def repair(self, how: Repair, on: bool = True) -> None:
        """Mend the images of the chosen data set before each fusion, or no longer."""
        self.repairs.choose(self.reading, how, on)
        self.changed.emit()

    def restore(self, note: LayerNote) -> list[str]:
        """Set the table as it was for the run that made a layer.

        Returns
        -------
        list of str
            Elements of that run that have no row now.
        """
        reading = self.data_sets.reading_of_output(note)
        if reading is not None and reading != self.reading:
            self.choose(reading)
        missing = restore_rows(self.rows, note)
        self.changed.emit()
        return missing

    def overrides(self) -> dict[str, Any]:
        """The parameters `atomic_numbers` and `weights`, as far as they were typed by hand."""
        rows = list(self.chosen())
        numbers = {row.symbol: row.typed_number for row in rows if row.typed_number is not None}
        weights = {row.symbol: row.typed_weight for row in rows if row.typed_weight is not None}
        return {"atomic_numbers": numbers or None, "weights": weights or None}

    def reading_of(self, layer: Image | None) -> str:
        """The data set of a measured layer."""
        found = self.data_sets.of(layer)
        return "" if found is None else found.reading

    def mixture(self) -> str:
        """In words, which data sets the images come from; empty if from one."""
        return sources.describe_mixture(self)

    def images(self) -> object:
        """A value that is equal as long as the images to fuse are the same."""
        rows = [(row.symbol, self._version(row.layer)) for row in self.chosen()]
        return self._version(self.haadf), frozenset(rows), self.repairs.of(self.reading)

    def signature(self) -> object:
        """A value that is equal for equal choices."""
        typed = [(row.symbol, row.number, row.typed_weight) for row in self.chosen()]
        return self.images(), tuple(typed)

    def source(self) -> Source:
        """The images to fuse.

        Raises
        ------
        MMFusionDataError
            If something is missing; the message says what to do.
        """
        return sources.make_source(self)

    def _find_haadf(self) -> Image | None:
        """The HAADF image where nobody chose one: of the same data set, as long as it is there."""
        now = self.data_sets.get(self.reading)
        if now is None:
            with_maps_first = sorted(self.data_sets, key=lambda each: not each.maps)
            return next((haadf for each in with_maps_first if (haadf := _best_haadf(each))), None)
        own = _best_haadf(now)
        if own is not None:
            return own
        # Its maps are still there: another data set with maps must not come in unasked.
        bare = (each for each in self.data_sets if not now.maps or not each.maps)
        return next((haadf for each in bare if (haadf := _best_haadf(each))), None)

    def _choose_reading(self) -> None:
        """Choose the data set of the HAADF image, but keep the maps if that has none."""
        found = self.data_sets.of(self.haadf)
        reading = self.reading
        if found is not None and (found.maps or not self.reading or not self.rows):
            reading = found.reading
        elif self.data_sets.get(reading) is None:
            reading = next((each.reading for each in self.data_sets), "")
        if reading != self.reading:
            self.leaving.emit(self.reading, reading)
            self.reading = reading

    def _update_rows(self, candidates: list[Image]) -> None:
        haadf = self.haadf
        for reading in [r for r in self._rows if r and self.data_sets.get(r) is None]:
            del self._rows[reading]
        rows = [r for r in self.rows if r.layer in candidates and r.layer is not haadf]
        known = {id(row.layer): row for row in rows}
        data_set = self.data_sets.get(self.reading)
        for layer in [] if data_set is None else data_set.layers:
            symbol = data_set.symbol_of(layer) if data_set is not None else None
            row = known.get(id(layer))
            if row is not None:
                if symbol and not row.typed_symbol:
                    row.symbol = symbol
            elif symbol and layer is not haadf and layer not in self._dropped:
                rows.append(Row(weakref.ref(layer), symbol))
        order = {id(layer): place for place, layer in enumerate(candidates)}
        rows.sort(key=lambda row: order[id(row.layer)])
        self._rows[self.reading] = rows
        switch_on(rows, lambda row: not self.misfit(row))

    def _version(self, layer: Image | None) -> int:
        """A number that no other layer has, nor this one with other data."""
        if layer is None:
            return 0
        return self._versions.setdefault(layer, next(_versions))

    def _follow(self, _: object = None) -> None:
        self.follow()

    def _on_data(self, event: Any) -> None:
        self._versions[event.source] = next(_versions)
        self.follow()

    def _on_inserted(self, event: Any) -> None:
        self._watch(event.value)

    def _watch(self, layer: Any) -> None:
        if not LayerNote.of(layer).is_output:
            for event, follow in self._events_of(layer):
                event.connect(follow)

    def _events_of(self, layer: Any) -> Iterator[tuple[Any, Any]]:
        for name in _PLACE_EVENTS:
            if hasattr(layer.events, name):
                yield getattr(layer.events, name), self._follow
        if isinstance(layer, Image):
            yield layer.events.data, self._on_data


def _is_candidate(layer: Any) -> bool:
    return (
        isinstance(layer, Image)
        and layer.ndim == 2
        and not layer.rgb
        and not layer.multiscale
        and not LayerNote.of(layer).is_output
    )


def _best_haadf(data_set: DataSet) -> Image | None:
    """The HAADF image of a data set: one that fits its maps first, then by its name."""
    maps = data_set.maps

    def rank(layer: Image) -> tuple[bool, bool]:
        fits = not maps or any(not has_other_shape(layer, each) for each in maps)
        return not fits, not (layer.name == HAADF or LayerNote.of(layer).is_measured)

    return min(data_set.haadfs, key=rank, default=None)
