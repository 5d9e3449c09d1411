"""Streaming into a real napari window: how long it is blocked, and by what.

Needs a screen; without one, run it with ``tools/screen.sh``. Painting is the work of napari, Qt
and, without a graphics card, Mesa on the processor. It is measured separately from the plugin, and
again in the same window without the plugin. napari's new layers and progress bars, and Python's
garbage collector, which at times goes through all objects of napari, are measured separately too.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import napari
import numpy as np
from clicker import Clicker
from main_thread import Meter
from qtpy.QtCore import QEventLoop, QTimer
from samples import random_data, tutorial_data
from timing import table
from vispy.gloo import read_pixels
from watched import OTHERS, watched

import napari_mmfusion as mmf
from napari_mmfusion.plugin.dock.window import open_dock
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.qt.napari_versions import scene_canvas
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run.streaming import Pace

BLOCKED = [
    "",
    "s",
    "between ticks: median / p95 / longest",
    "painting: median / longest",
    "new layer: longest",
    "progress bar: longest",
    "garbage collector: longest",
    "between ticks without these: longest",
    "plugin: p95 / longest",
    "plugin, processor time: longest",
]
QUICK = ["plain fuse", "run", "of it painting", "frames", "(run - painting) / fuse"]
LIVE = ["results", "results a second", "painted a second"]
STOPPED = [
    "pace",
    "stops",
    "until the solver ended",
    "until the button idles",
    "until the layers follow",
]

FRAMES = 30
REPEATS = 7
STOPS = 6
VALUES = np.linspace(0.05, 0.4, 20)
DRAG = 33  # ms between two values of a dragged slider


class Window:
    """One data set in a window of napari, with the dock."""

    def __init__(self, data: mmf.FusionDataset, meter: Meter) -> None:
        self.meter = meter
        self.viewer = napari.Viewer()
        self.viewer.window.resize(1500, 920)
        add_layers(self.viewer, data)
        self.dock = open_dock(self.viewer)
        self.canvas = scene_canvas(self.viewer)
        self.rest(0.5)

    def rest(self, seconds: float) -> None:
        """Let the window finish its pending work."""
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), lambda: loop.quit())
        loop.exec()

    def run(self, pace: Pace) -> float:
        """Seconds of a run, from the button until `finished`."""
        self.dock.run_panel.pace_box.value = pace
        loop = QEventLoop()
        ended: list[float] = []

        def end() -> None:
            ended.append(time.perf_counter())
            loop.quit()

        self.dock.session.finished.connect(end)
        self.meter.start()
        begun = time.perf_counter()
        self.dock.run()
        if not ended:
            loop.exec()
        self.dock.session.finished.disconnect(end)
        self.rest(0.3)  # thumbnails and histograms follow
        self.meter.stop()
        return ended[0] - begun

    def paint(self, *, changed: bool) -> float:
        """Seconds for painting the frames of a run without the plugin, layers changed or not."""
        layers = [layer for layer in self.viewer.layers if layer.visible]
        left = [FRAMES]
        loop = QEventLoop()

        def ask() -> None:
            for layer in layers if changed else ():
                layer.refresh(thumbnail=False, highlight=False, extent=False)
            self.canvas.update()

        def painted(_: object) -> None:
            left[0] -= 1
            QTimer.singleShot(0, ask if left[0] > 0 else loop.quit)

        self.canvas.events.draw.connect(painted, position="last")
        self.meter.start()
        begun = time.perf_counter()
        ask()
        loop.exec()
        self.meter.stop()
        self.canvas.events.draw.disconnect(painted)
        return time.perf_counter() - begun

    def fuse(self) -> mmf.FusionResult:
        """The fusion of the same layers without the window."""
        return mmf.fuse(self.dock.choice.source().dataset(), self.dock.parameters.value)

    def require_same(self) -> None:
        """Assert that the layers hold, bit for bit, what a plain fusion gives."""
        for element, image in self.fuse().maps.items():
            assert np.array_equal(self.dock.layers.fused(element).data, image), element


def blocked(window: Window) -> list[list[str]]:
    """What keeps the window's thread busy, and for how long, in runs that paint every iteration."""
    meter = window.meter

    def row(what: str, seconds: float) -> list[str]:
        gaps = meter.gaps()
        rest = meter.gaps(without=("painting", *OTHERS)).max()
        plugin, cpu = meter.walls("plugin"), meter.cpus("plugin")
        return [
            what,
            f"{seconds:.2f}",
            f"{np.median(gaps):.0f} / {np.percentile(gaps, 95):.0f} / {gaps.max():.0f}",
            f"{np.median(meter.walls('painting')):.0f} / {meter.walls('painting').max():.0f}",
            *(f"{meter.walls(owner).max():.0f}" for owner in OTHERS),
            f"{rest:.0f}",
            f"{np.percentile(plugin, 95):.1f} / {plugin.max():.1f}",
            f"{cpu.max():.1f}",
        ]

    rows = [row("first run", window.run(Pace.EVERY_ITERATION))]
    rows += [row("run again", window.run(Pace.EVERY_ITERATION)) for _ in range(2)]
    window.require_same()
    rows.append(row("napari alone, changed layers", window.paint(changed=True)))
    rows.append(row("napari alone, same layers", window.paint(changed=False)))
    return rows


def seen(window: Window) -> list[str]:
    """Number of different pictures on the canvas and of costs, and seconds, with all iterations."""
    pictures: list[int] = []
    session = window.dock.session

    def look(_: object) -> None:
        if session.runner.busy and len(window.dock.curves.costs):
            pictures.append(hash(read_pixels(alpha=False).tobytes()))

    window.canvas.events.draw.connect(look, position="last")
    seconds = window.run(Pace.EVERY_ITERATION)
    window.canvas.events.draw.disconnect(look)
    return [f"{len(set(pictures))}", f"{len(window.dock.curves.costs)}", f"{seconds:.2f}"]


def fast(window: Window) -> list[str]:
    """A run as fast as possible against a plain fusion and the painting of its frames."""
    plain, runs, painting, frames = [], [], [], []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        window.fuse()
        plain.append(time.perf_counter() - begun)
        runs.append(window.run(Pace.FAST))
        until = window.meter.started + runs[-1]
        spans = [s for s in window.meter.spans if s.owner == "painting" and s.end <= until]
        painting.append(sum(span.wall for span in spans))
        frames.append(len(spans))
    ratios = [(run - paint) / fuse for run, paint, fuse in zip(runs, painting, plain, strict=True)]
    middles = [statistics.median(values) * 1e3 for values in (plain, runs, painting)]
    return [
        *(f"{value:.0f}" for value in middles),
        f"{statistics.median(frames):.0f}",
        f"{statistics.median(ratios):.2f}",
    ]


def stopped(window: Window, pace: Pace) -> list[str]:
    """Milliseconds from a click on Stop until the solver ended, and what follows it."""
    solver: list[float] = []
    button: list[float] = []
    shown: list[float] = []
    ended_at: list[float] = []
    idle_at: list[float] = []

    def noted(*arguments: Any, **named: Any) -> mmf.FusionRun:
        run = mmf.fuse_iter(*arguments, **named)
        close = run.close

        def note_and_close() -> None:
            close()
            ended_at.append(time.perf_counter())

        run.close = note_and_close  # type: ignore[method-assign]
        return run

    def note_idle() -> None:
        assert not window.dock.run_panel.stop_button.enabled
        assert window.dock.run_panel.run_button.enabled
        idle_at.append(time.perf_counter())

    window.dock.session.ended.connect(note_idle)
    dice = random.Random(0)
    with patch.object(job_module, "fuse_iter", noted):
        for _ in range(STOPS):
            clicker = Clicker(window.dock.run_panel.stop_button.native.click)
            clicker.press_after(dice.uniform(0.3, 0.9))
            begun = time.perf_counter()
            seconds = window.run(pace)
            if len(window.dock.curves.costs) < FRAMES:
                solver.append((ended_at[-1] - clicker.at) * 1e3)
                button.append((idle_at[-1] - clicker.at) * 1e3)
                shown.append((begun + seconds - clicker.at) * 1e3)
    window.dock.session.ended.disconnect(note_idle)
    return [
        pace.value,
        f"{len(button)}",
        f"{statistics.median(solver):.0f} / {max(solver):.0f}",
        f"{statistics.median(button):.0f} / {max(button):.0f}",
        f"{statistics.median(shown):.0f} / {max(shown):.0f}",
    ]


def live(window: Window) -> list[str]:
    """Results refreshed and painted each second while lambda_tv is dragged; the end is checked."""
    dock = window.dock
    fresh: list[bool] = []
    shown: list[float] = []
    refreshed: list[float] = []

    def on_refreshed(_: object) -> None:
        refreshed.append(time.perf_counter())
        fresh.append(True)

    def on_draw(_: object) -> None:
        if fresh:
            fresh.clear()
            shown.append(time.perf_counter())

    def settle() -> None:
        while not dock.live.settled:
            window.rest(0.02)

    dock.run_panel.live_box.value = True
    settle()
    dock.session.refreshed.connect(on_refreshed)
    window.canvas.events.draw.connect(on_draw, position="last")
    field = dock.parameters.field("lambda_tv")
    values = iter(VALUES.tolist())
    drag, loop = QTimer(), QEventLoop()

    def move() -> None:
        value = next(values, None)
        if value is None:
            drag.stop()
            loop.quit()
        else:
            field.value = value

    drag.timeout.connect(move)
    begun = time.perf_counter()
    drag.start(DRAG)
    loop.exec()
    settle()
    window.canvas.events.draw.disconnect(on_draw)
    dock.session.refreshed.disconnect(on_refreshed)
    window.require_same()
    dock.run_panel.live_box.value = False
    return [
        f"{len(refreshed)}",
        f"{len(refreshed) / (refreshed[-1] - begun):.1f}",
        f"{len(shown) / (shown[-1] - begun):.1f}",
    ]


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=2048, help="of the large images (default 2048)")
    side = parser.parse_args().side
    meter = watched()
    window = Window(tutorial_data("DyScO3")[0], meter)
    print(table("DyScO3, every iteration: the thread of the window, ms", BLOCKED, blocked(window)))
    print(table("DyScO3, every iteration", ["different pictures", "costs", "s"], [seen(window)]))
    print(table("DyScO3, as fast as possible, ms", QUICK, [fast(window)]))
    print(table("DyScO3, Live: lambda_tv dragged over 20 values", LIVE, [live(window)]))
    window.viewer.close()
    large = f"{side} x {side} x 4"
    window = Window(random_data((side, side), 4), meter)
    print(table(f"{large}, every iteration: ms", BLOCKED, blocked(window)))
    print(table(f"{large}, as fast as possible, ms", QUICK, [fast(window)]))
    stops = [stopped(window, pace) for pace in Pace]
    print(table(f"{large}, ms from a click on Stop: median / longest", STOPPED, stops))
    window.viewer.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:  # keeps the user's settings out of it
        os.environ["XDG_CONFIG_HOME"] = folder
        os.environ["NAPARI_CONFIG"] = str(Path(folder) / "settings.yaml")
        main()
