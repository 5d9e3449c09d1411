"""One image of a figure: its colours, its enlarged part, its scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.image import FloatImage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

ENLARGEMENT = 3
"""How many times an enlarged panel is larger than a whole one."""

_BRIGHTEST = 99.8
"""Percentile shown at full brightness, so that a few hot pixels do not darken the rest."""
_BAR = 0.35
"""Longest scale bar, as a part of the panel's width."""
_INSET = 0.05
_PLATE = {"boxstyle": "square,pad=0.2", "facecolor": "black", "edgecolor": "none", "alpha": 0.85}
"""What lies behind words, so that they are read on any image."""


def colourmap(name: str, elements: Sequence[str]) -> Colormap:
    """From black to the element's colour; to white for the HAADF image."""
    from matplotlib.colors import LinearSegmentedColormap

    brightest = element_colours(elements).get(name, "white")
    return LinearSegmentedColormap.from_list(name, ["black", brightest])


def show_image(axes: Axes, image: FloatImage, colours: Colormap) -> None:
    """Show `image` alone, without ticks or frame."""
    low, high = float(image.min()), float(np.percentile(image, _BRIGHTEST))
    if high <= low:
        high = float(image.max())
    axes.imshow(image, cmap=colours, vmin=low, vmax=high)
    axes.set(xticks=[], yticks=[])
    axes.set_facecolor("black")
    for spine in axes.spines.values():
        spine.set_visible(False)


def enlarge(axes: Axes, shape: tuple[int, int]) -> None:
    """Show only the part that `outline_enlarged` outlines."""
    top, left, height, width = _enlarged_part(shape)
    axes.set_xlim(left - 0.5, left + width - 0.5)
    axes.set_ylim(top + height - 0.5, top - 0.5)


def outline_enlarged(axes: Axes, shape: tuple[int, int]) -> None:
    """Draw a rectangle around the part that another row enlarges."""
    from matplotlib.patches import Rectangle

    top, left, height, width = _enlarged_part(shape)
    axes.add_patch(
        Rectangle(
            (left - 0.5, top - 0.5), width, height, fill=False, edgecolor="white", linewidth=0.8
        )
    )


def write(axes: Axes, words: str) -> None:
    """Write `words` into the lower right corner."""
    if words:
        axes.text(
            1 - _INSET,
            _INSET,
            words,
            transform=axes.transAxes,
            ha="right",
            va="bottom",
            color="white",
            fontsize=9,
            bbox=_PLATE,
        )


def draw_scale_bar(axes: Axes, pixel_size: float, unit: str) -> None:
    """Draw a bar of a round length in the lower left corner."""
    from matplotlib.patheffects import withStroke

    left, right = axes.get_xlim()
    length = _round_length(_BAR * (right - left) * pixel_size)
    part = length / pixel_size / (right - left)
    axes.plot(
        [_INSET, _INSET + part],
        [_INSET, _INSET],
        transform=axes.transAxes,
        color="white",
        linewidth=2.5,
        solid_capstyle="butt",
        path_effects=[withStroke(linewidth=5, foreground="black")],
    )
    axes.annotate(
        f"{length:g} {unit}",
        (_INSET + part / 2, _INSET),
        xycoords="axes fraction",
        xytext=(0, 6),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color="white",
        fontsize=9,
        bbox=_PLATE,
        parse_math=False,
    )


def _enlarged_part(shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Top, left, height and width in pixels."""
    ny, nx = shape
    height, width = math.ceil(ny / ENLARGEMENT), math.ceil(nx / ENLARGEMENT)
    return (ny - height) // 2, (nx - width) // 2, height, width


def _round_length(longest: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is at most `longest`."""
    power = 10.0 ** math.floor(math.log10(longest))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= longest * (1 + 1e-9))
