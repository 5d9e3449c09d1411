"""What is wrong with data is said before a run, and options mend it."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

SHAPE = (36, 44)


@pytest.fixture
def sound():
    return mmf.simulate("core-shell", counts=20, shape=SHAPE, seed=2)


@pytest.fixture
def write(tmp_path, sound):
    """Write the sound data with some images changed."""

    def write(**changed):
        path = tmp_path / "data.npz"
        np.savez(path, **{"HAADF": sound.haadf, **sound.maps, **changed}, pixel_size=0.1, unit="nm")
        return path

    return write


def with_spike(image):
    spoilt = image.copy()
    spoilt[10, 12] = 281 * image.max()
    return spoilt


def with_rim(image):
    return np.pad(image[:-2, 3:], ((0, 2), (3, 0)), constant_values=np.nan)


def test_a_spike_is_said_and_replaced(mmfusion, write, sound, tmp_path):
    path = write(Co=with_spike(sound.maps["Co"]))
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "as it is")
    assert code == 0
    assert "warning: pixel (10, 12) of map Co stretches its range 281-fold" in err
    assert "--replace-spikes replaces them" in err
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "mended", "--replace-spikes")
    assert code == 0
    assert err == "mmfusion: note: replaced 1 spike of Co by the median of their neighbours\n"
    truth = sound.truth["Co"]
    spoilt, mended = (mmf.load_result(tmp_path / name) for name in ("as it is", "mended"))
    correlations = [
        np.corrcoef(each.maps["Co"].ravel(), truth.ravel())[0, 1] for each in (spoilt, mended)
    ]
    assert correlations[0] < 0.7
    assert correlations[1] > 0.9
    assert [finding.kind for finding in spoilt.data.findings] == ["spikes"]
    assert mended.data.findings == ()
    assert mended.data.provenance == ("replaced 1 spike of Co by the median of their neighbours",)


def test_a_rim_of_nan_is_refused_and_cropped(mmfusion, write, sound, tmp_path):
    images = {
        name: with_rim(image) for name, image in (("HAADF", sound.haadf), *sound.maps.items())
    }
    path = write(**images)
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "out")
    assert code == 1
    assert "have a rim of NaN (lines: 2 at the bottom, 3 at the left)" in err
    assert "--crop cuts it off" in err
    assert "zero" not in err
    code, out, err = mmfusion("fuse", path, "-o", tmp_path / "out", "--crop")
    assert (code, err) == (0, "mmfusion: note: cropped to rows 0 to 33 and columns 3 to 43\n")
    assert "(34 x 41 pixels)" in out
    inner = {name: image[:-2, 3:] for name, image in images.items()}
    expected = mmf.fuse(mmf.FusionDataset(inner.pop("HAADF"), inner))
    for name, image in mmf.load_result(tmp_path / "out").maps.items():
        np.testing.assert_array_equal(image, expected.maps[name])


def test_nan_inside_is_refused_and_masked(mmfusion, write, sound, tmp_path):
    gaps = np.random.default_rng(0).random(SHAPE) < 0.05
    path = write(**{name: np.where(gaps, np.nan, image) for name, image in sound.maps.items()})
    for command in (("fuse", path, "-o", tmp_path / "out"), ("tune", path)):
        code, _, err = mmfusion(*command)
        assert code == 1
        assert f"{gaps.sum()} pixels inside Co, S and O are NaN or infinite; --mask-nan" in err
    code, _, err = mmfusion("fuse", path, "-o", tmp_path / "out", "--mask-nan")
    assert (code, err) == (0, f"mmfusion: note: left out {gaps.sum()} of {gaps.size} pixels\n")
    result = mmf.load_result(tmp_path / "out")
    np.testing.assert_array_equal(result.data.mask, ~gaps)
    expected = mmf.fuse(mmf.load(path).masked())
    assert result.data == expected.data
    for name, image in result.maps.items():
        np.testing.assert_array_equal(image, expected.maps[name])


@pytest.mark.parametrize("solver", ["tutorial", "converged", "guided"])
def test_a_mask_is_kept_where_a_saved_run_goes_on(mmfusion, write, sound, tmp_path, solver):
    gaps = np.random.default_rng(0).random(SHAPE) < 0.05
    path = write(Co=np.where(gaps, np.nan, sound.maps["Co"]))
    first, second = tmp_path / "first", tmp_path / "second"
    options = ("--mask-nan", "--solver", solver, "--n-iter", 4)
    assert mmfusion("fuse", path, "-o", first, *options)[0] == 0
    assert mmfusion("fuse", first, "-o", second, "--continue", "--n-iter", 9)[0] == 0
    saved = mmf.load_result(first)
    resumed = mmf.fuse(saved.data, resume=saved, n_iter=9)
    mmf.save(resumed, tmp_path / "resumed")
    again, by_api = mmf.load_result(second), mmf.load_result(tmp_path / "resumed")
    for result in (saved, again, by_api):
        np.testing.assert_array_equal(result.data.mask, ~gaps)
    for name, image in again.maps.items():
        np.testing.assert_array_equal(image, by_api.maps[name])


def test_info_says_what_is_wrong(mmfusion, write, sound):
    code, out, _ = mmfusion("info", write(Co=with_spike(sound.maps["Co"])))
    assert code == 0
    assert "Warning: pixel (10, 12) of map Co" in out
    assert "--replace-spikes" in out
    contents = mmf.inspect(write(Co=with_rim(sound.maps["Co"])), statistics=True)
    assert [finding.kind for finding in contents.findings] == ["missing rim"]
    assert "data.cropped() cuts it off" in str(contents)
    assert mmf.inspect(write()).findings == ()


def test_tune_says_nothing_twice(mmfusion, tutorial_file, tmp_path):
    data = mmf.load(tutorial_file("PTO_Trilayer_dataset.npz")).cropped(slice(64), slice(64))
    path = tmp_path / "part.npz"
    np.savez(path, HAADF=data.haadf, **data.maps)
    code, _, err = mmfusion("tune", path, "--n-iter", "2")
    assert code == 0
    assert err.count("fractions") == 1
    _, _, err = mmfusion("fuse", path, "-o", tmp_path / "out")
    assert err.count("fractions") == 1


def test_no_option_changes_sound_data(mmfusion, sample, tmp_path):
    for name, options in (("a", ()), ("b", ("--crop", "--mask-nan", "--replace-spikes"))):
        assert mmfusion("fuse", sample, "-o", tmp_path / name, *options)[0] == 0
    one, other = (mmf.load_result(tmp_path / name) for name in "ab")
    assert one == other


def test_a_rim_of_a_fill_value_is_cropped(mmfusion, write, sound, tmp_path):
    filled = sound.maps["Co"].copy()
    filled[:2] = 1e20
    code, _, err = mmfusion("fuse", write(Co=filled), "-o", tmp_path / "out", "--crop")
    assert (code, err) == (0, "mmfusion: note: cropped to rows 2 to 35 and columns 0 to 43\n")
    np.testing.assert_array_equal(
        mmf.load_result(tmp_path / "out").data.maps["Co"], sound.maps["Co"][2:]
    )


def test_an_option_that_does_nothing_says_so(mmfusion, write, tmp_path):
    options = ("--crop", "--mask-nan", "--replace-spikes")
    _, _, err = mmfusion("fuse", write(), "-o", tmp_path / "out", *options)
    assert err.splitlines() == [
        "mmfusion: note: --crop found no rim to cut off",
        "mmfusion: note: --mask-nan found no pixel to leave out",
        "mmfusion: note: --replace-spikes found no spike",
    ]
