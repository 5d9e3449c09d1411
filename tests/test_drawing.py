"""What all figures of images have in common."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.drawing import contrast_of


@pytest.mark.parametrize("lowest", [-3.0, 0.5, 100.0])
def test_the_contrast_is_from_the_minimum_to_nearly_the_maximum(lowest: float) -> None:
    image = lowest + np.linspace(0, 1, 10_001).reshape(73, 137)
    image[50, 60] = lowest + 40  # a hot pixel
    low, high = contrast_of(image)
    assert low == lowest
    assert high == pytest.approx(lowest + 0.998, abs=0.001)


def test_a_few_bright_pixels_alone_are_shown_up_to_their_maximum() -> None:
    image = np.zeros((50, 50))
    image[3, 4] = 2
    assert contrast_of(image) == (0, 2)
