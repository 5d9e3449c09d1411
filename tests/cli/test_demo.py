"""``mmfusion demo``: a clear gain, stated correctly, and all files in one folder."""

from __future__ import annotations

import re

import matplotlib.image
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import main
from napari_mmfusion.simulate import nrmse


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "new" / "demo"
    assert main(["demo", "-o", str(folder)]) == 0
    return folder


def test_it_writes_sample_results_and_figure(folder):
    assert {path.name for path in folder.iterdir()} == {
        "sample.npz",
        "figure.png",
        "haadf_recon.tif",
        "Sc_signal.tif",
        "Dy_signal.tif",
        "O_signal.tif",
        "Fused_Reconstruction.h5",
    }


def test_the_sample_loads_as_it_was_simulated(folder):
    data = mmf.load(folder / "sample.npz")
    simulated = mmf.simulate("lattice", counts=5)
    assert data.elements == simulated.elements
    assert (data.pixel_size, data.unit) == (simulated.pixel_size, simulated.unit)
    for element, image in simulated.maps.items():
        np.testing.assert_array_equal(data.maps[element], image)
    np.testing.assert_array_equal(data.haadf, simulated.haadf)


def test_the_gain_is_clear_and_printed_as_it_is(mmfusion, tmp_path):
    code, out, err = mmfusion("demo", "-o", tmp_path / "demo")
    assert (code, err) == (0, "")
    printed = re.findall(r"^  (\w+) +raw ([\d.]+)  fused ([\d.]+)$", out, re.MULTILINE)
    assert [element for element, _, _ in printed] == ["Sc", "Dy", "O"]
    truth = mmf.simulate("lattice", counts=5).truth
    result = mmf.load(tmp_path / "demo" / "sample.npz")
    for element, raw, fused in printed:
        assert float(raw) == pytest.approx(nrmse(result.maps[element], truth[element]), abs=1e-3)
        assert float(fused) < 0.4 * float(raw)
    assert "Converged after" in out


def test_the_figure_is_a_picture(folder):
    picture = matplotlib.image.imread(folder / "figure.png")
    height, width, _ = picture.shape
    assert min(height, width) > 1500
    assert len(np.unique((picture[::7, ::7, :3] * 255).astype(int).reshape(-1, 3), axis=0)) > 500


def test_an_earlier_demo_is_overwritten_only_on_request(mmfusion, folder):
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    code, _, err = mmfusion("demo", "-o", folder)
    assert code == 1
    assert "--overwrite" in err
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    figure = (folder / "figure.png").read_bytes()
    code, _, _ = mmfusion("demo", "-o", folder, "--overwrite")
    assert code == 0
    assert (folder / "figure.png").read_bytes() == figure


def test_a_file_of_the_user_is_not_overwritten_either(mmfusion, tmp_path):
    (tmp_path / "figure.png").write_text("mine")
    code, _, err = mmfusion("demo", "-o", tmp_path)
    assert code == 1
    assert "figure.png" in err
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]
