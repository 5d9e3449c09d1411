"""``mmfusion tune``: what it suggests, and the figure of its curves."""

from __future__ import annotations

import re

import matplotlib.image
import pytest

import napari_mmfusion as mmf


def test_it_prints_what_suggest_finds(mmfusion, sample):
    code, out, _ = mmfusion("tune", sample, "--n-iter", 4, "--gamma", 1.5)
    assert code == 0
    expected = mmf.suggest(mmf.load(sample), n_iter=4, gamma=1.5)
    printed = re.search(r"--lambda-tv (\S+) --lambda-chem (\S+)", out)
    assert float(printed[1]) == pytest.approx(expected.lambda_tv, rel=1e-3)
    assert float(printed[2]) == pytest.approx(expected.lambda_chem, rel=1e-3)
    rows = re.findall(r"^ *(lambda_tv|lambda_chem) +(\S+) +(\S+)", out, re.MULTILINE)
    assert len(rows) == sum(len(curve.values) for curve in expected.curves)
    assert min(float(score) for _, _, score in rows) == 0
    assert out.count("<") == len(expected.curves)


def test_a_thorough_search_prints_all_it_chose(mmfusion, sample):
    code, out, _ = mmfusion("tune", sample, "--thorough", "--n-iter", 2)
    assert code == 0
    expected = mmf.suggest(mmf.load(sample), n_iter=2, choices=mmf.THOROUGH)
    printed = re.search(r"Suggested: (.*) \(for", out)[1].split()
    assert printed[::2] == ["--lambda-tv", "--lambda-chem", "--n-iter-tv", "--background"]
    params = expected.params
    values = [params.lambda_tv, params.lambda_chem, params.n_iter_tv, params.background]
    assert [float(value) for value in printed[1::2]] == pytest.approx(values, rel=1e-3)


def test_it_draws_the_curves(mmfusion, sample, tmp_path):
    path = tmp_path / "scores.png"
    assert mmfusion("tune", sample, "-o", path, "--n-iter", 2)[0] == 0
    assert min(matplotlib.image.imread(path).shape[:2]) > 300
    before = path.read_bytes()
    code, _, err = mmfusion("tune", sample, "-o", path, "--n-iter", 3)
    assert code == 1
    assert "--overwrite" in err
    assert path.read_bytes() == before
    assert mmfusion("tune", sample, "-o", path, "--n-iter", 3, "--overwrite")[0] == 0
    assert path.read_bytes() != before


def test_warnings_go_to_stderr(mmfusion, tutorial_file):
    code, out, err = mmfusion("tune", tutorial_file("PTO_Trilayer_dataset.npz"), "--n-iter", 2)
    assert code == 0
    assert "fractions" in err
    assert "fractions" not in out


def test_the_picture_must_be_a_png(mmfusion, sample):
    code, _, err = mmfusion("tune", sample, "-o", "scores.pdf")
    assert code == 2
    assert ".png" in err


def test_auto_prints_the_scores_of_all_methods(mmfusion, sample):
    code, out, _ = mmfusion("tune", sample, "--solver", "auto")
    assert code == 0
    expected = mmf.suggest(mmf.load(sample), solver="auto")
    assert expected.choice.table in out
    assert "--solver " + expected.params.solver in out
    for name, value in expected.chosen.items():
        if name != "solver":
            assert f"--{name.replace('_', '-')} {value:.4g}" in out


def test_guided_prints_its_own_settings_and_draws_them(mmfusion, sample, tmp_path):
    path = tmp_path / "scores.png"
    code, out, _ = mmfusion("tune", sample, "--solver", "guided", "-o", path)
    assert code == 0
    chosen = re.search(r"Suggested: (.*) \(for the guided solver", out)[1]
    assert re.findall(r"--([\w-]+)", chosen) == ["guided-tv", "guided-haadf", "eta"]
    assert matplotlib.image.imread(path).std() > 0.05
