"""What is wrong with the chosen images, found in a thread while a person looks at them."""

from __future__ import annotations

from typing import Final

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]  # qtpy makes it

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.qt.work.task import Task

_PAUSE: Final = 300
"""Milliseconds without a change before the images are checked."""


class DataFindings(QObject):
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

    changed = Signal()

    def __init__(self, choice: DataChoice) -> None:
        super().__init__()
        self._choice = choice
        self._key: object = None
        self._checking: object = None
        self.found: tuple[Finding, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._check)
        self.task = Task(self, daemon=True)
        self.task.done.connect(self._on_checked)
        choice.changed.connect(self.follow)
        self.follow()

    def close(self) -> None:
        """Follow nothing any more."""
        self._choice.changed.disconnect(self.follow)
        self._timer.stop()
        self.task.close()

    def follow(self) -> None:
        """Check again if there are other images."""
        key = self._choice.images()
        if key == self._key:
            return
        self._key = key
        self._tell(())
        self._timer.start()

    def _check(self) -> None:
        if self.task.busy:  # what it checks is out of date
            self._timer.start()
            return
        try:
            source = self._choice.source()
        except MMFusionError:
            return  # there is nothing to fuse yet
        self._checking = self._key
        self.task.start(lambda _: source.dataset().findings)

    def _on_checked(self, outcome: object) -> None:
        if isinstance(outcome, tuple) and self._checking == self._key:
            self._tell(outcome)

    def _tell(self, found: tuple[Finding, ...]) -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()
