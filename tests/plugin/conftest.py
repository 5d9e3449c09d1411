"""What the tests of the plugin share."""

from __future__ import annotations

from functools import partial

import pytest

import napari_mmfusion as mmf

napari = pytest.importorskip("napari")


@pytest.fixture(autouse=True)
def _settings_of_nobody(tmp_path, monkeypatch):
    """Neither read nor write what the person who runs the tests has set in napari."""
    from napari import settings

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    if hasattr(settings, "get_plugin_settings"):
        monkeypatch.setattr(settings, "_CFG_PATH", str(tmp_path / "napari" / "settings.yaml"))
        monkeypatch.setattr(settings, "_PLUGIN_SETTINGS", {})


@pytest.fixture
def qtbot(qtbot):
    """Waits as long as a busy machine may need; none waits longer than for what it waits for."""
    qtbot.waitUntil = partial(qtbot.waitUntil, timeout=60_000)
    return qtbot


@pytest.fixture(scope="session")
def phantom():
    """A small simulated sample."""
    return mmf.simulate("lattice", shape=(64, 96), counts=20, seed=1)


@pytest.fixture
def notices(monkeypatch):
    """Every error shown, as text."""
    from napari_mmfusion.plugin.qt import notices as module

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
    """Press Run (or do something else) and return when all is over."""

    def run(widget, start=None, timeout=60_000):
        with qtbot.waitCallback(timeout=timeout) as over:
            widget.session.finished.connect(over, check_nargs=False)
            (start or widget.run_panel.run_button.native.click)()
        widget.session.finished.disconnect(over)
        qtbot.waitUntil(lambda: not widget.session.unsettled, timeout=timeout)

    return run


@pytest.fixture
def told(monkeypatch):
    """What a person is told about saving, in place of napari's notices."""
    from napari_mmfusion.plugin.dock import save_panel

    messages = []
    monkeypatch.setattr(save_panel, "show_info", messages.append)
    monkeypatch.setattr(save_panel, "report", lambda error, *_: messages.append(str(error)))
    return messages


@pytest.fixture
def answer_replace(monkeypatch):
    """Answer whether to replace files: yes, no, or None where nobody should ask."""
    from qtpy.QtWidgets import QMessageBox

    questions = []

    def answer(replace):
        def question(_, __, text):
            questions.append(text)
            assert replace is not None, "nobody expected a question"
            buttons = QMessageBox.StandardButton
            return buttons.Yes if replace else buttons.No

        monkeypatch.setattr(QMessageBox, "question", question)
        return questions

    return answer
