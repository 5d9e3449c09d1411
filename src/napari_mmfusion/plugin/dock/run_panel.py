"""Run, Stop, Pause and Live, the pace, a progress bar, and the verdict in words."""

from __future__ import annotations

from magicgui.widgets import CheckBox, ComboBox, Container, PushButton
from psygnal import Signal

from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.work.progress_line import ProgressLine
from napari_mmfusion.plugin.run.streaming import Pace

_FIRST_WORDS = "All elements of the specimen must be mapped; the fused maps are relative."


class RunPanel(Container):  # type: ignore[type-arg]
    """The controls of a run; they show its state and emit requests, and compute nothing.

    `buttons` is a row of them; `streaming`, a row with the pace, may be placed elsewhere.
    """

    run_asked = Signal()
    continue_asked = Signal()
    stop_asked = Signal()
    pause_asked = Signal(bool)
    live_asked = Signal(bool)

    def __init__(self) -> None:
        self.run_button = PushButton(
            text="Run", tooltip="Fuse the images with the parameters shown (Ctrl+Enter)."
        )
        self.stop_button = PushButton(
            text="Stop",
            enabled=False,
            tooltip="Stop after this iteration and keep the result so far (Escape).",
        )
        self.pause_button = PushButton(
            text="Pause",
            enabled=False,
            tooltip="Hold the run after this iteration, until it is pressed again.",
        )
        self.live_box = CheckBox(text="Live", tooltip="Fuse again whenever a parameter changes.")
        self.pace_box = ComboBox(
            choices=[(pace.value, pace) for pace in Pace],
            value=Pace.EVERY_ITERATION,
            tooltip="Every iteration: each one is painted, at most 30 per second."
            " As fast as possible: the canvas skips those it has no time for.",
        )
        self.history_box = CheckBox(
            text="Keep iterations",
            tooltip="Add every iteration of the next run as a stack of images with a slider.",
        )
        self.progress = ProgressLine()
        self.buttons = Container(
            widgets=[self.run_button, self.stop_button, self.pause_button, self.live_box],
            layout="horizontal",
            labels=False,
        )
        self.streaming = Container(
            widgets=[self.pace_box, self.history_box], layout="horizontal", labels=False
        )
        super().__init__(widgets=[self.buttons], labels=False)
        for part in (self, self.buttons, self.streaming):
            part.margins = (0, 0, 0, 0)
        self.native.layout().addWidget(self.progress)
        self.stale = Message()
        self.stale.say("")
        self.native.layout().addWidget(self.stale)
        self.verdict = Message(_FIRST_WORDS)
        self.native.layout().addWidget(self.verdict)
        self.problem = Message()
        self.problem.say("")
        self.native.layout().addWidget(self.problem)
        self.continue_button = PushButton(
            text="Continue",
            visible=False,
            tooltip="Go on from where this run ended, as if it had been planned longer.",
        )
        self.native.layout().addWidget(self.continue_button.native)
        self.continue_button.changed.connect(lambda: self.continue_asked.emit())
        self.run_button.changed.connect(lambda: self.run_asked.emit())
        self.stop_button.changed.connect(self._on_stop)
        self.pause_button.changed.connect(self._on_pause)
        self.live_box.changed.connect(self.live_asked.emit)
        self._paused = False
        self._iterations = 1

    def show_running(self, iterations: int) -> None:
        """Show that a run of this many iterations has started."""
        self._set_paused(False)
        self.run_button.enabled = False
        self.stop_button.enabled = True
        self.pause_button.enabled = True
        self._iterations = iterations
        self.show_progress(0)

    def offer_to_continue(self, iterations: int | None) -> None:
        """Offer to go on to this many iterations in all, or not at all."""
        self.continue_button.native.setVisible(iterations is not None)
        if iterations is not None:
            self.continue_button.text = f"Continue to {iterations} iterations"

    def show_progress(self, done: int) -> None:
        """Show how many iterations are done."""
        self.progress.show_steps(done, self._iterations)

    def show_idle(self) -> None:
        """Show that nothing runs."""
        self._set_paused(False)
        self.run_button.enabled = True
        self.stop_button.enabled = False
        self.pause_button.enabled = False

    def say(self, text: str) -> None:
        """Show a verdict or message."""
        if self.verdict.text() != text:  # a new text makes Qt lay out the whole dock again
            self.verdict.setText(text)

    def mark(self, stale: str) -> None:
        """Say in which way the verdict is out of date, or that it is not."""
        if self.stale.text() != stale or self.stale.isHidden() == bool(stale):
            self.stale.say(stale)
        self.verdict.setEnabled(not stale)

    def _on_stop(self) -> None:
        # Shows at once that the click was received.
        self.stop_button.enabled = self.pause_button.enabled = False
        self.stop_asked.emit()

    def _on_pause(self) -> None:
        self._set_paused(not self._paused)
        self.pause_asked.emit(self._paused)

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        self.pause_button.text = "Resume" if paused else "Pause"
