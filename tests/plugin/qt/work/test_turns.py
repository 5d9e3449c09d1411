"""Work in steps: one per turn of the event loop, in order; an error ends only its own work."""

from __future__ import annotations

from itertools import pairwise

import pytest

pytest.importorskip("qtpy")

from qtpy.QtCore import QTimer

from napari_mmfusion.plugin.qt.work.turns import Turns

pytestmark = pytest.mark.gui


def steps(log, name, count):
    for step in range(count):
        log.append(f"{name}{step}")
        yield


@pytest.fixture
def errors(qapp):  # noqa: ARG001 - timers need it
    return []


@pytest.fixture
def turns(errors):
    return Turns(errors.append)


def test_other_events_are_handled_between_two_steps(turns, qtbot):
    log = []
    other = QTimer()
    other.timeout.connect(lambda: log.append("other"))
    other.start(0)
    turns.add(steps(log, "a", 5))
    assert log == ["a0"]  # the first at once
    qtbot.waitUntil(lambda: "a4" in log)
    places = [place for place, what in enumerate(log) if what != "other"]
    assert all("other" in log[a:b] for a, b in pairwise(places))


def test_work_is_done_in_order(turns, qtbot):
    log = []
    turns.add(steps(log, "a", 3))
    turns.add(steps(log, "b", 2))
    assert log == ["a0"]
    qtbot.waitUntil(lambda: "b1" in log)
    assert log == ["a0", "a1", "a2", "b0", "b1"]


def test_an_error_is_passed_on_and_other_work_continues(turns, errors, qtbot):
    def failing():
        yield
        raise ValueError("lost")

    log = []
    turns.add(failing())
    turns.add(steps(log, "b", 2))
    qtbot.waitUntil(lambda: "b1" in log)
    assert [str(error) for error in errors] == ["lost"]


def test_dropped_work_never_goes_on(turns, qtbot):
    log = []
    turns.add(steps(log, "a", 3))
    turns.drop()
    turns.add(steps(log, "b", 3))
    qtbot.waitUntil(lambda: "b2" in log)
    assert log == ["a0", "b0", "b1", "b2"]


def test_work_may_drop_itself_and_begin_something_else(turns, qtbot):
    log = []

    def restless():
        log.append("old")
        turns.drop()
        turns.add(steps(log, "new", 2))
        log.append("end")
        yield
        log.append("never")

    turns.add(restless())
    qtbot.waitUntil(lambda: "new1" in log)
    qtbot.wait(10)
    assert log == ["old", "new0", "end", "new1"]
