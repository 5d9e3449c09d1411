"""Load...: files are read in another thread than the window's."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtCore import QEvent
from qtpy.QtWidgets import QApplication, QFileDialog

from napari_mmfusion.plugin.dock.data import file_loader
from napari_mmfusion.plugin.dock.widget import FusionWidget

pytestmark = pytest.mark.gui


@pytest.fixture
def empty(make_napari_viewer):
    """A dock in a window without layers."""
    viewer = make_napari_viewer(show=True)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name="Multi-modal fusion")
    yield widget
    widget.close_session()


@pytest.fixture
def sample(tmp_path, phantom):
    path = tmp_path / "sample.npz"
    np.savez(path, HAADF=phantom.haadf, **phantom.maps)
    return path


@pytest.fixture
def choose(monkeypatch):
    """Answer the dialog with these files."""

    def answer(*paths):
        names = [str(path) for path in paths]
        monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (names, ""))

    return answer


@pytest.fixture
def held_back(monkeypatch):
    """Files are read when the test allows it; records which threads read them."""
    go, threads, read = threading.Event(), [], file_loader.file_layers

    def late(path):
        threads.append(threading.current_thread())
        assert go.wait(30)
        return read(path)

    monkeypatch.setattr(file_loader, "file_layers", late)
    yield go, threads
    go.set()


def delete(widget):
    """Delete a Qt widget now, as when its last reference goes."""
    widget.deleteLater()
    QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete.value)


def load(dock, qtbot):
    with qtbot.waitCallback(timeout=30_000) as over:
        dock.loader.finished.connect(over, check_nargs=False)
        dock.load_button.native.click()
    dock.loader.finished.disconnect(over)


def test_the_button_opens_a_file(empty, sample, choose, qtbot, notices):
    choose(sample)
    load(empty, qtbot)
    assert [layer.name for layer in empty._viewer.layers] == ["HAADF", "Sc", "Dy", "O"]
    assert [row.symbol for row in empty.choice.rows] == ["Sc", "Dy", "O"]
    assert not notices


def test_the_window_stays_responsive_while_a_file_is_read(empty, sample, choose, qtbot, held_back):
    go, threads = held_back
    choose(sample)
    empty.load_button.native.click()
    assert (empty.load_button.text, empty.load_button.enabled) == ("Loading...", False)
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] is not threading.main_thread()
    assert not empty._viewer.layers
    go.set()
    qtbot.waitUntil(lambda: not empty.loader.busy)
    assert (empty.load_button.text, empty.load_button.enabled) == ("Load...", True)
    assert len(empty._viewer.layers) == 4


def test_a_bad_file_is_named_and_the_others_open(empty, sample, tmp_path, choose, qtbot, notices):
    bad = tmp_path / "bad.npz"
    np.savez(bad, Sc=np.eye(3))
    choose(bad, sample, tmp_path / "missing.h5")
    load(empty, qtbot)
    assert len(empty._viewer.layers) == 4
    assert len(notices) == 2
    assert notices[0].startswith("bad.npz: no HAADF image found")
    assert "missing.h5" in notices[1]
    assert empty.load_button.enabled


def test_a_programming_error_is_reported_as_one(empty, sample, choose, qtbot, notices, monkeypatch):
    def fail(_):
        raise KeyError("broken")

    monkeypatch.setattr(file_loader, "file_layers", fail)
    choose(sample)
    load(empty, qtbot)
    assert notices == ["Loading failed: KeyError: 'broken'"]


def test_a_cancelled_dialog_does_nothing(empty, choose):
    choose()
    empty.load_button.native.click()
    assert not empty.loader.busy
    assert empty.load_button.enabled


def test_a_window_closed_meanwhile_gets_no_layers(empty, sample, choose, qtbot, held_back):
    go, _ = held_back
    choose(sample)
    viewer, loader = empty._viewer, empty.loader
    empty.load_button.native.click()
    viewer.close()
    QApplication.processEvents()
    go.set()
    qtbot.waitUntil(lambda: not loader.busy)
    assert not viewer.layers


def test_a_dock_closed_meanwhile_leaves_the_layers(empty, sample, choose, qtbot, held_back):
    go, _ = held_back
    choose(sample)
    viewer, loader = empty._viewer, empty.loader
    empty.load_button.native.click()
    viewer.window.remove_dock_widget(empty.native)
    delete(empty.native)
    go.set()
    qtbot.waitUntil(lambda: not loader.busy)
    assert len(viewer.layers) == 4


def test_the_program_ends_without_waiting_for_a_disk_that_hangs():
    code = (
        "import threading; from qtpy.QtCore import QCoreApplication;"
        "from napari_mmfusion.plugin.qt.work.task import Task;"
        "app = QCoreApplication([]); task = Task(daemon=True);"
        "task.start(lambda _: threading.Event().wait()); assert task.busy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
