"""Parameters that were given and change nothing: they are said, never ignored in silence."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection
from types import FrameType
from typing import Final

from napari_mmfusion.core.errors import MMFusionWarning
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.wording import Argument, Text, joined

_PACKAGE: Final = __name__.split(".", maxsplit=1)[0]


def unused(params: FusionParameters, given: Collection[str]) -> Text | None:
    """Say which of the given parameters change nothing beside the others.

    Parameters
    ----------
    params : FusionParameters
        All parameters.
    given : collection of str
        The names of those that were given.

    Returns
    -------
    Text or None
        None if all are used.
    """
    solver = params.solver
    idle = [name for name in FusionParameters.names() if name in given]
    idle = [name for name in idle if not FusionParameters.info(name).is_used_by(solver)]
    if idle:
        return Text(
            "{} {} nothing with {}, which does not use {}",
            _listed(idle),
            "changes" if len(idle) == 1 else "change",
            Argument("solver", value=solver),
            "it" if len(idle) == 1 else "them",
        )
    if not params.regularize:
        idle = [name for name in ("lambda_tv", "n_iter_tv", "tv") if name in given]
        if idle:
            return Text("{} needs {} to be on", _listed(idle), Argument("regularize"))
    return None


def chosen_anyway(names: Collection[str], given: Collection[str]) -> Text | None:
    """Say which of the given parameters are replaced by what a search chooses.

    Parameters
    ----------
    names, given : collection of str
        The names of the parameters that are chosen, and of those that were given.

    Returns
    -------
    Text or None
        None if none is.
    """
    both = [name for name in FusionParameters.names() if name in given and name in names]
    if not both:
        return None
    return Text(
        "{} {} chosen from the data, whatever value is given",
        _listed(both),
        "is" if len(both) == 1 else "are",
    )


def warn(message: Text | None) -> None:
    """Warn at the line that called this package."""
    if message is not None:
        warnings.warn(MMFusionWarning(message), stacklevel=_levels())


def _levels() -> int:
    """How many calls up the first line outside this package is, seen from `warn`."""
    frame: FrameType | None = sys._getframe(1)
    levels = 1
    while frame is not None and _is_ours(frame):
        frame, levels = frame.f_back, levels + 1
    return levels


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).split(".", maxsplit=1)[0] == _PACKAGE


def _listed(names: Collection[str]) -> Text:
    return joined(", ", map(Argument, names))
