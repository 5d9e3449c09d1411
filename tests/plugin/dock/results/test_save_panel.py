"""The Save button."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf

components = pytest.importorskip("napari.components")

from qtpy.QtWidgets import QFileDialog  # noqa: E402

from napari_mmfusion.io import layout  # noqa: E402
from napari_mmfusion.plugin.dock.results import save_panel  # noqa: E402
from napari_mmfusion.plugin.dock.results.save_panel import SavePanel  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import (  # noqa: E402
    add_layers,
    fused_layer_data,
    show_layers,
)
from napari_mmfusion.plugin.layers.layer_set import LayerSet  # noqa: E402
from napari_mmfusion.plugin.layers.results.file_layers import add_file  # noqa: E402

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]

FILES = ["Co_signal.tif", "Fused_Reconstruction.h5", "O_signal.tif", "S_signal.tif"]
FILES.append("haadf_recon.tif")


@pytest.fixture(scope="module")
def result():
    return mmf.fuse(mmf.simulate("core-shell", shape=(24, 32), counts=20), n_iter=3)


@pytest.fixture
def viewer():
    return components.ViewerModel()


@pytest.fixture
def panel(viewer, result, qtbot):
    made = SavePanel(viewer, LayerSet(viewer), lambda: result)
    qtbot.addWidget(made.native)
    return made


@pytest.fixture
def answers(monkeypatch, answer_replace):
    """Answer the dialogs: the folder, and whether to replace."""

    def give(folder, replace=None):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
        return answer_replace(replace)

    return give


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def click(panel, qtbot):
    with qtbot.waitSignal(panel.task.done):
        panel.button.changed.emit(True)


def test_the_button_writes_the_folder_and_says_where(
    panel, result, qtbot, tmp_path, answers, messages
):
    answers(tmp_path / "out")
    saved = []
    panel.saved.connect(saved.append)
    click(panel, qtbot)
    assert (
        names_in(tmp_path / "out")
        == sorted(FILES)
        == sorted(layout.result_files(result.data.elements))
    )
    assert saved == [tmp_path / "out"]
    assert messages == [f"Saved to {tmp_path / 'out'}"]
    assert panel.button.enabled
    assert panel.button.text == "Save results..."
    np.testing.assert_array_equal(
        tifffile.imread(tmp_path / "out" / "Co_signal.tif"), result.maps["Co"]
    )


def test_files_are_replaced_only_after_confirmation(panel, qtbot, tmp_path, answers, messages):
    (tmp_path / "Co_signal.tif").write_text("precious")
    questions = answers(tmp_path, replace=False)
    panel.ask_and_save()
    assert not panel.busy
    assert "'Co_signal.tif'" in questions[0]
    assert names_in(tmp_path) == ["Co_signal.tif"]
    assert (tmp_path / "Co_signal.tif").read_text() == "precious"
    answers(tmp_path, replace=True)
    click(panel, qtbot)
    assert names_in(tmp_path) == sorted(FILES)
    assert messages == [f"Saved to {tmp_path}"]


def test_a_dialog_that_is_cancelled_writes_nothing(panel, answers, messages):
    answers("")
    panel.ask_and_save()
    assert not panel.busy
    assert messages == []


def test_without_a_result_the_message_says_what_to_do(viewer, qtbot, messages, answers):
    panel = SavePanel(viewer, LayerSet(viewer))
    qtbot.addWidget(panel.native)
    answers("/nowhere")
    panel.ask_and_save()
    assert messages == ["there is no fused layer to save; press Run first"]
    with pytest.raises(mmf.MMFusionWriteError, match="press Run first"):
        panel.save_to("/nowhere")


def test_a_failure_loses_nothing_and_is_reported_once(
    panel, qtbot, tmp_path, answers, messages, monkeypatch
):
    (tmp_path / "Co_signal.tif").write_text("precious")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("napari_mmfusion.io.atomic_write.os.fsync", full)
    answers(tmp_path, replace=True)
    click(panel, qtbot)
    assert len(messages) == 1
    assert "No space left on device" in messages[0]
    assert names_in(tmp_path) == ["Co_signal.tif"]
    assert (tmp_path / "Co_signal.tif").read_text() == "precious"
    assert panel.button.enabled


def test_save_to_never_replaces_without_request(panel, tmp_path):
    assert panel.save_to(tmp_path / "a") == tmp_path / "a"
    with pytest.raises(mmf.MMFusionWriteError, match="exist already"):
        panel.save_to(tmp_path / "a")
    assert panel.save_to(tmp_path / "a", overwrite=True) == tmp_path / "a"


def test_files_are_written_in_another_thread(
    panel, qtbot, tmp_path, answers, messages, monkeypatch
):
    threads = []

    def save(_, folder, __):
        threads.append(threading.current_thread())
        return Path(folder)

    monkeypatch.setattr(save_panel, "save", save)
    answers(tmp_path)
    click(panel, qtbot)
    assert threads[0] is not threading.main_thread()
    assert messages == [f"Saved to {tmp_path}"]


def test_closing_the_window_meanwhile_loses_no_file(
    make_napari_viewer, result, qtbot, tmp_path, answers, monkeypatch
):
    viewer = make_napari_viewer()
    panel = SavePanel(viewer, LayerSet(viewer), lambda: result)
    viewer.window.add_dock_widget(panel)
    closed, save = threading.Event(), save_panel.save

    def late(*arguments):
        closed.wait(30)
        return save(*arguments)

    monkeypatch.setattr(save_panel, "save", late)
    answers(tmp_path / "out")
    panel.ask_and_save()
    assert not panel.button.enabled
    viewer.close()
    qtbot.wait(50)
    with qtbot.waitSignal(panel.task.done):
        closed.set()
    assert names_in(tmp_path / "out") == sorted(FILES)


def test_a_file_of_results_that_was_opened_can_be_saved_again(viewer, panel, qtbot, tmp_path):
    folder = panel.save_to(tmp_path / "first")
    add_file(viewer, folder / "Fused_Reconstruction.h5")
    viewer.add_image(np.zeros((3, 3)), name="another")
    again = SavePanel(viewer, LayerSet(viewer))
    qtbot.addWidget(again.native)
    again.save_to(tmp_path / "second")
    assert names_in(tmp_path / "first") == names_in(tmp_path / "second")
    for name in FILES:
        if name.endswith(".tif"):
            one, other = (tifffile.imread(tmp_path / part / name) for part in ("first", "second"))
            np.testing.assert_array_equal(one, other)


def test_layers_that_are_missing_are_named(viewer, qtbot, result):
    add_layers(viewer, result.data)
    show_layers(viewer, fused_layer_data(result))
    viewer.layers.remove("S fused")
    viewer.layers.remove("HAADF")
    panel = SavePanel(viewer, LayerSet(viewer))
    qtbot.addWidget(panel.native)
    with pytest.raises(mmf.MMFusionWriteError, match="'S fused', 'HAADF' are not among"):
        panel.result()
