"""The docks that are open, so that one knows of another in the same window."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mmfusion.plugin.dock.widget import FusionWidget
    from napari_mmfusion.plugin.layers.data_choice import DataChoice

_open: Final[list[tuple[weakref.ref[Any], weakref.ref[FusionWidget]]]] = []


def note_dock(viewer: ViewerModel, dock: FusionWidget) -> None:
    """Note a dock that was opened."""
    _open.append((weakref.ref(viewer), weakref.ref(dock)))
    _tell(viewer)


def forget_dock(viewer: ViewerModel, dock: FusionWidget) -> None:
    """Forget a dock that was closed."""
    _open[:] = [pair for pair in _open if pair[1]() not in (None, dock)]
    _tell(viewer)


def docks_of(viewer: ViewerModel) -> list[FusionWidget]:
    """The open docks of a viewer, the oldest first."""
    docks = [dock() for of, dock in _open if of() is viewer]
    return [dock for dock in docks if dock is not None]


def other_docks(viewer: ViewerModel, choice: DataChoice) -> list[FusionWidget]:
    """The open docks of a viewer but the one with this choice."""
    return [dock for dock in docks_of(viewer) if dock.choice is not choice]


def _tell(viewer: ViewerModel) -> None:
    for dock in docks_of(viewer):
        dock.lines.follow()
