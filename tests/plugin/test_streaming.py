"""The hand-over between the threads, without Qt."""

from __future__ import annotations

import threading

import numpy as np

from napari_mmfusion.core.fusion import FusionState
from napari_mmfusion.plugin import streaming
from napari_mmfusion.plugin.streaming import Pace, Stream


def state(iteration):
    return FusionState(iteration, {}, np.zeros((1, 1), np.float32), np.full(3, float(iteration)))


def never():
    return False


def test_the_fast_pace_wakes_once_and_keeps_every_cost():
    stream = Stream(Pace.FAST)
    woken = []
    for iteration in range(1, 6):
        woken.append(stream.put(state(iteration)))
        stream.wait(never)
    assert woken == [True, False, False, False, False]
    costs, latest = stream.take()
    assert costs[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert latest.iteration == 5
    assert stream.take()[1] is None
    assert not stream.put(state(6))


def test_the_fast_pace_leaves_the_window_as_long_as_it_drew(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(streaming.time, "monotonic", lambda: now[0])
    stream = Stream(Pace.FAST)
    assert stream.put(state(1))
    stream.take()
    now[0] += 0.3
    stream.painted()
    now[0] += 0.29
    assert not stream.put(state(2))
    now[0] += 0.02
    assert stream.put(state(3))
    assert stream.take()[0][:, 0].tolist() == [2, 3]


def test_every_iteration_waits_for_the_painting():
    stream = Stream(Pace.EVERY_ITERATION, most_frames_per_second=1000)
    went_on = threading.Event()

    def compute():
        stream.put(state(1))
        stream.wait(never)
        went_on.set()

    thread = threading.Thread(target=compute)
    thread.start()
    assert not went_on.wait(0.1)
    stream.painted()
    assert went_on.wait(5)
    thread.join()


def test_pause_holds_and_end_frees():
    stream = Stream(Pace.FAST)
    stream.pause()
    went_on = threading.Event()

    def compute():
        stream.put(state(1))
        stream.wait(never)
        went_on.set()

    thread = threading.Thread(target=compute)
    thread.start()
    assert not went_on.wait(0.1)
    assert stream.paused
    stream.end()
    assert went_on.wait(5)
    thread.join()


def test_nobody_waits_once_napari_quits():
    stream = Stream(Pace.EVERY_ITERATION)
    stream.put(state(1))
    stream.pause()
    stream.wait(lambda: True)
