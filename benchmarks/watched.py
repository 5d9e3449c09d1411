"""What is watched in the window: our work, and that of napari and of Python."""

from __future__ import annotations

from main_thread import Meter
from napari._qt.dialogs.qt_activity_dialog import QtActivityDialog
from napari._qt.qt_main_window import _QtMainWindow
from napari.components import ViewerModel

from napari_mmfusion.plugin.dock.curves import CostCurves
from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.qt.activity import Activity
from napari_mmfusion.plugin.qt.painting import CanvasWatch
from napari_mmfusion.plugin.qt.progress_line import ProgressLine
from napari_mmfusion.plugin.qt.turns import Turns
from napari_mmfusion.plugin.run.live import Live
from napari_mmfusion.plugin.run.runner import Runner

OTHERS = ("new layer", "progress bar", "collector")
"""What keeps the thread of the window besides painting and us."""


def watched() -> Meter:
    """A meter of all that Qt calls of ours while a fusion runs, and of what is napari's."""
    meter = Meter()
    meter.watch_painting(_QtMainWindow)
    meter.watch("new layer", ViewerModel, "add_image")
    meter.watch("progress bar", QtActivityDialog, "make_new_pbar")
    meter.watch_collector()
    meter.watch("ours", Turns, "_step")
    meter.watch("ours", Runner, "_on_yielded", "_on_finished")
    meter.watch("ours", CanvasWatch, "_on_draw", "_call")
    meter.watch("ours", CostCurves, "paintEvent")
    meter.watch("ours", ProgressLine, "paintEvent")
    meter.watch("ours", Activity, "_move")
    meter.watch("ours", Live, "ask", "_on_rest")
    meter.watch("ours", FusionWidget, "run")
    return meter
