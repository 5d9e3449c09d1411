"""Say what is in a file: its images, the elements recognised, and statistics of each."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.input_options import add_input
from napari_mmfusion.core.elements import atomic_number, symbol_in
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.io.calibration import PIXEL_SIZE, UNIT
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.items import Item, OpenFile, require_affordable
from napari_mmfusion.io.naming import printable, sized
from napari_mmfusion.io.roles import role_of, select

_HEADINGS = ("name", "used as", "Z", "shape", "type", "min", "max", "mean", "zeros", "NaN", "inf")
_LEFT_ALIGNED = 2
_NOTHING = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion info``."""
    add_input(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print a table of the images, then whether they can be fused as they are."""
    with open_file(arguments.input, arguments.group) as file:
        rows = [
            _row(item, file.size)
            for item in file.items
            if item.name not in (PIXEL_SIZE, UNIT)  # told in the conclusion
        ]
        conclusion = _conclusion(file, {row.path for row in rows if row.note})
    say(printable(arguments.input.name))
    say()
    _say_table([_HEADINGS, *(row.cells for row in rows)])
    say()
    for row in rows:
        if row.note:
            say(f"{printable(row.path)}: {row.note}")
    say(conclusion)


class _Row(NamedTuple):
    """One array: the cells of the table, and why it cannot be fused, if so."""

    path: str
    cells: tuple[str, ...]
    note: str


def _row(item: Item, file_bytes: int) -> _Row:
    role = role_of(item)
    cells = (
        printable(item.path),
        printable(role or _NOTHING),
        _atomic_number_in(role),
        _NOTHING if item.shape is None else sized(item.shape),
        item.dtype,
    )
    if not item.is_image:
        return _Row(item.path, cells, item.problem)
    try:
        require_affordable([item], file_bytes)
        image = np.asarray(item.read(), dtype=np.float64)
    except MMFusionError as error:
        return _Row(item.path, cells, str(error))
    return _Row(item.path, cells + _statistics(image), _hindrance(image) if role else "")


def _atomic_number_in(role: str | None) -> str:
    symbol = symbol_in(role or "")
    return _NOTHING if symbol is None else str(atomic_number(symbol))


def _statistics(image: NDArray[np.float64]) -> tuple[str, ...]:
    """Least, largest and mean finite value, part of zeros, and what is not finite."""
    finite = image[np.isfinite(image)]
    values = (finite.min(), finite.max(), finite.mean()) if finite.size else (np.nan,) * 3
    return (
        *(f"{value:.4g}" for value in values),
        f"{np.mean(image == 0):.1%}",
        str(np.isnan(image).sum()),
        str(np.isinf(image).sum()),
    )


def _hindrance(image: NDArray[np.float64]) -> str:
    """What keeps an image from being fused."""
    if not np.isfinite(image).all():
        return "has values that are not finite; replace them, as with numpy.nan_to_num"
    if image.min() == image.max():
        return "every pixel is equal, so it has no scale; leave it out"
    return ""


def _say_table(rows: Sequence[tuple[str, ...]]) -> None:
    filled = [row + ("",) * (len(_HEADINGS) - len(row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    for row in filled:
        cells = [
            cell.ljust(width) if i < _LEFT_ALIGNED else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


def _conclusion(file: OpenFile, hindered: Collection[str]) -> str:
    try:
        chosen = select(file.items, group=file.group)
        pixel_size, unit = file.calibration(chosen.haadf.group)
    except MMFusionError as error:
        return f"Cannot be fused as it is: {error}"
    unfit = [printable(item.path) for item in chosen.items if item.path in hindered]
    if unfit:
        return f"Cannot be fused as it is, because of {', '.join(unfit)}."
    size = "unknown" if pixel_size is None else f"{pixel_size:g} {printable(unit)}"
    maps = ", ".join(map(printable, chosen.maps))
    return f"To fuse: {printable(chosen.haadf.path)} with {maps}. Pixel size: {size}."
