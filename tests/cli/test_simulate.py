"""``mmfusion simulate``: every specimen is listed, and the file is what `simulate` returns."""

from __future__ import annotations

import numpy as np

import napari_mmfusion as mmf


def test_it_lists_every_specimen(mmfusion):
    code, out, err = mmfusion("simulate")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(mmf.PHANTOMS)


def test_the_file_holds_what_was_simulated(mmfusion, tmp_path):
    options = ["--shape", "48", "64", "--counts", "7", "--seed", "3", "--gamma", "1"]
    flaws = ["--haadf-drift", "1.5", "--haadf-offset", "0.2", "--weighting", "z^1.7"]
    code, out, err = mmfusion("simulate", "porous", "-o", tmp_path, *options, *flaws)
    assert (code, err) == (0, "")
    assert "porous.npz: Au, Ag, Cu, 48 x 64" in out
    data = mmf.load(tmp_path / "porous.npz")
    simulated = mmf.simulate(
        "porous",
        shape=(48, 64),
        counts=7,
        seed=3,
        gamma=1,
        weighting="z^1.7",
        haadf_drift=1.5,
        haadf_offset=0.2,
    )
    np.testing.assert_array_equal(data.haadf, simulated.haadf)
    for element, image in simulated.maps.items():
        np.testing.assert_array_equal(data.maps[element], image)
    assert data.pixel_size == simulated.pixel_size


def test_a_file_is_replaced_only_if_asked(mmfusion, tmp_path):
    simulate = ("simulate", "wedge", "-o", tmp_path, "--shape", "32", "32")
    assert mmfusion(*simulate)[0] == 0
    before = (tmp_path / "wedge.npz").read_bytes()
    code, _, err = mmfusion(*simulate, "--seed", "9")
    assert code == 1
    assert "--overwrite" in err
    assert (tmp_path / "wedge.npz").read_bytes() == before
    assert mmfusion(*simulate, "--seed", "9", "--overwrite")[0] == 0
    assert (tmp_path / "wedge.npz").read_bytes() != before


def test_what_is_wrong_is_said_in_options(mmfusion, tmp_path):
    code, _, err = mmfusion("simulate", "cube", "-o", tmp_path)
    assert code == 1
    assert "'cube'" in err
    assert "needles" in err
    code, _, err = mmfusion("simulate", "wedge", "-o", tmp_path, "--haadf-blur", "-1")
    assert code == 1
    assert "--haadf-blur" in err
