"""Many runs, half of them stopped, take no more memory than the first ones."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path

import pytest

import napari_mmfusion as mmf
from attacks.figures import FIGURES, attempts

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.run.streaming import Pace

pytestmark = [
    pytest.mark.gui,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the memory is read from Linux's /proc"),
]

RUNS = attempts("RUNS", 1000, 50)
WARM_UP = max(15, RUNS // 20)  # fonts, shaders, caches, the pools of the allocator
HANG = 600_000  # ms
MOST_GROWTH = 20.0 if RUNS >= 1000 else 10.0  # MiB; in few runs, the noise of the allocator


def resident() -> float:
    """MiB of memory in use, without what is free but not yet returned to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_runs_leave_nothing_behind(make_napari_viewer, qtbot, run_and_wait, notices):
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, mmf.simulate("lattice", shape=(256, 256), counts=20, seed=1))
    dock = FusionWidget(viewer)
    viewer.window.add_dock_widget(dock)
    dock.run_panel.pace_box.value = Pace.FAST
    stop_this = [False]

    def stop_at_the_first(_):
        if stop_this[0]:
            dock.run_panel.stop_button.native.click()

    dock.session.iterated.connect(stop_at_the_first)
    stopped = 0
    sizes = []
    for run in range(WARM_UP + RUNS):
        stop_this[0] = run % 2 == 1
        dock.parameters.field("n_iter").value = 2000 if stop_this[0] else 10
        run_and_wait(dock, timeout=HANG)
        stopped += dock.session.result.stopped and run >= WARM_UP
        if run >= WARM_UP - 1 and (run - WARM_UP + 1) % (RUNS // 5) == 0:
            qtbot.wait(10)
            sizes.append(resident())
    dock.close_session()
    assert notices == []
    assert stopped == RUNS // 2
    growth = sizes[-1] - sizes[0]
    steps = ", ".join(f"{size - sizes[0]:+.1f}" for size in sizes)
    FIGURES["memory"] = f"{growth:+.1f} MiB in {RUNS} runs, {stopped} of them stopped ({steps})"
    assert growth < MOST_GROWTH, FIGURES["memory"]
