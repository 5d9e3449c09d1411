"""A figure for a publication: what the canvas shows, with a scale bar and a legend."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.drawing import draw_scale_bar, white_figure
from napari_mmfusion.io.atomic_write import write_flushed
from napari_mmfusion.io.endings import PNG, TIFF
from napari_mmfusion.io.naming import printable
from napari_mmfusion.plugin.layers.results.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from napari_mmfusion.plugin.compare.figure.rendering import Picture

_DPI = 300
_LONGER_SIDE, _NARROWEST = 5.0, 1.6
_ENTRY, _LINE, _EDGE = 0.85, 0.26, 0.16
"""Inches: the longer side of the picture, the least width of the figure, width and height of an
entry of the legend, and the space around the legend."""
FORMATS: Final = {PNG: "png", **dict.fromkeys(TIFF, "tiff")}
"""File ending to what matplotlib calls the format."""


def save_view(path: str | os.PathLike[str], picture: Picture, **options: Any) -> Path:
    """Write the figure of `draw_view` as PNG or TIFF, as the ending of `path` says.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    MMFusionWriteError
        If the file name has another ending, the folder does not exist or writing fails; an
        existing file is then left unchanged.
    """
    file = Path(path)
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise MMFusionWriteError(f"{file.name!r} should end in .png, .tif or .tiff")
    if not file.parent.is_dir():
        folder = printable(str(file.parent), 200)
        raise MMFusionWriteError(f"{file.name!r}: there is no folder {folder}; choose another one")
    figure = draw_view(picture, **options)
    extra: dict[str, Any] = {}
    if kind == "tiff":
        extra = {"pil_kwargs": {"compression": "tiff_deflate"}}
    drawn = io.BytesIO()
    figure.savefig(drawn, format=kind, **extra)
    with write_whole(file.parent, [file.name], overwrite=True) as staging:
        write_flushed(staging / file.name, drawn.getvalue())
    return file


def draw_view(
    picture: Picture,
    *,
    colours: Mapping[str, str] | None = None,
    pixel_size: float | None = None,
    unit: str = "pixel",
) -> Figure:
    """Draw a picture of the canvas with a scale bar and a legend.

    Parameters
    ----------
    picture : (height, width, 3) uint8
        What the canvas shows.
    colours : mapping of str to colour, optional
        Colour of every image that is visible, for the legend; anything matplotlib knows as one.
    pixel_size : float, optional
        Width of a pixel of the picture in `unit`; without it there is no scale bar.
    unit : str
        Unit of `pixel_size`.

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to any window, ready to be saved.
    """
    colours = colours or {}
    ny, nx = picture.shape[:2]
    inches = _LONGER_SIDE / max(ny, nx)
    height, width = ny * inches, max(nx * inches, _NARROWEST)
    columns = int(width // _ENTRY)
    below = math.ceil(len(colours) / columns) * _LINE + _EDGE if colours else 0.0
    total = height + below
    figure = white_figure(width, total, _DPI)
    axes = figure.add_axes((0, below / total, 1, height / total))
    axes.imshow(picture)
    axes.set_axis_off()
    draw_scale_bar(axes, pixel_size, unit, size=12)
    if colours:
        _draw_legend(figure, colours, columns, below / total / 2)
    return figure


def _draw_legend(figure: Figure, colours: Mapping[str, str], columns: int, middle: float) -> None:
    """Draw a patch for every colour, centred at the height `middle`."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, edgecolor="black", linewidth=0.6, label=name)
        for name, colour in colours.items()
    ]
    legend = figure.legend(
        handles=handles,
        loc="center",
        bbox_to_anchor=(0.5, middle),
        ncols=columns,
        frameon=False,
        fontsize=11,
        handlelength=1,
        handleheight=1,
        handletextpad=0.5,
        columnspacing=1.4,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
