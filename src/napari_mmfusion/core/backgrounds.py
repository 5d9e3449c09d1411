"""Known backgrounds of maps, checked."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping

from napari_mmfusion.core.checks import check_names, check_number
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.wording import Argument, Text


def checked_backgrounds(given: Mapping[str, float], maps: Collection[str]) -> dict[str, float]:
    """The backgrounds of some of the `maps`, in measured units.

    Raises
    ------
    MMFusionDataError
        If one is no number of at least 0, or is of a map that is not there.
    """
    checked = {}
    for name, value in check_names("backgrounds", given).items():
        label = Argument("backgrounds", name)
        if name not in maps:
            raise MMFusionDataError(
                Text("{}: there is no such map; there are: {}", label, ", ".join(maps))
            )
        most = sys.float_info.max
        checked[name] = check_number(label, value, 0, most, error=MMFusionDataError)
    return checked
