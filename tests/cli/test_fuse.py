"""``mmfusion fuse``: the files it writes and what it prints."""

from __future__ import annotations

import io
import sys

import h5py
import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.cli.dialect import in_options


def costs_in(out):
    """The table's rows as numbers."""
    rows = [line.split() for line in out.splitlines()]
    return np.array([row for row in rows if len(row) == 4 and row[0].isdigit()], dtype=float)


def test_it_writes_the_files_of_the_contract(mmfusion, sample, tmp_path):
    folder = tmp_path / "out"
    code, out, err = mmfusion("fuse", sample, "-o", folder, "--lambda-chem", 0.05, "--n-iter", 12)
    assert (code, err) == (0, "")
    expected = mmf.fuse(mmf.load(sample), lambda_chem=0.05, n_iter=12)
    names = {"haadf_recon.tif", "Fused_Reconstruction.h5"} | {
        f"{element}_signal.tif" for element in ("Co", "S", "O")
    }
    assert {path.name for path in folder.iterdir()} == names
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(tifffile.imread(folder / f"{element}_signal.tif"), image)
    with h5py.File(folder / "Fused_Reconstruction.h5") as file:
        np.testing.assert_array_equal(file["fused_haadf"][()], expected.haadf)
        assert file["lambdaChem"][()] == 0.05
    assert str(folder) in out


def test_it_prints_costs_and_verdict(mmfusion, sample, tmp_path):
    _, out, _ = mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", 9)
    result = mmf.fuse(mmf.load(sample), n_iter=9)
    table = costs_in(out)
    np.testing.assert_array_equal(table[:, 0], [1, 4, 9])
    np.testing.assert_allclose(table[:, 1:], result.costs[[0, 3, 8]], rtol=5e-6)
    assert in_options(result.verdict) in out.splitlines()


@pytest.mark.parametrize(("n_iter", "shown"), [(1, [1]), (4, [1, 4]), (3, [1, 3])])
def test_short_runs_have_short_tables(mmfusion, sample, tmp_path, n_iter, shown):
    _, out, _ = mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", n_iter)
    np.testing.assert_array_equal(costs_in(out)[:, 0], shown)


def test_it_agrees_with_the_tutorial(mmfusion, tutorial_file, tmp_path):
    # SCIENCE.md section 5.
    path = tutorial_file("PTO_Trilayer_dataset.npz")
    code, out, _ = mmfusion("fuse", path, "-o", tmp_path / "out")
    assert code == 0
    expected = [
        [1, 330.525, 87143.9, 9227.38],
        [4, 181.421, 84366.6, 7175.77],
        [30, 220.626, 83335.2, 6031.31],
    ]
    np.testing.assert_allclose(costs_in(out), expected, rtol=1e-4)


def test_elements_are_chosen_and_ordered(mmfusion, sample, tmp_path):
    code, _, _ = mmfusion("fuse", sample, "-o", tmp_path / "out", "--elements", "O, Co")
    assert code == 0
    assert mmf.load(tmp_path / "out" / "Fused_Reconstruction.h5").elements == ("O", "Co")
    assert not (tmp_path / "out" / "S_signal.tif").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--elements", "Fe L2,3,O K"],
        ["--elements", "O K, Fe L2,3"],
        ["--elements", "Fe L2,3", "--elements", "O K"],
        ["--elements", "Fe L2,3", "--elements", "O"],
    ],
)
def test_names_of_maps_may_hold_commas(mmfusion, tmp_path, options):
    path = tmp_path / "lines.npz"
    data = mmf.simulate("core-shell", shape=(32, 40), counts=20)
    iron, oxygen, *_ = data.maps.values()
    names = {"HAADF": data.haadf, "Fe K": oxygen, "Fe L2,3": iron, "O K": oxygen}
    np.savez(path, **names)
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "out", "--n-iter", 2)
    assert code == 1
    assert "'Fe K', 'Fe L2,3' all stand for 'Fe'" in err
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "out", "--n-iter", 2, *options)
    assert (code, err) == (0, "")
    saved = mmf.load(tmp_path / "out" / "Fused_Reconstruction.h5")
    assert sorted(saved.elements) == ["Fe", "O"]
    np.testing.assert_array_equal(saved.maps["Fe"], iron)


def test_what_is_guessed_or_left_out_is_said(mmfusion, tmp_path):
    path = tmp_path / "odd.npz"
    data = mmf.simulate("core-shell", shape=(32, 40), counts=20)
    cobalt, oxygen, *_ = data.maps.values()
    images = {"HAADF": data.haadf, "Co": cobalt, "STO film O": oxygen, "BF": oxygen}
    np.savez(path, **images, pixel_size=[0.1, 0.2])
    said = [
        "Guessed: O ('O' may be a label).",
        "Left out: BF ('BF' is another signal).",
        "Pixel size ignored: pixels of 0.1 x 0.2 are not square.",
    ]
    _, out, err = mmfusion("fuse", path, "-o", tmp_path / "out", "--n-iter", 2)
    assert err.splitlines() == [f"mmfusion: {line}" for line in said]
    _, _, err = mmfusion("tune", path, "--n-iter", 2)
    assert err.splitlines()[:3] == [f"mmfusion: {line}" for line in said]
    _, out, _ = mmfusion("info", path)
    assert out.splitlines()[-4:-1] == said


def test_the_haadf_is_chosen_and_the_group_too(mmfusion, tmp_path):
    data = mmf.simulate("core-shell", shape=(32, 40), counts=20)
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        for group in ("map6", "map7"):
            for name, image in (("survey", data.haadf), *data.maps.items()):
                file[f"{group}/{name}"] = image
    options = ["--group", "map7", "--haadf", "survey", "--n-iter", 2]
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "out", *options)
    assert (code, err) == (0, "")


def test_results_are_overwritten_only_on_request(mmfusion, sample, tmp_path):
    folder = tmp_path / "out"
    mmfusion("fuse", sample, "-o", folder, "--n-iter", 2)
    before = (folder / "Co_signal.tif").read_bytes()
    code, _, err = mmfusion("fuse", sample, "-o", folder, "--n-iter", 5)
    assert code == 1
    assert "--overwrite" in err
    assert (folder / "Co_signal.tif").read_bytes() == before
    code, _, _ = mmfusion("fuse", sample, "-o", folder, "--n-iter", 5, "--overwrite")
    assert code == 0
    assert (folder / "Co_signal.tif").read_bytes() != before


def test_the_number_of_threads_changes_nothing(mmfusion, sample, tmp_path):
    for threads in (1, 3):
        mmfusion("fuse", sample, "-o", tmp_path / str(threads), "--threads", threads)
    one, three = (tmp_path / n / "Co_signal.tif" for n in "13")
    assert one.read_bytes() == three.read_bytes()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_a_progress_bar(mmfusion, sample, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    code, out, _ = mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", 6)
    assert code == 0
    assert "6/6" in terminal.getvalue()
    assert "6/6" not in out


def test_a_result_is_continued_as_if_it_had_run_longer(mmfusion, sample, tmp_path):
    options = ["--threshold", 0.1, "--gamma", 1.5]
    mmfusion("fuse", sample, "-o", tmp_path / "short", "--n-iter", 5, *options)
    mmfusion("fuse", sample, "-o", tmp_path / "long", "--n-iter", 12, *options)
    code, out, err = mmfusion(
        "fuse", tmp_path / "short", "--continue", "-o", tmp_path / "more", "--n-iter", 12
    )
    assert (code, err) == (0, "")
    assert "Continued after 5 iterations; 12 in all." in out
    more, long = (mmf.load_result(tmp_path / name) for name in ("more", "long"))
    assert more == long
    assert more.params.n_iter == len(more.costs) == 12


def test_without_a_number_it_goes_on_to_the_estimate(mmfusion, sample, tmp_path):
    mmfusion("fuse", sample, "-o", tmp_path / "short", "--n-iter", 12, "--lambda-tv", 0.02)
    forecast = mmf.load_result(tmp_path / "short").verdict.forecast
    assert forecast > 12
    mmfusion("fuse", tmp_path / "short", "--continue", "-o", tmp_path / "more")
    assert len(mmf.load_result(tmp_path / "more").costs) == forecast


def test_what_cannot_be_continued_is_refused_in_options(mmfusion, sample, tmp_path):
    mmfusion("fuse", sample, "-o", tmp_path / "short", "--n-iter", 5)
    begin = ["fuse", tmp_path / "short", "--continue", "-o", tmp_path / "more"]
    for options, words in (
        (["--n-iter", 5], "--n-iter must be above the 5 iterations"),
        (["--lambda-tv", 0.7], "(--continue) was made with another --lambda-tv"),
        (["--elements", "Co"], "--continue takes the images of the result; leave out --elements"),
    ):
        code, _, err = mmfusion(*begin, *options)
        assert code == 1
        assert words in err
    assert mmfusion("fuse", sample, "--continue", "-o", tmp_path / "more")[0] == 1


def test_auto_chooses_the_method_and_keeps_its_scores(mmfusion, sample, tmp_path):
    out_folder = tmp_path / "out"
    code, out, _ = mmfusion("fuse", sample, "-o", out_folder, "--auto")
    assert code == 0
    result = mmf.load_result(out_folder)
    assert result.choice is not None
    assert result.choice.table in out
    assert str(result.choice) in out
    assert result.choice == mmf.suggest(mmf.load(sample), solver="auto").choice


@pytest.mark.parametrize(
    ("options", "word"),
    [(["--solver", "guided"], "--solver"), (["--lambda-tv", 1], "--lambda-tv")],
)
def test_auto_takes_no_settings_that_it_chooses(mmfusion, sample, tmp_path, options, word):
    code, out, err = mmfusion("fuse", sample, "-o", tmp_path / "out", "--auto", *options)
    assert (code, out) == (1, "")
    assert "--auto" in err
    assert word in err


def test_it_says_what_the_maps_are(mmfusion, sample, tmp_path):
    _, out, _ = mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", 2)
    for name, noise in mmf.load(sample).noise.items():
        assert f"{name}: {noise}" in out
    assert "Co: scaled counts, one count is" in mmfusion("info", sample)[1]


def write_tiffs(folder, names):
    folder.mkdir()
    data = mmf.simulate("core-shell", shape=(48, 64), counts=20, seed=3)
    images = {"HAADF": data.haadf, **data.maps}
    for name, file in names.items():
        tifffile.imwrite(folder / file, images[name])
    return folder


def test_results_can_be_saved_beside_the_images(mmfusion, tmp_path):
    folder = write_tiffs(tmp_path / "images", {n: f"{n}.tif" for n in ("HAADF", "Co", "O")})
    for options in ([], ["--overwrite"]):
        code, out, err = mmfusion("fuse", folder, "-o", folder, "--n-iter", 2, *options)
        assert (code, err) == (0, "")
        assert "Fused Co, O" in out


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_a_measured_image_is_never_replaced(mmfusion, tmp_path, overwrite):
    names = {"HAADF": "HAADF.tif", "Co": "Co_signal.tif"}
    folder = write_tiffs(tmp_path / "images", names)
    before = (folder / "Co_signal.tif").read_bytes()
    for given in ([folder], sorted(folder.iterdir())):
        code, _, err = mmfusion("fuse", *given, "-o", folder, "--n-iter", 2, *overwrite)
        assert code == 1
        assert "Co_signal.tif is one of the files to read" in err
    assert (folder / "Co_signal.tif").read_bytes() == before
    assert {each.name for each in folder.iterdir()} == set(names.values())


def test_a_result_is_not_replaced_by_one_of_a_part_of_its_images(mmfusion, sample, tmp_path):
    folder = tmp_path / "out"
    mmfusion("fuse", sample, "-o", folder, "--n-iter", 2)
    file = folder / "Fused_Reconstruction.h5"
    options = ["-o", folder, "--overwrite", "--n-iter", 3]
    assert mmfusion("fuse", file, "--elements", "Co", *options)[0] == 1
    assert mmfusion("fuse", file, *options)[0] == 0
    assert mmf.load(file).elements == ("Co", "S", "O")


def test_a_folder_of_results_names_the_file_and_the_option(mmfusion, sample, tmp_path):
    mmfusion("fuse", sample, "-o", tmp_path / "out", "--n-iter", 2)
    for command in (["info"], ["fuse", "-o", tmp_path / "new"]):
        code, _, err = mmfusion(*command, tmp_path / "out")
        assert code == 1
        assert "Fused_Reconstruction.h5" in err
        assert "--continue" in err
