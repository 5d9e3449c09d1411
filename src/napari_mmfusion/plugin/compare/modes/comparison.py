"""The mode that is on, one at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.compare.view_state import CAMERA_FIELDS
from napari_mmfusion.plugin.qt.napari_versions import camera_of

if TYPE_CHECKING:
    from napari.components import ViewerModel


class Comparison:
    """Enters and leaves modes of one viewer."""

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self.mode: Mode | None = None

    def choose(self, mode: Mode | None) -> None:
        """Leave the mode that is on and enter another one, or none.

        From one mode to the next the camera stays where it is, unless one of them moves it.
        Leaving the last one restores the original view.

        Raises
        ------
        NothingToCompareError
            If layers are missing; no mode is on then.
        """
        old, self.mode = self.mode, None
        camera = camera_of(self._viewer)
        place = {name: getattr(camera, name) for name in CAMERA_FIELDS}
        if old is not None:
            old.leave()
        if mode is None:
            return
        mode.enter()
        self.mode = mode
        if old is not None and not (old.moves_camera or mode.moves_camera):
            for name, value in place.items():
                setattr(camera, name, value)
