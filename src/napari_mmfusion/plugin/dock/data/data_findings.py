"""What is wrong with the chosen images, found in a thread while a person looks at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.plugin.dock.images_work import ImagesWork
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.notes.source import Source

_PAUSE: Final = 300
"""Milliseconds without a change before the images are checked."""


class DataFindings(ImagesWork):
    """Follows the chosen images; `changed` comes when other things were found.

    Parameters
    ----------
    choice : DataChoice
        The images.

    Attributes
    ----------
    found : tuple of Finding
        What is wrong with the images as they are; nothing while they are checked.
    """

    def __init__(self, choice: DataChoice) -> None:
        super().__init__(choice, _PAUSE)
        self.found: tuple[Finding, ...] = ()
        self.follow()

    def follow(self) -> None:
        """Check again if there are other images."""
        key = self._choice.images()
        if key == self._key:
            return
        self._key = key
        self._tell(())
        self._timer.start()

    def _work(self, source: Source) -> Callable[[StopFlag], object]:
        return lambda _: source.dataset().findings

    def _take(self, outcome: object) -> None:
        if isinstance(outcome, tuple):
            self._tell(outcome)

    def _tell(self, found: tuple[Finding, ...]) -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()
