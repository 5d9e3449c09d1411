"""The part of the dock with the trust tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QPushButton, QWidget

from napari_mmfusion.core.errors import MMFusionDataError, MMFusionError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.plugin.layers.results.result_from_layers import result_among
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.texts.wording import in_labels
from napari_mmfusion.plugin.qt.work.progress_line import ProgressLine
from napari_mmfusion.plugin.qt.work.task import Task
from napari_mmfusion.plugin.qt.work.turns import Turns
from napari_mmfusion.plugin.trust.picture_layers import PictureLayers
from napari_mmfusion.plugin.trust.regions import find_marked_regions
from napari_mmfusion.plugin.trust.tools import TOOLS, Masks, Outcome, Tool

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mmfusion.plugin.layers.layer_set import LayerSet


class TrustPanel(QWidget):
    """A button and a short explanation for each trust tool; one runs at a time.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the fusion.
    get_result : callable
        Returns the last result, or None; the result is then rebuilt from the layers.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        get_result: Callable[[], FusionResult | None] = lambda: None,
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._layers = layers
        self._get_result = get_result
        self._busy = self._showing = False
        self._words = ""
        self._latest: Outcome | None = None
        self._shown: tuple[Tool, FusionResult, str] | None = None
        self._pictures = PictureLayers(viewer, layers)
        self._turns = Turns(self._fail)
        self.task = Task(self)
        self.buttons = {tool.key: QPushButton(tool.title) for tool in TOOLS}
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop this examination; what it has shown stays (Escape).")
        self.remove_button = QPushButton("Remove pictures")
        self.remove_button.setToolTip(
            "Remove the layers of these tools; a layer that you renamed stays."
        )
        self.progress = ProgressLine()
        self.message = Message(expanding=True)
        self._build()
        for tool in TOOLS:
            self.buttons[tool.key].clicked.connect(lambda _, tool=tool: self.run(tool))
        self.cancel_button.clicked.connect(self.cancel)
        self.remove_button.clicked.connect(self.remove_pictures)
        viewer.layers.events.removed.connect(self._show_removable)
        self.task.stepped.connect(self._on_step)
        self.task.done.connect(self._on_done)

    @property
    def busy(self) -> bool:
        """Whether a tool is running, or its pictures are not shown yet."""
        return self._busy

    def run(self, tool: Tool) -> None:
        """Start a tool on the last result; its outcome is shown as it arrives."""
        if self.busy:
            return
        try:
            result, regions = self._find_result(), self._find_regions()
        except MMFusionError as error:
            self.message.say(in_labels(error))
            return
        self._shown = tool, result, self._layers.reading
        self._pictures.make_room(tool)
        self._words = ""
        self.message.say("Computing\N{HORIZONTAL ELLIPSIS}")
        self._show_busy(True)
        self.task.start(partial(tool.run, result, regions))

    def hide_pictures(self) -> None:
        """Hide what was computed for the result before, as it would cover the next one."""
        self._pictures.hide()

    def remove_pictures(self) -> None:
        """Remove all pictures, as the button does."""
        self._pictures.remove()
        self.message.say("")
        self._show_removable()

    def cancel(self) -> None:
        """Stop the running tool soon; what it has shown and said stays."""
        if self.busy:
            self.task.stop()
            self.message.say(f"{self._words}\nCancelled.".strip())

    def close_session(self) -> None:
        """Stop, and show nothing any more: the viewer goes."""
        self._viewer.layers.events.removed.disconnect(self._show_removable)
        self.task.close()
        self._turns.drop()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        # Above the buttons, where it is visible in a small window too.
        grid.addWidget(self.message, 0, 0, 1, 2)
        grid.addWidget(self.cancel_button, 1, 0)
        grid.addWidget(self.progress, 1, 1)
        for row, tool in enumerate(TOOLS, 2):
            button, explanation = self.buttons[tool.key], Message(tool.explanation, expanding=True)
            for part in (button, explanation):
                part.setToolTip(tool.details)
            grid.addWidget(button, row, 0)
            grid.addWidget(explanation, row, 1)
        grid.addWidget(self.remove_button, len(TOOLS) + 2, 0, 1, 2)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.say("")
        self._show_busy(False)

    def _find_result(self) -> FusionResult:
        result = self._get_result()
        if result is not None:
            return result
        try:
            return result_among(self._layers if self._layers.reading else self._viewer.layers)
        except MMFusionError:
            raise MMFusionDataError("There is nothing fused to examine: press Run first.") from None

    def _find_regions(self) -> Masks:
        haadf = self._layers.measured(None)
        return None if haadf is None else find_marked_regions(self._viewer, haadf)

    def _on_step(self, outcome: Outcome) -> None:
        if self.task.stopping or self._shown is None:
            return  # a tool that was stopped has no valid outcome
        self.progress.show_steps(outcome.done, outcome.total)
        self._words = outcome.words
        self.message.say(outcome.words)
        self._latest = outcome
        if not self._showing:
            self._showing = True
            self._turns.add(self._show_latest(*self._shown))

    def _show_latest(self, tool: Tool, result: FusionResult, reading: str) -> Iterator[None]:
        """Show the latest outcome only: they may arrive faster than layers can be changed."""
        try:
            while self._latest is not None:
                outcome, self._latest = self._latest, None
                yield from self._pictures.show(tool, outcome, result, reading)
        finally:
            self._showing = False

    def _on_done(self, error: Exception | None) -> None:
        self._turns.add(self._conclude(error))  # after the pictures

    def _conclude(self, error: Exception | None) -> Iterator[None]:
        self._show_busy(False)
        if error is not None:
            self._fail(error)
        yield

    def _fail(self, error: Exception) -> None:
        self.task.stop()
        self.message.say(report(error, "The examination"))

    def _show_busy(self, busy: bool) -> None:
        self._busy = busy
        for button in self.buttons.values():
            button.setEnabled(not busy)
        self.cancel_button.setVisible(busy)
        self.progress.setVisible(busy)
        self.progress.show_steps(0, 1)
        self._show_removable()

    def _show_removable(self, _: object = None) -> None:
        self.remove_button.setVisible(not self._busy and len(self._pictures) > 0)
