"""The layers to fuse: the HAADF image and the map of each element.

Layers are held weakly and by identity. Choices made by hand stay; the rest follows the viewer.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from napari.layers import Image
from psygnal import Signal

from napari_mmfusion.core.elements import atomic_number, is_haadf_name, symbol_in
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.plugin.layers.calibration import NO_UNIT, length_unit
from napari_mmfusion.plugin.layers.held_layers import find_layer
from napari_mmfusion.plugin.layers.note import LayerNote
from napari_mmfusion.plugin.layers.source import Source

if TYPE_CHECKING:
    from napari.components import ViewerModel


@dataclass(eq=False)
class Row:
    """One element: its layer, and the values set by hand."""

    layer_ref: weakref.ref[Image]
    symbol: str
    enabled: bool = True
    typed_enabled: bool = False
    typed_symbol: bool = False
    typed_number: int | None = None
    typed_weight: float | None = None

    @property
    def layer(self) -> Image | None:
        """The layer of the map if it still exists."""
        return self.layer_ref()

    @property
    def number(self) -> int | None:
        """Atomic number: typed, or that of the symbol; None if the symbol is unknown."""
        if self.typed_number is not None:
            return self.typed_number
        symbol = symbol_in(self.symbol)
        return None if symbol is None else atomic_number(symbol)


class DataChoice:
    """The HAADF layer and the rows of elements; `changed` follows any change of them."""

    changed = Signal()

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._haadf: weakref.ref[Image] | None = None
        self._haadf_chosen = False
        self.rows: list[Row] = []
        self._dropped: weakref.WeakSet[Image] = weakref.WeakSet()
        events = viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered):
            event.connect(self._follow)
        events.inserted.connect(self._watch_name)
        for layer in viewer.layers:
            layer.events.name.connect(self._follow)
        self.follow()

    def close(self) -> None:
        """Stop following the viewer."""
        events = self._viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered):
            event.disconnect(self._follow)
        events.inserted.disconnect(self._watch_name)
        for layer in self._viewer.layers:
            layer.events.name.disconnect(self._follow)

    def candidates(self) -> list[Image]:
        """Two-dimensional images that are not outputs of this plugin, in the order of the list."""
        return [layer for layer in self._viewer.layers if _is_candidate(layer)]

    @property
    def haadf(self) -> Image | None:
        """The layer of the HAADF image."""
        return find_layer(self._viewer, self._haadf)

    @haadf.setter
    def haadf(self, layer: Image | None) -> None:
        self._haadf = None if layer is None else weakref.ref(layer)
        self._haadf_chosen = layer is not None
        self.follow()

    def chosen(self) -> Iterator[Row]:
        """Rows that are switched on."""
        return (row for row in self.rows if row.enabled and row.layer is not None)

    def follow(self) -> None:
        """Update HAADF and rows from the viewer's layers."""
        candidates = self.candidates()
        if self.haadf not in candidates or not self._haadf_chosen:
            haadf = next((layer for layer in candidates if _stands_for_haadf(layer)), None)
            self._haadf = None if haadf is None else weakref.ref(haadf)
            self._haadf_chosen = False
        self.rows = [row for row in self.rows if row.layer in candidates]
        self.rows = [row for row in self.rows if row.layer is not self.haadf]
        known = {id(row.layer): row for row in self.rows}
        for layer in candidates:
            symbol = _symbol_of(layer)
            row = known.get(id(layer))
            if row is not None:
                if symbol and not row.typed_symbol:
                    row.symbol = symbol
            elif symbol and layer is not self.haadf and layer not in self._dropped:
                self.rows.append(Row(weakref.ref(layer), symbol))
        order = {id(layer): place for place, layer in enumerate(candidates)}
        self.rows.sort(key=lambda row: order[id(row.layer)])
        self._switch()
        self.changed.emit()

    def add_row(self) -> bool:
        """Add a row for the first image without one; False if all images have one."""
        taken = {id(row.layer) for row in self.rows} | {id(self.haadf)}
        for layer in self.candidates():
            if id(layer) not in taken:
                self.rows.append(Row(weakref.ref(layer), "", True, True, True))
                self.changed.emit()
                return True
        return False

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

    def overrides(self) -> dict[str, Any]:
        """The parameters `atomic_numbers` and `weights`, as far as they were typed by hand."""
        rows = list(self.chosen())
        numbers = {row.symbol: row.typed_number for row in rows if row.typed_number is not None}
        weights = {row.symbol: row.typed_weight for row in rows if row.typed_weight is not None}
        return {"atomic_numbers": numbers or None, "weights": weights or None}

    def signature(self) -> object:
        """A value that is equal for equal choices."""
        rows = [(r.symbol, id(r.layer), r.number, r.typed_weight) for r in self.chosen()]
        return id(self.haadf), tuple(rows)

    def source(self) -> Source:
        """The images to fuse.

        Raises
        ------
        MMFusionDataError
            If something is missing; the message says what to do.
        """
        haadf = self.haadf
        if haadf is None:
            raise MMFusionDataError(
                "there is no HAADF layer; load one, or choose it in the HAADF row of the dock"
            )
        rows = list(self.chosen())
        if not rows:
            raise MMFusionDataError(
                "no element is switched on; tick at least one, or load maps with element"
                " symbols as names (Sc, Fe_K, ...)"
            )
        maps: dict[str, Any] = {}
        for row in rows:
            layer = row.layer
            assert layer is not None
            if not row.symbol:
                raise MMFusionDataError(f"type the element symbol of layer {layer.name!r}")
            if row.symbol in maps:
                raise MMFusionDataError(
                    f"element {row.symbol} is there twice; switch off one of its rows"
                )
            maps[row.symbol] = layer.data
        size, unit = _pixel_size(haadf)
        note = LayerNote.of(haadf)
        file = str(note.file or haadf.source.path or "")
        return Source(haadf.data, maps, size, unit, file, note.sha256)

    def _switch(self) -> None:
        """Switch on the rows that fit the HAADF, one per element, unless set by hand."""
        haadf = self.haadf
        taken = {row.symbol for row in self.rows if row.typed_enabled and row.enabled}
        for row in self.rows:
            if row.typed_enabled or row.layer is None:
                continue
            fits = haadf is None or row.layer.data.shape == haadf.data.shape
            row.enabled = fits and row.symbol not in taken and row.layer is not haadf
            if row.enabled:
                taken.add(row.symbol)

    def _follow(self, _: object = None) -> None:
        self.follow()

    def _watch_name(self, event: Any) -> None:
        event.value.events.name.connect(self._follow)


def _is_candidate(layer: Any) -> bool:
    return (
        isinstance(layer, Image)
        and layer.ndim == 2
        and not layer.rgb
        and not layer.multiscale
        and not LayerNote.of(layer).is_output
    )


def _stands_for_haadf(layer: Image) -> bool:
    note = LayerNote.of(layer)
    return note.element is None if note.is_measured else is_haadf_name(layer.name)


def _symbol_of(layer: Image) -> str | None:
    """The element in the layer's name, otherwise that of its note."""
    note = LayerNote.of(layer)
    if (note.is_measured and note.element is None) or is_haadf_name(layer.name):
        return None
    return symbol_in(layer.name) or note.element


def _pixel_size(layer: Image) -> tuple[float | None, str]:
    """Size and unit of a square pixel; None and "pixel" without a unit of length."""
    unit = length_unit(str(layer.units[-1]))
    height, width = (float(size) for size in layer.scale)
    if unit is None or abs(height - width) > 1e-6 * abs(width):
        return None, NO_UNIT
    return width, unit
