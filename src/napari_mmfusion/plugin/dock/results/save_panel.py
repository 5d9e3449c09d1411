"""Saving: one button for the folder of results, one for the figure of the canvas."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from magicgui.widgets import Container, PushButton
from napari.utils.notifications import show_info
from psygnal import Signal
from qtpy.QtWidgets import QFileDialog, QMessageBox

from napari_mmfusion.core.errors import MMFusionError, MMFusionWriteError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io import layout, save
from napari_mmfusion.io.naming import listed, printable
from napari_mmfusion.io.results.folder import earlier_files
from napari_mmfusion.plugin.dock.results.figure_saving import ask_for_figure, figure_name, view_to
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.layers.results.result_from_layers import result_among
from napari_mmfusion.plugin.qt.canvas import has_canvas
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.work.task import Task

if TYPE_CHECKING:
    from napari.components import ViewerModel


_RESULTS, _FIGURE, _KEEP = "Save results...", "Save figure...", "Keep result"
_RESULTS_TIP = "Write the fused images as TIFF, and everything as one HDF5 file, to a folder."
_FIGURE_TIP = (
    "Write what the canvas shows, with a scale bar and a legend, as PNG or TIFF with 300 dpi."
)


@dataclass(frozen=True)
class WhatIsSaved:
    """Whose result the buttons write.

    Attributes
    ----------
    name : str
        What its data set is called.
    stale : str
        In which way it is out of date, such as "made with other settings".
    lost : bool
        Whether its data are gone or another data set is chosen.
    """

    name: str = ""
    stale: str = ""
    lost: bool = False

    def __str__(self) -> str:
        """Whose result it is, as a part of a sentence."""
        of = f" of {printable(self.name, 60)}" if self.name else ""
        return f"the result{of}{f', {self.stale}' if self.stale else ''}"


class SavePanel(Container[Any]):
    """Buttons that write the results to a folder, and what the canvas shows to a file.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the fusion; they are saved if there is no result, as after opening a file of
        results.
    get_result : callable, optional
        Returns the last result, or None.
    get_legend : callable, optional
        Returns the names and colours of the images that are visible.
    describe : callable, optional
        Returns whose result `get_result` returns.
    """

    saved = Signal(Path)
    keep_asked = Signal()

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        get_result: Callable[[], FusionResult | None] = lambda: None,
        get_legend: Callable[[], Mapping[str, str]] = dict,
        describe: Callable[[], WhatIsSaved] = WhatIsSaved,
    ) -> None:
        self._viewer = viewer
        self._layers = layers
        self._get_result = get_result
        self._get_legend = get_legend
        self._describe = describe
        self.keep_button = PushButton(
            text=_KEEP,
            enabled=False,
            tooltip="Put this result aside: the next run makes new layers, and Compare can show"
            " both.",
        )
        self.button = PushButton(text=_RESULTS, tooltip=_RESULTS_TIP)
        self.figure_button = PushButton(text=_FIGURE, tooltip=_FIGURE_TIP)
        super().__init__(
            widgets=[self.keep_button, self.button, self.figure_button],
            layout="horizontal",
            labels=False,
        )
        self.margins = (0, 0, 0, 0)
        self.message = Message()  # stands below the buttons
        self.message.say("")
        self.message.setParent(self.native)  # until it has its place in the dock
        self.task = Task()  # never stopped: what is written is written to its end
        self.task.done.connect(self._on_done)
        self.keep_button.changed.connect(lambda: self.keep_asked.emit())
        self.button.changed.connect(lambda: self.ask_and_save())
        self.figure_button.changed.connect(lambda: self.ask_and_save_figure())

    @property
    def busy(self) -> bool:
        """Whether files are being written."""
        return self.task.busy

    def result(self) -> FusionResult:
        """The result to save.

        Raises
        ------
        MMFusionWriteError
            If there is no result yet.
        """
        result = self._get_result()
        if result is not None:
            return result
        own = bool(self._layers.reading) or self._layers.fused(None) is not None
        return result_among(self._layers if own else self._viewer.layers)

    def follow(self, can_keep: bool) -> None:
        """Say in the tooltips whose result would be written, and whether it can be kept."""
        what = str(self._describe())
        self.button.tooltip = f"{_RESULTS_TIP} Writes {what}."
        self.keep_button.enabled = can_keep

    def save_to(self, folder: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the results to a folder and return when all files are on the disk.

        Parameters
        ----------
        folder : str or path
            Folder to write to; created if missing.
        overwrite : bool
            Whether to replace files of these names.

        Raises
        ------
        MMFusionWriteError
            If there is no result, files exist or writing fails; nothing is changed then.
        """
        return save(self.result(), folder, overwrite)

    def ask_and_save(self) -> None:
        """Ask for a folder and write the results there, as the button does."""
        result = self._result_or_notice()
        if result is None or not self._may_write():
            return
        chosen = QFileDialog.getExistingDirectory(
            self.native, f"Folder for {self._describe()}", self._first_folder(result)
        )
        if not chosen:
            return
        files = dict.fromkeys((*layout.result_files(result.data.elements), *earlier_files(chosen)))
        there = [name for name in files if os.path.lexists(Path(chosen, name))]
        if there and not self._may_replace(chosen, there):
            return
        self._start(self.button, partial(save, result, chosen, bool(there)))

    def ask_and_save_figure(self) -> None:
        """Ask for a file and write what the canvas shows there, as its button does."""
        if not has_canvas(self._viewer):
            error = MMFusionWriteError("no layer is visible; show what the figure should show")
            self.message.say(report(error))
            return
        what = self._describe()
        first = Path(self._first_folder(), figure_name(what.name))
        file, asked = ask_for_figure(self.native, first, "Figure of what the canvas shows")
        if file is None:
            return
        if not asked and os.path.lexists(file) and not self._may_replace(file.parent, [file.name]):
            return
        self._start(self.figure_button, view_to(file, self._viewer, self._get_legend()))

    def _result_or_notice(self) -> FusionResult | None:
        try:
            return self.result()
        except MMFusionError as error:
            self.message.say(report(error))
            return None

    def _start(self, button: PushButton, work: Callable[[], Path]) -> None:
        button.text = "Saving..."
        self.message.say("")
        for each in (self.button, self.figure_button):
            each.enabled = False
        self.task.start(lambda _: work())

    def _may_write(self) -> bool:
        """Ask before a result is written that is not of the data that are shown."""
        what = self._describe()
        if not what.lost:
            return True
        text = f"This writes {what}, not one of the data that are shown. Write it all the same?"
        return self._is_confirmed("Write this result?", text)

    def _is_confirmed(self, title: str, text: str) -> bool:
        answer = QMessageBox.question(self.native, title, text)
        return bool(answer == QMessageBox.StandardButton.Yes)

    def _may_replace(self, folder: str | Path, names: list[str]) -> bool:
        text = f"{printable(str(folder), 200)} already holds {listed(names, 6)}. Replace?"
        return self._is_confirmed("Replace?", text)

    def _first_folder(self, result: FusionResult | None = None) -> str:
        """The folder of the data if their file still exists, otherwise the home folder."""
        name = "" if result is None else result.data.name
        for file in (name, *(LayerNote.of(layer).file for layer in self._layers)):
            with suppress(OSError, ValueError):  # a name may be anything
                if file and Path(file).is_file():
                    return str(Path(file).parent)
        return str(Path.home())

    def _on_done(self, outcome: object) -> None:
        with suppress(RuntimeError):  # the window was closed meanwhile
            for button, text in ((self.button, _RESULTS), (self.figure_button, _FIGURE)):
                button.text = text
                button.enabled = True
        if isinstance(outcome, Exception):
            words = report(outcome, "Saving")
            with suppress(RuntimeError):
                self.message.say(words)
        elif isinstance(outcome, Path):
            show_info(f"Saved to {outcome}")
            self.saved.emit(outcome)
