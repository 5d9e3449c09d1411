"""A figure for a publication: the fused chemistry over the HAADF image."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.drawing import contrast_of, draw_scale_bar, white_figure
from napari_mmfusion.io.atomic_write import write_flushed
from napari_mmfusion.io.endings import PNG, TIFF
from napari_mmfusion.io.naming import printable
from napari_mmfusion.plugin.compare.rendering import (
    Light,
    Picture,
    add_light,
    gray_share,
    levels,
    ramp,
    tint,
)
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

Style = Literal["light", "luminance"]

_DPI = 300
_LONGER_SIDE, _NARROWEST = 5.0, 1.6
_ENTRY, _LINE, _EDGE = 0.85, 0.26, 0.16
"""Inches: the longer side of the image, the least width of the figure, width and height of an
entry of the legend, and the space around the legend."""
FORMATS: Final = {PNG: "png", **dict.fromkeys(TIFF, "tiff")}
"""File ending to what matplotlib calls the format."""


def save_overlay(
    path: str | os.PathLike[str],
    haadf: NDArray[Any],
    maps: Mapping[str, NDArray[Any]],
    **options: Any,
) -> Path:
    """Write the figure of `draw_overlay` as PNG or TIFF, as the ending of `path` says.

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
    figure = draw_overlay(haadf, maps, **options)
    extra: dict[str, Any] = {}
    if kind == "tiff":
        extra = {"pil_kwargs": {"compression": "tiff_deflate"}}
    picture = io.BytesIO()
    figure.savefig(picture, format=kind, **extra)
    with write_whole(file.parent, [file.name], overwrite=True) as staging:
        write_flushed(staging / file.name, picture.getvalue())
    return file


def draw_overlay(
    haadf: NDArray[Any],
    maps: Mapping[str, NDArray[Any]],
    *,
    colours: Mapping[str, str] | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
    opacity: float = 0.7,
    style: Style = "light",
    pixel_size: float | None = None,
    unit: str = "pixel",
) -> Figure:
    """Draw chemical maps over the HAADF image, with a scale bar and a legend.

    Parameters
    ----------
    haadf : (ny, nx) array
        The HAADF image, shown in gray.
    maps : mapping of str to (ny, nx) array
        Fused map of every element.
    colours : mapping of str to colour, optional
        Colour of every element, anything matplotlib knows as one.
    limits : mapping of str to (low, high), optional
        Values of an element, or of ``"HAADF"``, shown darkest and brightest. By default from the
        minimum to a high percentile.
    opacity : float
        Strength of the chemistry, from 0 to 1.
    style : {"light", "luminance"}
        Add the maps to the image as coloured light, or colour the image with their hues.
    pixel_size : float, optional
        Width of a pixel in `unit`; without it there is no scale bar.
    unit : str
        Unit of `pixel_size`.

    Returns
    -------
    matplotlib.figure.Figure
        Not attached to any window, ready to be saved.
    """
    colours = {**element_colours(list(maps)), **(colours or {})}
    ny, nx = haadf.shape
    inches = _LONGER_SIDE / max(ny, nx)
    height, width = ny * inches, max(nx * inches, _NARROWEST)
    columns = int(width // _ENTRY)
    total = height + math.ceil((len(maps) + 1) / columns) * _LINE + _EDGE
    figure = white_figure(width, total, _DPI)
    axes = figure.add_axes((0, 1 - height / total, 1, height / total))
    axes.imshow(compose(haadf, maps, colours, limits or {}, opacity, style))
    axes.set_axis_off()
    draw_scale_bar(axes, pixel_size, unit, size=12)
    shown = {HAADF: "white", **{name: colours[name] for name in maps}}
    _draw_legend(figure, shown, columns, (1 - height / total) / 2)
    return figure


def compose(
    haadf: NDArray[Any],
    maps: Mapping[str, NDArray[Any]],
    colours: Mapping[str, str],
    limits: Mapping[str, tuple[float, float]],
    opacity: float,
    style: Style,
) -> Picture:
    """The overlay alone, pixel by pixel: (ny, nx, 3) uint8."""
    from matplotlib.colors import to_rgb

    def light(name: str, image: NDArray[Any], colour: tuple[float, ...]) -> Light:
        return Light(image, ramp(colour), limits.get(name) or contrast_of(image))

    gray = light(HAADF, haadf, (1, 1, 1))
    strength = 1.0
    if style == "light":
        strength = opacity
        gray = gray._replace(colours=gray.colours * gray_share(opacity))
    chemistry = [
        light(name, image, tuple(strength * part for part in to_rgb(colours[name])))
        for name, image in maps.items()
    ]
    if style == "light":
        return add_light([gray, *chemistry])
    return tint(add_light(chemistry), levels(gray.image, gray.limits), opacity)


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
