"""Two data sets of one shape in one window: nothing of one is taken for the other."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from qtpy.QtWidgets import QFileDialog, QPushButton

from napari_mmfusion.plugin.contributions import menu_commands
from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.layers.results.file_layers import add_file

pytestmark = pytest.mark.gui


@pytest.fixture
def files(tmp_path):
    """Two files of one shape and one set of elements, in two folders."""
    paths = []
    for name, seed in (("first", 1), ("second", 2)):
        data = mmf.simulate("lattice", shape=(40, 56), counts=20, seed=seed)
        folder = tmp_path / name
        folder.mkdir()
        paths.append(folder / f"{name}.npz")
        np.savez(paths[-1], HAADF=data.haadf, **data.maps)
    return paths


@pytest.fixture
def dock(make_napari_viewer, files):
    viewer = make_napari_viewer(show=True)
    for file in files:
        add_file(viewer, file)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name="Multi-modal fusion")
    widget.parameters.field("n_iter").value = 5
    yield widget
    widget.close_session()


def choose(dock, name):
    box = dock.table._grid.itemAtPosition(1, 2).widget()
    box.setCurrentText(name)
    box.activated.emit(box.currentIndex())


def visible(dock):
    return {layer.name for layer in dock._viewer.layers if layer.visible}


def assert_is_of(dock, file):
    expected = mmf.fuse(mmf.load(file), n_iter=5)
    result = dock.session.result
    assert result.data.name == str(file)
    assert result.data.source_sha256 == mmf.load(file).source_sha256
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(result.maps[element], image)
        layer = dock.layers.fused(element)
        np.testing.assert_array_equal(layer.data, image)
        assert LayerNote.of(layer).file == str(file)


def test_each_is_fused_with_its_own_maps(dock, files, run_and_wait):
    run_and_wait(dock)
    assert_is_of(dock, files[0])
    choose(dock, "HAADF [1]")
    run_and_wait(dock)
    assert_is_of(dock, files[1])
    assert "Sc fused (second)" in dock._viewer.layers
    assert f"mmf.load({str(files[1])!r}" in dock.script()
    assert "second_fused" in dock.script()
    choose(dock, "HAADF")
    assert_is_of(dock, files[0])
    np.testing.assert_array_equal(dock.curves.costs, dock.session.result.costs)


def test_the_line_under_the_table_offers_the_other(dock, files):
    assert dock.lines.words[:2] == ["This fuses first.", "second is open too."]
    (button,) = [b for b in dock.lines.findChildren(QPushButton) if b.text() == "Fuse it"]
    button.click()
    assert dock.choice.name == "second"
    assert dock.lines.words[:2] == ["This fuses second.", "first is open too."]
    assert dock.choice.source().name == str(files[1])


def test_leaving_one_hides_its_layers_and_coming_back_shows_them(dock, run_and_wait):
    run_and_wait(dock)
    assert visible(dock) == {"Sc fused", "Dy fused", "O fused"}
    dock._viewer.layers["Dy fused"].visible = False
    dock._viewer.layers["HAADF"].visible = True
    left = visible(dock)
    choose(dock, "HAADF [1]")
    assert visible(dock) == {"HAADF [1]", "Sc [1]", "Dy [1]", "O [1]"}
    choose(dock, "HAADF")
    assert visible(dock) == left


def test_a_run_that_ends_after_its_data_were_left_stays_with_them(dock, files, run_and_wait):
    dock.session.began.connect(lambda: choose(dock, "HAADF [1]"))
    run_and_wait(dock)
    assert dock.session.result is None
    assert visible(dock) == {"HAADF [1]", "Sc [1]", "Dy [1]", "O [1]"}
    assert "made from other data (first)" in dock.run_panel.stale.text()
    choose(dock, "HAADF")
    assert_is_of(dock, files[0])
    assert visible(dock) >= {"Sc fused", "Dy fused", "O fused"}


@pytest.fixture
def dialogs(monkeypatch):
    """Titles and first folders of the dialogs that were shown."""
    shown = []

    def cancel(_, title, first, *__):
        shown.append((title, first))
        return ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", cancel)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (cancel(*a), ""))
    return shown


def test_saving_writes_what_is_chosen(dock, files, run_and_wait, dialogs, messages, tmp_path):
    run_and_wait(dock)
    choose(dock, "HAADF [1]")
    dock.save.ask_and_save()
    assert dialogs == []
    assert "press Run first" in messages[0]  # the result of the other is not taken
    run_and_wait(dock)
    dock.save.ask_and_save()
    dock.save.ask_and_save_figure()
    assert dialogs == [
        ("Folder for the result of second", str(files[1].parent)),
        (
            "Figure of what the canvas shows",
            str(files[1].parent / "second_figure.png"),
        ),
    ]
    assert "the result of second" in dock.save.button.tooltip
    folder = dock.save.save_to(tmp_path / "out")
    assert mmf.load_result(folder).data.source_sha256 == mmf.load(files[1]).source_sha256


def test_the_menu_saves_what_the_dock_shows(dock, run_and_wait, dialogs, monkeypatch):
    monkeypatch.setattr(menu_commands, "_viewer", lambda: dock._viewer)
    run_and_wait(dock)
    choose(dock, "HAADF [1]")
    run_and_wait(dock)
    choose(dock, "HAADF")
    menu_commands.save_results()
    assert [title for title, _ in dialogs] == ["Folder for the result of first"]


def test_trust_and_compare_act_on_the_chosen_one(dock, run_and_wait, qtbot):
    run_and_wait(dock)
    dock.trust.buttons["residuals"].click()
    qtbot.waitUntil(lambda: not dock.trust.busy)
    dock.compare.mode.value = "Grid"
    choose(dock, "HAADF [1]")
    assert "residual" not in " ".join(visible(dock))
    qtbot.waitUntil(lambda: dock.compare.mode.value == "None")  # there is nothing fused yet
    assert visible(dock) == {"HAADF [1]", "Sc [1]", "Dy [1]", "O [1]"}
    dock.trust.buttons["residuals"].click()
    assert "press Run" in dock.trust.message.text()
    run_and_wait(dock)
    dock.compare.mode.value = "Grid"
    assert visible(dock) == {
        "HAADF [1]", "Sc [1]", "Dy [1]", "O [1]",
        "HAADF model (second)", "Sc fused (second)", "Dy fused (second)", "O fused (second)",
    }  # fmt: skip
    dock.compare.mode.value = "None"
    dock.trust.buttons["residuals"].click()
    qtbot.waitUntil(lambda: not dock.trust.busy)
    readings = {
        LayerNote.of(layer).reading
        for layer in dock._viewer.layers
        if LayerNote.of(layer).role is Role.TRUST
    }
    assert len(readings) == 2


def test_a_mixture_is_said_and_written(dock, run_and_wait):
    dock.choice.assign(dock.choice.rows[0], dock._viewer.layers["Sc [1]"])
    words = "Dy, O of first; Sc of second with the HAADF of first"
    assert f"This fuses {words}." in dock.lines.words
    run_and_wait(dock)
    assert dock.session.result.data.name == words
    assert dock.session.result.data.source_sha256 is None
    names = {}
    exec(dock.script().replace("mmf.save", "0 and mmf.save"), names)
    for element, image in dock.session.result.maps.items():
        np.testing.assert_array_equal(names["result"].maps[element], image)


def test_auto_started_on_other_data_changes_nothing(dock, qtbot):
    before = dock.parameters.value
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
        choose(dock, "HAADF [1]")
    assert dock.parameters.value == before
    assert "Other data" in dock.auto.message.text()


def test_iterations_of_one_do_not_replace_those_of_the_other(dock, run_and_wait):
    dock.run_panel.history_box.value = True
    run_and_wait(dock)
    first = dock._viewer.layers["O iterations"]
    choose(dock, "HAADF [1]")
    run_and_wait(dock)
    assert first in dock._viewer.layers
    assert not first.visible
    run_and_wait(dock)  # but the next of the same data does
    stacks = [layer for layer in dock._viewer.layers if layer.ndim == 3]
    assert len(stacks) == 6
