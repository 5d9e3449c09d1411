"""``mmfusion info``: what is in a file."""

from __future__ import annotations

import subprocess
import sys

import h5py
import numpy as np

HAADF = np.arange(12, dtype=np.float64).reshape(3, 4)


def row_of(out, name):
    (row,) = [line.split() for line in out.splitlines() if line.startswith(f"{name} ")]
    return row


def test_it_describes_every_image(mmfusion, tmp_path):
    path = tmp_path / "data.npz"
    cobalt = np.array([[0, 0, 0, 4], [0, 0, 0, 4], [0, 1, 2, 1]], dtype=np.uint16)
    np.savez(path, HAADF=HAADF, Co_K=cobalt, pixel_size=0.25, unit="nm")
    code, out, err = mmfusion("info", path)
    assert (code, err) == (0, "")
    heads = "HAADF HAADF - 3 x 4 float64 0 11 5.5 8.3% 0 0"
    assert row_of(out, "HAADF") == heads.split()
    assert row_of(out, "Co_K") == "Co_K Co 27 3 x 4 uint16 0 4 1 58.3% 0 0".split()
    assert out.splitlines()[0] == "data.npz"
    assert out.splitlines()[-1] == "To fuse: HAADF with Co. Pixel size: 0.25 nm."


def test_it_counts_values_that_are_not_finite_and_names_the_problem(mmfusion, tmp_path):
    path = tmp_path / "data.npz"
    oxygen = np.array([[np.nan, 1.0], [np.inf, -3.0]])
    np.savez(path, HAADF=np.eye(2), O=oxygen, Sc=np.full((2, 2), np.nan))
    code, out, _ = mmfusion("info", path)
    assert code == 0
    assert row_of(out, "O") == "O O 8 2 x 2 float64 -3 1 -1 0.0% 1 1".split()
    assert row_of(out, "Sc")[-6:] == ["nan", "nan", "nan", "0.0%", "4", "0"]
    assert "O: has values that are not finite" in out
    assert out.splitlines()[-1] == "Cannot be fused as it is, because of O, Sc."


def test_it_says_what_has_no_contrast(mmfusion, tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, HAADF=np.eye(2), O=np.eye(2), Sc=np.full((2, 2), 7))
    _, out, _ = mmfusion("info", path)
    assert "Sc: every pixel is equal" in out
    assert out.splitlines()[-1] == "Cannot be fused as it is, because of Sc."


def test_it_describes_what_cannot_be_fused(mmfusion, tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, spectrum=np.ones(7), notes=np.array(["a", "b"]), Fe=np.eye(3))
    code, out, err = mmfusion("info", path)
    assert (code, err) == (0, "")
    assert row_of(out, "spectrum")[:3] == ["spectrum", "-", "-"]
    assert any(line.startswith("notes: ") for line in out.splitlines())
    assert out.splitlines()[-1].startswith("Cannot be fused as it is: ")


def test_it_looks_into_a_group(mmfusion, tmp_path):
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        for group, value in (("map6", 1.0), ("map7", 2.0)):
            file[f"{group}/HAADF"] = HAADF
            file[f"{group}/Mn"] = value * HAADF
    _, everything, _ = mmfusion("info", path)
    assert row_of(everything, "map6/Mn")[1:3] == ["Mn", "25"]
    code, out, _ = mmfusion("info", path, "--group", "map7")
    assert code == 0
    assert "map6" not in out
    assert "22" in out.split()


def test_it_reads_results_and_the_tutorial(mmfusion, sample, tmp_path, tutorial_file):
    mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", 2)
    code, out, _ = mmfusion("info", tmp_path / "out" / "Fused_Reconstruction.h5")
    assert code == 0
    assert row_of(out, "fused_Co")[1] == "-"
    assert row_of(out, "raw_Co")[1] == "Co"
    code, out, _ = mmfusion("info", tutorial_file("Co3O4_Mn3O4.h5"))
    assert code == 0
    assert row_of(out, "Mn")[1:7] == ["Mn", "25", "400", "x", "400", "float32"]
    assert out.splitlines()[-1] == "To fuse: HAADF with Co, Mn, O. Pixel size: unknown."


def test_hostile_names_stay_on_their_line(mmfusion, tmp_path):
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["HAADF"] = HAADF
        file["Co\n\x1b[2J"] = HAADF
    code, out, _ = mmfusion("info", path)
    assert code == 0
    assert "\x1b" not in out
    assert r"Co\n\x1b[2J" in out


def test_it_imports_neither_napari_nor_matplotlib(sample):
    code = (
        "import sys; from napari_mmfusion.cli import main; main(sys.argv[1:]);"
        "heavy = {'napari', 'qtpy', 'PyQt6', 'vispy', 'magicgui', 'matplotlib', 'tqdm'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "info", sample], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
