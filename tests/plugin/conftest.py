"""What the tests of the plugin share."""

from __future__ import annotations

import gc
from functools import partial

import pytest

import napari_mmfusion as mmf

napari = pytest.importorskip("napari")


@pytest.fixture(scope="session", autouse=True)
def _modules_are_no_garbage():
    """napari collects garbage for every layer that is removed: spare it the loaded modules."""
    from napari._qt import qt_viewer  # noqa: F401  the last of napari that is loaded late

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _default_settings(tmp_path, monkeypatch):
    """Neither read nor write the user's napari settings."""
    from napari import settings

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    if hasattr(settings, "get_plugin_settings"):
        monkeypatch.setattr(settings, "_CFG_PATH", str(tmp_path / "napari" / "settings.yaml"))
        monkeypatch.setattr(settings, "_PLUGIN_SETTINGS", {})


@pytest.fixture(autouse=True)
def _method_that_is_set(request, monkeypatch):
    """Open docks with the method that the settings name, so that Run needs no search first."""
    if "automatic" not in request.keywords:
        monkeypatch.setattr("napari_mmfusion.plugin.dock.widget.load_automatic", lambda: False)


@pytest.fixture
def qtbot(qtbot):
    """Waits as long as a busy machine may need, and no longer than until its condition holds."""
    qtbot.waitUntil = partial(qtbot.waitUntil, timeout=60_000)
    return qtbot


@pytest.fixture(scope="session")
def phantom():
    """A small simulated sample."""
    return mmf.simulate("lattice", shape=(64, 96), counts=20, seed=1)


@pytest.fixture
def notices(monkeypatch):
    """Every error shown, as text."""
    from napari_mmfusion.plugin.qt.texts import notices as module

    shown: list[str] = []
    monkeypatch.setattr(module, "show_error", shown.append)
    return shown


@pytest.fixture
def dock(make_napari_viewer, phantom):
    """A dock in a window that shows the phantom."""
    from napari_mmfusion.plugin.dock.widget import FusionWidget
    from napari_mmfusion.plugin.layers.layer_data import add_layers

    viewer = make_napari_viewer(show=True)
    add_layers(viewer, phantom)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name="Multi-modal fusion")
    yield widget
    widget.close_session()


@pytest.fixture
def run_and_wait(qtbot):
    """Press Run (or do something else) and return when the run has ended."""

    def run(widget, start=None, timeout=60_000):
        with qtbot.waitCallback(timeout=timeout) as over:
            widget.session.finished.connect(over, check_nargs=False)
            (start or widget.run_panel.run_button.native.click)()
        widget.session.finished.disconnect(over)
        qtbot.waitUntil(lambda: not widget.session.unsettled, timeout=timeout)

    return run


@pytest.fixture
def messages(monkeypatch):
    """The messages about saving, instead of napari's notices."""
    from napari_mmfusion.plugin.dock.results import save_panel

    shown = []
    monkeypatch.setattr(save_panel, "show_info", shown.append)
    monkeypatch.setattr(
        save_panel, "report", lambda error, *_: shown.append(str(error)) or str(error)
    )
    return shown


@pytest.fixture
def answer_replace(monkeypatch):
    """Answer whether to replace files: yes, no, or None if no question is expected."""
    from qtpy.QtWidgets import QMessageBox

    questions = []

    def answer(replace):
        def question(_, __, text):
            questions.append(text)
            assert replace is not None, "no question was expected"
            buttons = QMessageBox.StandardButton
            return buttons.Yes if replace else buttons.No

        monkeypatch.setattr(QMessageBox, "question", question)
        return questions

    return answer
