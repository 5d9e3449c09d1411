"""The trust tools, files and the command line, on results of the matched solver."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import napari_mmfusion as mmf
from napari_mmfusion import cli


@pytest.fixture(scope="module")
def result() -> mmf.FusionResult:
    data = mmf.simulate("core-shell", shape=(64, 56), counts=20, seed=2, gamma=1, weighting="z^1.7")
    return mmf.fuse(data, solver="matched")


def test_residuals_are_noise(result: mmf.FusionResult) -> None:
    left = mmf.residuals(result)
    for name in result.maps:
        assert left.spreads[name] == pytest.approx(1, abs=0.15)
        assert abs(left.correlation(name)) < 0.15
    # The fitted model explains the image but for its noise.
    assert np.sqrt(np.mean(left.haadf**2)) < 0.06


def test_a_flat_map_stays_flat(result: mmf.FusionResult) -> None:
    test = mmf.null_element_test(result)
    assert abs(test.slope) < 0.05
    assert "stays flat" in str(test)


def test_the_cure_of_a_leak_is_a_parameter_of_the_solver(result: mmf.FusionResult) -> None:
    image = result.maps["Co"]
    leak = mmf.NullElementTest("S", image, image, 0.5, 0.9, "matched")
    assert "matched_strength" in str(leak)


def test_without_the_haadf_blocks_are_matched_in_the_map(result: mmf.FusionResult) -> None:
    found = mmf.tv_only(result)
    truth = result.data.truth
    assert truth is not None
    for name, image in found.maps.items():
        noise = result.data.normalised(name) - image
        assert np.corrcoef(image.ravel(), truth[name].ravel())[0, 1] > 0.95
        assert noise.std() > 0
        assert_array_equal(found.changes[name], result.maps[name] - image)
    moved = mmf.FusionDataset(result.data.haadf[::-1], result.data.maps)
    assert_array_equal(mmf.tv_only(mmf.fuse(moved, result.params)).maps["Co"], found.maps["Co"])


def test_without_the_haadf_parameters_of_other_maps_do_no_harm(result: mmf.FusionResult) -> None:
    params = result.params.replace(weights={"Co": 0.5}, atomic_numbers={"S": 16})
    found = mmf.tv_only(mmf.fuse(result.data, params))
    assert sorted(found.maps) == sorted(result.maps)


def test_the_bootstrap_repeats_the_solver(result: mmf.FusionResult) -> None:
    state = mmf.bootstrap(result, n=4)
    for name, image in result.data.maps.items():
        low, high = state.regions["whole image"][name].low, state.regions["whole image"][name].high
        assert low < image.mean() * 1.02
        assert high > image.mean() * 0.98
        assert state.deviations[name].mean() < 0.5 * (image - image.mean()).std()


def test_results_come_back_from_a_folder(result: mmf.FusionResult, tmp_path: Path) -> None:
    mmf.save(result, tmp_path / "fused")
    again = mmf.load_result(tmp_path / "fused")
    assert again.params == result.params
    assert str(again.verdict) == str(result.verdict)
    for name, image in result.maps.items():
        assert_array_equal(again.maps[name], image)


def test_the_command_line_fuses(
    result: mmf.FusionResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "data.npz"
    np.savez(source, HAADF=result.data.haadf, **result.data.maps)
    args = ["fuse", str(source), "-o", str(tmp_path / "out"), "--solver", "matched"]
    assert cli.main(args) == 0
    assert "both estimates" in capsys.readouterr().out
    assert cli.main([*args[:3], str(tmp_path / "one"), *args[4:], "--n-iter", "1"]) == 0
    assert "--n-iter of 2" in capsys.readouterr().out
