"""The exchange between the threads, without Qt."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np

from napari_mmfusion.core.fusion import FusionState
from napari_mmfusion.plugin.run.streaming import Pace, Stream


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
    costs, latest = stream.take()
    assert len(costs) == 0
    assert latest is None
    assert not stream.put(state(6))


def test_an_iteration_is_observed_while_the_window_is_free():
    stream = Stream(Pace.FAST)
    assert stream.observe.is_set()
    stream.put(state(1))
    assert not stream.observe.is_set()
    stream.take()
    stream.painted()
    assert stream.observe.is_set()
    stream.put(state(2))
    stream.pause()
    assert stream.observe.is_set()
    stream.pause(False)
    assert not stream.observe.is_set()
    stream.end()
    assert stream.observe.is_set()


def test_a_window_at_rest_is_neither_woken_nor_waited_for():
    stream = Stream(Pace.FAST)
    stream.rest()
    assert not stream.observe.is_set()
    assert not stream.put(state(1))
    assert not stream.wait(never)
    stream.painted()
    assert stream.observe.is_set()
    assert stream.put(state(2))


def test_costs_of_skipped_iterations_arrive_in_order():
    stream = Stream(Pace.FAST)
    skipped = np.array([[1.0, 1, 1], [2, 2, 2]])
    stream.put(dataclasses.replace(state(3), skipped_costs=skipped))
    stream.put(state(4))
    assert stream.take()[0][:, 0].tolist() == [1, 2, 3, 4]


def test_a_pause_shows_what_came_while_the_window_was_busy():
    stream = Stream(Pace.FAST)
    assert stream.put(state(1))
    assert not stream.put(state(2))
    stream.pause()
    stream.painted()
    assert stream.wait(never)
    assert stream.take()[1].iteration == 2
    stream.pause(False)
    assert not stream.wait(never)


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


def test_no_thread_waits_once_napari_quits():
    stream = Stream(Pace.EVERY_ITERATION)
    stream.put(state(1))
    stream.pause()
    stream.wait(lambda: True)
