"""The data of the benchmarks: the tutorial's if they are there, otherwise simulated ones."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

import napari_mmfusion as mmf

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))  # the oracle that results are compared with

TUTORIAL = {
    "DyScO3": (
        "PTO_Trilayer_dataset.npz",
        {"lambda_chem": 0.08, "lambda_tv": 0.15, "n_iter": 30, "n_iter_tv": 3, "background": 0.24},
    ),
    "Co3O4-Mn3O4": (
        "Co3O4_Mn3O4.h5",
        {
            "lambda_chem": 0.006,
            "lambda_tv": 0.022,
            "n_iter": 30,
            "n_iter_tv": 6,
            "background": 0.01,
        },
    ),
}


def tutorial_data(name: str) -> tuple[mmf.FusionDataset, dict[str, float]]:
    """A data set of the tutorial and its settings; a phantom of its size if it is not here."""
    file, settings = TUTORIAL[name]
    folder = os.environ.get("MMFUSION_TUTORIAL_DATA") or TESTS.parents[1] / "shared" / "data"
    path = Path(folder) / file
    if path.is_file():
        return mmf.load(path), settings
    phantom, side = ("lattice", 256) if name == "DyScO3" else ("core-shell", 400)
    print(f"{file} is not here; a simulated sample of its size is used instead")
    return mmf.simulate(phantom, shape=(side, side), counts=10, seed=0), settings


def random_data(shape: tuple[int, int], n: int) -> mmf.FusionDataset:
    """Noise of any size with n elements: the time of a fusion does not depend on the content."""
    rng = np.random.default_rng(0)
    names = (
        "C",
        "N",
        "O",
        "Al",
        "Si",
        "Ti",
        "Mn",
        "Fe",
        "Sr",
        "Zr",
        "Ba",
        "La",
        "Dy",
        "Hf",
        "Pb",
        "Bi",
    )
    maps = {name: rng.random(shape, dtype=np.float32) for name in names[:n]}
    return mmf.FusionDataset(rng.random(shape, dtype=np.float32), maps)
