"""Tasks: steps, then one outcome, in the thread of the window; stopped when it goes."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

pytest.importorskip("napari")

from qtpy.QtCore import QObject

from napari_mmfusion.plugin.qt.work.task import Task

pytestmark = pytest.mark.gui


@pytest.fixture
def heard(qapp):
    """A task and its signals, with the thread in which they arrived."""
    assert qapp is not None
    task = Task()
    signals = []
    task.stepped.connect(lambda step: signals.append(("step", step, threading.current_thread())))
    task.done.connect(lambda outcome: signals.append(("done", outcome, threading.current_thread())))
    return task, signals


def counting(_):
    yield from range(3)
    return "end"


def until_stopped(stop):
    while not stop.is_set():
        yield
    return "stopped"


def test_steps_come_before_the_outcome_and_in_the_thread_of_the_window(heard, qtbot):
    task, signals = heard
    task.start(counting)
    qtbot.waitUntil(lambda: not task.busy)
    assert [(kind, what) for kind, what, _ in signals] == [
        ("step", 0),
        ("step", 1),
        ("step", 2),
        ("done", "end"),
    ]
    assert {thread for *_, thread in signals} == {threading.main_thread()}


@pytest.mark.parametrize("error", [RuntimeError("no"), StopIteration(), MemoryError(), KeyError(1)])
@pytest.mark.parametrize("late", [False, True])
def test_whatever_is_raised_is_the_outcome(heard, qtbot, error, late):
    def failing(_):
        raise error

    def failing_late(_):
        yield "step"
        raise error

    task, signals = heard
    task.start(failing_late if late else failing)
    qtbot.waitUntil(lambda: not task.busy)
    kind, outcome, _ = signals[-1]
    assert kind == "done"
    # Python turns a StopIteration inside a generator into a RuntimeError.
    assert error in (outcome, outcome.__cause__)


def test_a_task_does_one_piece_of_work_at_a_time(heard, qtbot):
    task, signals = heard
    task.start(until_stopped)
    with pytest.raises(ValueError, match="under way"):
        task.start(counting)
    task.stop()
    assert task.stopping
    qtbot.waitUntil(lambda: not task.busy)
    assert signals[-1][:2] == ("done", "stopped")
    task.start(counting)  # the stop flag of the previous work does not stop this one
    qtbot.waitUntil(lambda: not task.busy)
    assert signals[-1][:2] == ("done", "end")


def test_a_closed_task_stops_and_reports_nothing(heard, qtbot):
    task, signals = heard
    task.start(until_stopped)
    qtbot.waitUntil(lambda: bool(signals))
    task.close()
    signals.clear()
    qtbot.waitUntil(lambda: not task.busy)
    assert signals == []


def test_the_end_of_its_owner_closes_a_task(qtbot):
    owner = QObject()
    task = Task(owner)
    task.start(until_stopped)
    owner.deleteLater()
    qtbot.waitUntil(lambda: not task.busy)


def test_the_end_of_the_program_stops_a_task():
    code = (
        "from qtpy.QtCore import QCoreApplication, QTimer;"
        "from napari_mmfusion.plugin.qt.work.task import Task;"
        "import time;"
        "app = QCoreApplication([]); task = Task();"
        "task.start(lambda stop: [time.sleep(0.01) for _ in iter(stop.is_set, True)]);"
        "QTimer.singleShot(10, app.quit); app.exec()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
