"""Copy as Python: the script reproduces the run of the dock."""

from __future__ import annotations

import subprocess
import sys

import h5py
import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtGui import QGuiApplication

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.results.file_layers import add_file

pytestmark = pytest.mark.gui


def copied(dock):
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    dock.tools.copy_button.click()
    return clipboard.text()


def test_the_script_reproduces_the_result(
    make_napari_viewer, phantom, tmp_path, run_and_wait, notices
):
    path = tmp_path / "it's data.npz"
    np.savez(path, HAADF=phantom.haadf, **phantom.maps, pixel_size=0.1, unit="nm")
    viewer = make_napari_viewer(show=True)
    add_file(viewer, path)
    dock = FusionWidget(viewer)
    viewer.window.add_dock_widget(dock)
    for name, value in {"lambda_tv": 0.03, "threshold": 0.1, "n_iter": 7, "gamma": 1.5}.items():
        dock.parameters.field(name).value = value
    dock.parameters.field("tv").value = "anisotropic"
    rows = {row.symbol: row for row in dock.choice.rows}
    rows["Dy"].enabled, rows["Dy"].typed_enabled = False, True
    rows["Sc"].typed_number = 40
    run_and_wait(dock)
    result = dock.session.result

    script = copied(dock)
    compile(script, "copied.py", "exec")
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(result.verdict)
    with h5py.File(tmp_path / "it's data_fused" / "Fused_Reconstruction.h5") as file:
        fused = {name.removeprefix("fused_") for name in file if name.startswith("fused_")}
        assert fused == {"haadf", "Sc", "O"}
        for element, image in result.maps.items():
            np.testing.assert_array_equal(file[f"fused_{element}"][()], image)
        np.testing.assert_array_equal(file["fused_haadf"][()], result.haadf)
    assert not notices
    dock.close_session()


def test_without_a_file_the_script_says_what_to_fill_in(dock):
    script = copied(dock)
    compile(script, "copied.py", "exec")
    assert "name one here" in script
    assert "elements=['Sc', 'Dy', 'O']" in script


def test_without_data_there_is_a_notice_and_no_script(dock, notices):
    dock._viewer.layers.clear()
    assert copied(dock) == ""
    assert len(notices) == 1
    assert "no HAADF layer" in notices[0]
