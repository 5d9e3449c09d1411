"""What is watched in the window: the work of the plugin, of napari and of Python."""

from __future__ import annotations

from main_thread import Meter
from napari._qt.dialogs.qt_activity_dialog import QtActivityDialog
from napari._qt.qt_main_window import _QtMainWindow
from napari.components import ViewerModel

from napari_mmfusion.plugin.dock.results.curves import CostCurves
from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.qt.painting import CanvasWatch
from napari_mmfusion.plugin.qt.work.activity import Activity
from napari_mmfusion.plugin.qt.work.progress_line import ProgressLine
from napari_mmfusion.plugin.qt.work.turns import Turns
from napari_mmfusion.plugin.run.live import Live
from napari_mmfusion.plugin.run.runner import Runner

OTHERS = ("new layer", "progress bar", "collector")
"""What else keeps the window's thread busy, besides painting and the plugin."""


def watched() -> Meter:
    """A meter of the functions of the plugin that Qt calls during a fusion, and of napari's."""
    meter = Meter()
    meter.watch_painting(_QtMainWindow)
    meter.watch("new layer", ViewerModel, "add_image")
    meter.watch("progress bar", QtActivityDialog, "make_new_pbar")
    meter.watch_collector()
    meter.watch("plugin", Turns, "_step")
    meter.watch("plugin", Runner, "_on_yielded", "_on_finished")
    meter.watch("plugin", CanvasWatch, "_on_draw", "_call")
    meter.watch("plugin", CostCurves, "paintEvent")
    meter.watch("plugin", ProgressLine, "paintEvent")
    meter.watch("plugin", Activity, "_move")
    meter.watch("plugin", Live, "ask", "_on_rest")
    meter.watch("plugin", FusionWidget, "run")
    return meter
