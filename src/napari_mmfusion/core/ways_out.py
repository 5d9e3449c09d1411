"""What takes each way out of data that cannot be fused as they are."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.wording import Remedy

_OPTION: Final = "the option {} of mmfusion fuse"
"""The window has no button for these."""

CROP: Final = Remedy("data.cropped()", "--crop", _OPTION.format("--crop"))
MASK: Final = Remedy("data.masked()", "--mask-nan", _OPTION.format("--mask-nan"))
REPLACE_SPIKES: Final = Remedy(
    "data.without_spikes()", "--replace-spikes", _OPTION.format("--replace-spikes")
)
