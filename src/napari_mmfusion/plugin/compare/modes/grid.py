"""Raw above fused, side by side for the HAADF image and every element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from napari_mmfusion.plugin.compare.channels import Pair, pairs_of
from napari_mmfusion.plugin.compare.modes.kind import ModeKind
from napari_mmfusion.plugin.compare.modes.mode import Mode, show_grid

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mmfusion.plugin.compare.view_state import ViewState

_MOST_COLUMNS: Final = 5
"""More columns would make the images too small to compare."""


class Grid(Mode):
    """A grid with raw above fused, a column for the HAADF image and for each element.

    More than five columns are continued in two rows below.
    """

    moves_camera = True

    def show(self, view: ViewState) -> None:
        """Fill the grid."""
        pairs = [*pairs_of(self.layers, (None,)), *self.pairs()]
        columns = columns_of(len(pairs))
        cells: list[Image] = []
        for first in range(0, len(pairs), columns):
            block = pairs[first : first + columns]
            # The fused images of an incomplete block must stand below their raw ones.
            empty = [self._leave_empty(block[0]) for _ in range(columns - len(block))]
            cells += [pair.raw for pair in block] + empty + [pair.fused for pair in block]
        view.arrange(cells)
        self.show_only(view, cells, annotations=False)
        for pair in pairs:
            for layer in (pair.raw, pair.fused):
                view.change(layer, opacity=1.0, blending="additive")
                view.change(layer.name_overlay, visible=True)
        show_grid(view, self.viewer, (2 * math.ceil(len(pairs) / columns), columns))

    def _leave_empty(self, pair: Pair) -> Image:
        """A black image for a cell."""
        black = np.zeros(pair.raw.data.shape, np.uint8)
        return self.add_image(black, pair.raw, name="empty", blending="additive")


def columns_of(n: int) -> int:
    """Columns for n pairs: as many as there are, or as few as the same number of rows needs.

    Examples
    --------
    >>> columns_of(4), columns_of(5), columns_of(6), columns_of(11)
    (4, 5, 3, 4)
    """
    return math.ceil(n / math.ceil(n / _MOST_COLUMNS))


GRID: Final = ModeKind("Grid", Grid)
