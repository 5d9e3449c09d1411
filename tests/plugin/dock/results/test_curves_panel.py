"""The cost curves with their controls: what the export writes, and what it says."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtWidgets import QFileDialog

from napari_mmfusion.plugin.dock.results.curves_panel import CurvesPanel

pytestmark = pytest.mark.gui

COSTS = np.arange(1.0, 7.0).reshape(2, 3)


@pytest.fixture
def panel(qtbot):
    made = CurvesPanel()
    qtbot.addWidget(made)
    made.begin(2)
    made.append(COSTS)
    return made


@pytest.fixture
def choose(monkeypatch):
    """Answer the dialog for the file."""

    def answer(file):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))

    return answer


def read(file):
    return np.loadtxt(file, delimiter=",", skiprows=1)


@pytest.mark.parametrize("name", ["costs", "costs.csv", "run.1", "COSTS.CSV"])
def test_the_export_adds_its_ending_and_says_where_it_wrote(panel, choose, tmp_path, name):
    choose(tmp_path / name)
    panel.export_button.click()
    (file,) = tmp_path.iterdir()
    assert file.name == (name if name.lower().endswith(".csv") else f"{name}.csv")
    np.testing.assert_array_equal(read(file)[:, 1:], COSTS)
    assert panel.message.text() == f"Costs written to {file}"
    assert not panel.message.isHidden()
    panel.begin(2)
    assert panel.message.isHidden()


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_the_dialog_did_not_ask_about_is_asked_for(
    panel, choose, tmp_path, answer_replace, replace
):
    (tmp_path / "costs.csv").write_text("mine")
    questions = answer_replace(replace)
    choose(tmp_path / "costs")
    panel.export_button.click()
    assert len(questions) == 1
    assert ((tmp_path / "costs.csv").read_text() == "mine") == (not replace)


def test_what_cannot_be_written_is_said_in_the_dock(panel, choose, tmp_path):
    choose(tmp_path / "missing" / "costs.csv")
    panel.export_button.click()
    assert "were not written: No such file" in panel.message.text()
    choose("")
    panel.export_button.click()
