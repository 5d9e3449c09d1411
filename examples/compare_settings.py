"""Fuse one measurement with several settings and compare each with the truth.

The sample is simulated, so the error of every setting is known. With your own data, compare the
score of `mmf.suggest` instead.
"""

from __future__ import annotations

import numpy as np

import napari_mmfusion as mmf

data = mmf.simulate("core-shell", shape=(96, 96), counts=10, seed=0)
settings = {
    "defaults (tutorial)": mmf.FusionParameters(),
    "weak TV": mmf.FusionParameters(lambda_tv=0.03),
    "fitted weights, two TV steps": mmf.FusionParameters(
        weighting="z/fitted", lambda_chem=0.01, lambda_tv=0.1, n_iter_tv=2, background=0.01
    ),
    "converged solver": mmf.FusionParameters(solver="converged", lambda_tv=0.03),
}


def error(image: np.ndarray, truth: np.ndarray) -> float:
    """Root mean square error after the best straight line, relative to the truth's spread."""
    line = np.polynomial.Polynomial.fit(image.ravel(), truth.ravel(), 1)
    return float(np.sqrt(np.mean((line(image) - truth) ** 2)) / truth.std())


print(f"{'':30}" + "".join(f"{element:>8}" for element in data.elements))
raw = [error(data.maps[element], data.truth[element]) for element in data.elements]
print(f"{'measured':30}" + "".join(f"{value:8.3f}" for value in raw))
for name, params in settings.items():
    result = mmf.fuse(data, params)
    errors = [error(result.maps[element], data.truth[element]) for element in data.elements]
    print(f"{name:30}" + "".join(f"{value:8.3f}" for value in errors))
