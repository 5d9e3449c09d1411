"""The images to fuse, made of what is chosen, and which data sets they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.plugin.layers.calibration import NO_UNIT, is_square, length_unit
from napari_mmfusion.plugin.layers.choice.data_sets import file_of
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.layers.notes.source import Source

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mmfusion.plugin.layers.choice.rows import Row
    from napari_mmfusion.plugin.layers.data_choice import DataChoice


def make_source(choice: DataChoice) -> Source:
    """The images to fuse; see `DataChoice.source`."""
    haadf = choice.haadf
    if haadf is None:
        raise MMFusionDataError(
            "there is no HAADF layer; load one, or choose it in the HAADF row of the dock"
        )
    rows = list(choice.chosen())
    if not rows:
        raise MMFusionDataError(
            "no element is switched on; tick at least one, or load maps with element"
            " symbols as names (Sc, Fe_K, ...)"
        )
    maps: dict[str, Any] = {}
    files: dict[str | None, str] = {None: file_of(haadf)}
    for row in rows:
        layer = row.layer
        assert layer is not None
        _require_symbol(row, layer, maps)
        maps[row.symbol] = layer.data
        files[row.symbol] = file_of(layer)
    size, unit = _pixel_size(haadf)
    mixture = choice.mixture()
    note = LayerNote.of(haadf)
    return Source(
        haadf.data,
        maps,
        size,
        unit,
        mixture or file_of(haadf) or choice.name,
        None if mixture else note.sha256,
        reading=choice.reading,
        files=files,
        repairs=choice.repairs.of(choice.reading),
        left_out=note.left_out,
    )


def describe_mixture(choice: DataChoice) -> str:
    """Which data sets the images come from, in words; empty if from one."""
    haadf = choice.reading_of(choice.haadf)
    elements: dict[str, list[str]] = {}
    for row in choice.chosen():
        elements.setdefault(choice.reading_of(row.layer), []).append(row.symbol or "?")
    if choice.haadf is None or set(elements) <= {haadf}:
        return ""
    name = choice.data_sets.name
    parts = (
        [f"maps of {name(next(iter(elements)))}"]
        if len(elements) == 1
        else [f"{', '.join(symbols)} of {name(reading)}" for reading, symbols in elements.items()]
    )
    return f"{'; '.join(parts)} with the HAADF of {name(haadf)}"


def _require_symbol(row: Row, layer: Image, maps: dict[str, Any]) -> None:
    if not row.symbol:
        raise MMFusionDataError(f"type the element symbol of layer {layer.name!r}")
    if row.symbol in maps:
        raise MMFusionDataError(f"element {row.symbol} is there twice; switch off one of its rows")


def _pixel_size(layer: Image) -> tuple[float | None, str]:
    """Size and unit of a square pixel; None and "pixel" without a unit of length."""
    unit = length_unit(str(layer.units[-1]))
    height, width = (float(size) for size in layer.scale)
    if unit is None or not is_square(height, width):
        return None, NO_UNIT
    return width, unit
