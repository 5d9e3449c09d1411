"""Tools available in every mode: zoom to a rectangle, and the TV explorer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from magicgui.widgets import Container, Label, PushButton
from psygnal import Signal
from qtpy.QtWidgets import QSizePolicy

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.compare import explorer
from napari_mmfusion.plugin.compare.modes.comparison import Comparison
from napari_mmfusion.plugin.compare.modes.tv_stack import TvStack
from napari_mmfusion.plugin.compare.zooming.zoom_tools import ZoomTools
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.texts.wording import in_labels
from napari_mmfusion.plugin.qt.work.task import Task

if TYPE_CHECKING:
    from napari.components import ViewerModel

_EXPLORE, _LEAVE, _BUSY = "TV explorer", "Leave TV explorer", "Exploring\N{HORIZONTAL ELLIPSIS}"


class CompareTools(Container[Any]):
    """Controls that are shown in every mode."""

    weight_chosen = Signal(float)
    """Emitted with the TV weight that the user takes from the explorer."""

    entered = Signal()
    """Emitted when the explorer has replaced the mode that was on."""

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        comparison: Comparison,
        job: Callable[[], explorer.ExplorerInput],
    ) -> None:
        self._viewer, self._layers, self._comparison, self._job = viewer, layers, comparison, job
        self._stack: TvStack | None = None
        self.zoom = ZoomTools(viewer, layers, self.say)
        self.explore = PushButton(
            text=_EXPLORE,
            tooltip="Fuse with a lower, the chosen and a higher TV weight, and compare the three.",
        )
        self.use = PushButton(
            text="Use this weight",
            tooltip="Take the TV weight that is shown over the image into the parameters.",
        )
        self.message = Label()
        super().__init__(
            # The message follows the buttons whose clicks it answers.
            widgets=[self.zoom.buttons, self.message, self.zoom.numbers, self.explore, self.use],
            labels=False,
        )
        self.margins = (0, 0, 0, 0)
        self.task = Task(self.native)
        self.task.done.connect(self._on_explored)
        self.message.native.setWordWrap(True)
        self.message.native.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.say("")
        self.explore.changed.connect(self._explore)
        self.use.changed.connect(self._use)

    def say(self, words: str) -> None:
        """Show a message to the user; an empty one hides it."""
        self.message.value = words
        self.message.visible = bool(words)

    def follow(self) -> None:
        """Update the text of the explorer's button."""
        if not self._is_on():
            self._stack = None  # its images take much memory
        self.explore.enabled = not self.task.busy
        on = self._stack is not None
        self.explore.text = _BUSY if self.task.busy else _LEAVE if on else _EXPLORE
        self.use.visible = on and not self.task.busy

    def _is_on(self) -> bool:
        """Whether the TV explorer shows its stacks."""
        return self._stack is not None and self._comparison.mode is self._stack

    def _explore(self) -> None:
        self.say("")
        if self._is_on():
            self._comparison.choose(None)
            self.follow()
            return
        try:
            data, params = self._job()
        except MMFusionError as error:
            self.say(in_labels(error))
            return
        self.task.start(lambda stop: explorer.run_exploration(data, params, stop=stop))
        self.follow()

    def _use(self) -> None:
        stack = self._stack
        if stack is not None and self._is_on():
            weight = stack.exploration.lambdas[stack.step]
            self._comparison.choose(None)
            self.follow()
            self.weight_chosen.emit(weight)

    def _on_explored(self, outcome: explorer.Exploration | Exception) -> None:
        try:
            if isinstance(outcome, Exception):
                raise outcome
            self._stack = TvStack(self._viewer, self._layers, outcome)
            self._comparison.choose(self._stack)
            self.entered.emit()
        except MMFusionError as error:
            self.say(in_labels(error))
        finally:
            self.follow()
