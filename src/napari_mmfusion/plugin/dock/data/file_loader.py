"""Opening files from the dock or a menu, without napari's dialog about readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from psygnal import Signal
from qtpy.QtWidgets import QFileDialog

from napari_mmfusion.io.formats import FORMATS, together
from napari_mmfusion.plugin.layers.layer_data import LayerData, show_layers
from napari_mmfusion.plugin.layers.results.file_layers import file_layers
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view, is_open
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.work.task import Task

if TYPE_CHECKING:
    from napari.components import ViewerModel

_FILES: Final = f"HAADF image and maps ({' '.join(f'*{ending}' for ending in FORMATS)})"


class FileLoader:
    """Reads files in a thread, then adds their layers to a viewer.

    Signals: `started`, `failed` with the reasons, one a line, if a file cannot be read, and,
    whatever happens, `finished`.
    """

    started = Signal()
    failed = Signal(str)
    finished = Signal()

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self.task = Task(daemon=True)
        self.task.done.connect(self._on_done)

    @property
    def busy(self) -> bool:
        """Whether files are being read."""
        return self.task.busy

    def ask(self, parent: Any = None) -> None:
        """Ask for files and load them."""
        chosen, _ = QFileDialog.getOpenFileNames(parent, "Open a HAADF image with maps", "", _FILES)
        if chosen:
            self.load(chosen)

    def load(self, paths: Sequence[str]) -> None:
        """Read files one after the other, but all TIFF files as one data set.

        A notice names those that cannot be read.
        """
        self.task.start(lambda _: _read(paths))
        self.started.emit()

    def _on_done(self, outcomes: list[list[LayerData] | Exception]) -> None:
        try:
            if is_open(self._viewer):
                self._show(outcomes)
        finally:
            self.finished.emit()

    def _show(self, outcomes: list[list[LayerData] | Exception]) -> None:
        was_empty = not self._viewer.layers
        reasons = []
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                reasons.append(report(outcome, "Loading"))
            else:
                show_layers(self._viewer, outcome)
        if reasons:
            self.failed.emit("\n".join(reasons))
        if was_empty and self._viewer.layers:
            fit_to_view(self._viewer)


def _read(paths: Sequence[str]) -> list[list[LayerData] | Exception]:
    """The layers of every file, or what went wrong with it."""
    outcomes: list[list[LayerData] | Exception] = []
    for files in together(paths):
        try:
            outcomes.append(file_layers(files))
        except Exception as error:
            outcomes.append(error)
    return outcomes
