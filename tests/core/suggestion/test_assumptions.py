"""Fractions, zeros and correlated noise are noticed, and reported."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.assumptions import check_assumptions, noise_correlation


@pytest.mark.parametrize("phantom", ["core-shell", "lattice"])
@pytest.mark.parametrize("counts", [1, 10, 100])
def test_independent_noise_is_found_independent(phantom, counts):
    data = mmf.simulate(phantom, shape=(96, 96), counts=counts, seed=1)
    for name in data.elements:
        image = data.normalised(name)
        assert abs(noise_correlation(image)) < 0.06
        assert noise_correlation(ndimage.gaussian_filter(image, 0.7)) > 0.25
    assert not any("correlated" in words for words in check_assumptions(data).warnings)


def test_correlated_noise_holds_out_squares(data):
    maps = {name: ndimage.gaussian_filter(image, 0.7) for name, image in data.maps.items()}
    report = check_assumptions(mmf.FusionDataset(data.haadf, maps))
    assert report.reach == 1
    assert "correlated in Sc, Dy, O" in report.warnings[-1]
    assert check_assumptions(data).reach == 0


def test_fractions_and_zeros_are_noticed(data):
    total = sum(image.astype(float) for image in data.maps.values()) + 1e-3
    fractions = {name: (image + 1e-3 / 3) / total for name, image in data.maps.items()}
    (warning,) = check_assumptions(mmf.FusionDataset(data.haadf, fractions)).warnings
    assert "fractions" in warning
    sparse = {name: np.where(image > 0.7, image, 0) for name, image in data.maps.items()}
    assert any(
        "exactly zero" in words
        for words in check_assumptions(mmf.FusionDataset(data.haadf, sparse)).warnings
    )


def test_the_tutorials_data_are_fractions_or_mostly_zero(tutorial):
    report = check_assumptions(mmf.FusionDataset(tutorial.haadf, tutorial.maps))
    words = "fractions" if "Dy" in tutorial.maps else "exactly zero"
    assert [words in warning for warning in report.warnings] == [True]
    assert report.reach == 0
