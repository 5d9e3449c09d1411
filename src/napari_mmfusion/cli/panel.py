"""One image of a figure: its colours, its words, its enlarged part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.drawing import INSET, PLATE, contrast_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

ENLARGEMENT = 3
"""How many times an enlarged panel is larger than a whole one."""


def colourmap(name: str, elements: Sequence[str]) -> Colormap:
    """From black to the element's colour; to white for the HAADF image."""
    from matplotlib.colors import LinearSegmentedColormap

    brightest = element_colours(elements).get(name, "white")
    return LinearSegmentedColormap.from_list(name, ["black", brightest])


def show_image(axes: Axes, image: FloatImage, colours: Colormap) -> None:
    """Show `image` alone, without ticks or frame."""
    low, high = contrast_of(image)
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
            1 - INSET,
            INSET,
            words,
            transform=axes.transAxes,
            ha="right",
            va="bottom",
            color="white",
            fontsize=9,
            bbox=PLATE,
        )


def _enlarged_part(shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Top, left, height and width in pixels."""
    ny, nx = shape
    height, width = math.ceil(ny / ENLARGEMENT), math.ceil(nx / ENLARGEMENT)
    return (ny - height) // 2, (nx - width) // 2, height, width
