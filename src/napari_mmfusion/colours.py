"""The colours of the elements, the same in figures and in napari.

They are bright on black, and stay apart for readers with deuteranopia, protanopia or tritanopia.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

ELEMENT_COLOURS: Final[tuple[str, ...]] = (
    "#52EAFA",  # cyan
    "#F09820",  # orange
    "#BE6AD4",  # purple
    "#FFF84A",  # yellow
    "#14B887",  # green
    "#E56145",  # vermilion
    "#52BAFF",  # blue
    "#A569FF",  # violet
    "#B4FFC3",  # mint
    "#D269B4",  # rose
    "#FFD269",  # sand
    "#A5C378",  # sage
)
"""Colours in the order in which elements take them; the earliest differ most."""


def element_colours(elements: Sequence[str]) -> dict[str, str]:
    """Colour of every element, by its place; after the last colour comes the first again.

    Examples
    --------
    >>> element_colours(["Sc", "Dy"])
    {'Sc': '#52EAFA', 'Dy': '#F09820'}
    """
    n = len(ELEMENT_COLOURS)
    return {element: ELEMENT_COLOURS[i % n] for i, element in enumerate(elements)}
