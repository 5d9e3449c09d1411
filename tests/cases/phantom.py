"""A small phantom, as people keep it in files: what they mean by it is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHAPE = (36, 44)

Images = dict[str, NDArray[np.float64]]


def phantom(*elements: str) -> Images:
    """A HAADF image and maps of a particle on a film, all different."""
    rng = np.random.default_rng(13)
    rows, columns = np.indices(SHAPE, dtype=float)
    distance = np.hypot(rows - 17, columns - 23)
    images = {"HAADF": 200 / (1 + np.exp(distance - 9)) + columns}
    for number, element in enumerate(elements or ("Fe", "O"), start=1):
        mean = 8 * number / (1 + np.exp(distance - 6 - number)) + 0.5
        images[element] = rng.poisson(mean).astype(float)
    return images
