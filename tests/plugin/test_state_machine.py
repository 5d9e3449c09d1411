"""Any actions in any order: no hang, no dangling object, one notice per failure.

Hypothesis chooses sequences of actions in a real window, with pauses in between that let a run
begin, stream or end. The choice does not depend on the state of the window, so a seed gives the
same sequences on every machine: `MMFUSION_SEQUENCES` of them, starting at `MMFUSION_SEED`.
"""

from __future__ import annotations

import gc
import os
import weakref

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

import napari_mmfusion as mmf
from attacks.figures import FIGURES, attempts
from napari_mmfusion.core import native

pytest.importorskip("napari")

from pytestqt.exceptions import capture_exceptions, format_captured_exceptions

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.run.streaming import Pace
from watched_window import Window, other_data

pytestmark = [pytest.mark.gui, pytest.mark.slow]

SEQUENCES = attempts("SEQUENCES", 500, 3)
SEED = int(os.environ.get("MMFUSION_SEED", 1))
STEPS = 15
HANG = 600_000  # ms; longer than any action on a busy machine
PAUSES = st.sampled_from((0, 0, 1, 5, 20, 60, 150))
PLACES = st.integers(0, 7)
ERRORS = (
    RuntimeError,
    ValueError,
    MemoryError,
    OSError,
    StopIteration,
    native.ComputeError,
    mmf.MMFusionComputeError,
)


def action(**drawn):
    """A rule that is recorded in the story of a failure and lets the window run for a pause."""

    def decorate(function):
        def act(self, pause, **arguments):
            with self.window.recording(f"{function.__name__}({arguments}), {pause} ms"):
                function(self, **arguments)
                self.after(pause)

        act.__name__ = function.__name__
        return rule(pause=PAUSES, **drawn)(act)

    return decorate


class AnyActions(RuleBasedStateMachine):
    """The actions of a user in the dock and in the layer list."""

    window: Window

    def __init__(self):
        super().__init__()
        self.earlier = []
        self.capture = capture_exceptions()
        self.exceptions = self.capture.__enter__()
        with self.window.recording("begin"):
            self.window.fresh()
            self.viewer = self.window.viewer
            self.open_dock()

    @property
    def panel(self):
        return self.dock.run_panel

    def open_dock(self):
        self.dock = FusionWidget(self.viewer)
        self.docked = self.viewer.window.add_dock_widget(self.dock, name="Multi-modal fusion")
        for name, value in {"n_iter": 8, "solver": "tutorial", "lambda_tv": 0.15}.items():
            self.dock.parameters.field(name).value = value
        self.panel.pace_box.value = Pace.FAST

    def after(self, pause):
        """Let the window run for a while, then look for errors."""
        self.window.counts["actions"] += 1
        self.window.qtbot.wait(pause)
        self.require_no_exceptions()
        assert len(self.window.notices) <= self.window.failures(), self.window.notices

    def layer(self, place):
        """Some layer, or None: hypothesis must choose independently of the progress of a run."""
        layers = self.viewer.layers
        return layers[place % len(layers)] if len(layers) else None

    @initialize(solver=st.sampled_from(("tutorial", "converged")), pace=st.sampled_from(Pace))
    def choose(self, solver, pace):
        self.dock.parameters.field("solver").value = solver
        self.panel.pace_box.value = pace

    @action()
    def press_run(self):
        self.panel.run_button.native.click()

    @action()
    def run_twice(self):
        self.dock.run()
        self.dock.run()

    @action()
    def press_stop(self):
        self.panel.stop_button.native.click()

    @action()
    def toggle_pause(self):
        self.panel.pause_button.native.click()

    @action(live=st.booleans())
    def follow_changes(self, live):
        self.panel.live_box.value = live

    @action(value=st.sampled_from((0.0, 0.05, 0.3, 2.0)))
    def change_a_parameter(self, value):
        self.dock.parameters.field("lambda_tv").value = value

    @action(keep=st.booleans())
    def keep_iterations(self, keep):
        self.panel.history_box.value = keep

    @action(place=PLACES)
    def delete_a_layer(self, place):
        if self.layer(place) is not None:
            self.viewer.layers.remove(self.layer(place))

    @action(place=PLACES, name=st.sampled_from(("HAADF", "Sc", "O", "Fe_K", "x")))
    def rename_a_layer(self, place, name):
        if self.layer(place) is not None:
            self.layer(place).name = name

    @action(place=PLACES, other=PLACES)
    def move_a_layer(self, place, other):
        count = len(self.viewer.layers)
        if count:
            self.viewer.layers.move(place % count, other % count)

    @action(
        place=PLACES,
        kind=st.sampled_from(
            ("of another shape", "constant", "not finite", "of another type", "read-only")
        ),
    )
    def change_the_data(self, place, kind):
        layer = self.layer(place)
        if layer is not None and layer.ndim == 2:  # not the stack of iterations
            layer.data = other_data(kind, layer.data)

    @action(place=PLACES)
    def hide_or_show(self, place):
        layer = self.layer(place)
        if layer is not None:
            layer.visible = not layer.visible

    @action()
    def replace_all_layers(self):
        self.viewer.layers.clear()
        add_layers(self.viewer, self.window.data)

    @action(place=PLACES, enabled=st.booleans())
    def tick_an_element(self, place, enabled):
        rows = self.dock.choice.rows
        if rows:
            row = rows[place % len(rows)]
            row.enabled, row.typed_enabled = enabled, True
            self.dock.choice.changed.emit()

    @action(error=st.sampled_from(ERRORS), iteration=st.integers(0, 4))
    def let_the_next_run_fail(self, error, iteration):
        self.window.armed = error, iteration

    @action()
    def reopen_the_dock(self):
        self.docked.destroyOnClose()
        self.earlier.append(weakref.ref(self.dock.session))
        self.open_dock()

    @action()
    def wait_for_the_end(self):
        self.settle()

    @action(chance=st.integers(0, 9))
    def reopen_the_viewer(self, chance):
        if chance != 5:  # it takes long
            return
        runner = self.dock.session.runner
        self.viewer.close()
        self.window.qtbot.waitUntil(lambda: not runner.busy, timeout=HANG)
        self.window.open_viewer()
        self.viewer = self.window.viewer
        self.earlier.clear()
        self.open_dock()

    def settle(self):
        """Wait for the end: a paused run continues, each failure has a notice, Run is enabled."""
        wait = self.window.qtbot.waitUntil
        if self.panel.pause_button.text == "Resume":
            self.panel.pause_button.native.click()
        wait(lambda: self.dock.live.settled, timeout=HANG)
        for reference in self.earlier:
            wait(lambda seen=reference: seen() is None or not seen().busy, timeout=HANG)
        self.require_no_exceptions()
        assert len(self.window.notices) == self.window.failures(), self.window.notices
        assert all(self.window.notices)
        assert self.panel.run_button.enabled
        assert not self.panel.stop_button.enabled
        assert not self.panel.pause_button.enabled
        self.require_marks()

    def require_no_exceptions(self):
        assert not self.exceptions, format_captured_exceptions(self.exceptions)

    def require_marks(self):
        """Each layer that shows the last result says whether it is partial."""
        result = self.dock.session.result
        if result is None or self.earlier:  # an earlier dock may have ended its run later
            return
        for element in result.maps:
            layer = self.dock.layers.fused(element)
            if layer is not None:
                assert layer.metadata["mmfusion"]["partial"] == result.stopped

    def teardown(self):
        try:
            with self.window.recording("end"):
                self.settle()
                self.dock.close_session()
                self.docked.destroyOnClose()
            self.window.counts["failures"] += self.window.failures()
        finally:
            self.capture.__exit__(None, None, None)
            self.dock = self.docked = None
            gc.collect()


@pytest.fixture
def window(make_napari_viewer, qtbot, notices, monkeypatch):
    return Window(make_napari_viewer, qtbot, notices, monkeypatch)


def test_any_actions_in_any_order(window):
    machine = seed(SEED)(type("Machine", (AnyActions,), {"window": window}))
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # failures that depend on timing do not shrink
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:  # hypothesis repeats a sequence, but not the timing
        raise window.first_failure or error from None
    counted = ", ".join(f"{count} {what}" for what, count in window.counts.items())
    FIGURES["any actions in any order"] = (
        f"{counted}; 0 exceptions in slots, one notice per failure"
    )
