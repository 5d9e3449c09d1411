"""All modes, in the order in which the panel offers them."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.plugin.compare.modes.blink import BLINK
from napari_mmfusion.plugin.compare.modes.difference import DIFFERENCE
from napari_mmfusion.plugin.compare.modes.grid import GRID
from napari_mmfusion.plugin.compare.modes.overlay import OVERLAY
from napari_mmfusion.plugin.compare.modes.swipe import SWIPE

MODES: Final = (OVERLAY, GRID, BLINK, SWIPE, DIFFERENCE)
