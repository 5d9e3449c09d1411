"""The rows of the data table: a layer for each element, and what a person set."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_mmfusion.core.elements import atomic_number
from napari_mmfusion.core.names.reading import symbol_in

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mmfusion.plugin.layers.notes.note import LayerNote


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
    added: bool = False

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


def switch_on(rows: Sequence[Row], fits: Callable[[Row], bool]) -> None:
    """Switch on the rows that fit the HAADF, one per element, unless set by hand."""
    taken = {row.symbol for row in rows if row.typed_enabled and row.enabled}
    for row in rows:
        if row.typed_enabled or row.layer is None:
            continue
        row.enabled = row.symbol not in taken and fits(row)
        if row.enabled:
            taken.add(row.symbol)


def restore_rows(rows: Sequence[Row], note: LayerNote) -> list[str]:
    """Set rows as they were for the run that a note describes; elements without one come back."""
    parameters = note.parameters or {}
    numbers = parameters.get("atomic_numbers") or {}
    weights = parameters.get("weights") or {}
    fused = dict.fromkeys(note.weights or ())
    missing = list(fused)
    for row in rows:
        row.typed_number = row.typed_weight = None
        row.typed_enabled, row.enabled = True, row.symbol in missing
        if row.enabled:
            missing.remove(row.symbol)  # another row of this element stays off
            row.typed_number = numbers.get(row.symbol)
            row.typed_weight = weights.get(row.symbol)
    return missing
