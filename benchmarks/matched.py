"""The matched solver beside BM3D of each map alone and a Gaussian: errors and seconds.

The constants of the solver were chosen on core-shell, wedge and lattice with a linear HAADF image,
96 x 96 pixels, 2 and 10 counts, seeds 0 to 2. The errors below are those of other seeds, and of
specimens and HAADF images that had no part in the choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import peers
import samples  # noqa: F401 - it makes the oracle importable
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from timing import medians, table

import napari_mmfusion as mmf
from napari_mmfusion.simulate import nrmse

SEEDS: Final = (10, 11, 12)
LINEAR: Final[dict[str, Any]] = {"gamma": 1, "weighting": "z^1.7"}
SPECIMENS: Final[dict[str, tuple[str, int, dict[str, Any]]]] = {
    "core-shell, linear": ("core-shell", 96, LINEAR),
    "wedge, linear": ("wedge", 96, LINEAR),
    "lattice, linear": ("lattice", 96, LINEAR),
    "null-element, linear": ("null-element", 96, LINEAR),
    "core-shell, gamma 1.6": ("core-shell", 96, {}),
    "lattice, gamma 1.6": ("lattice", 96, {}),
    "core-shell, shifted": ("core-shell", 96, {**LINEAR, "haadf_shift": 1}),
    "wedge, linear, 192": ("wedge", 192, LINEAR),
}
WIDTHS: Final = tuple(np.geomspace(0.5, 6, 14).tolist())
SIGMAS: Final = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
COUNTS: Final = (2.0, 10.0)

Maps = dict[str, NDArray[np.float64]]


def error(data: mmf.FusionDataset, maps: Maps) -> float:
    """The mean over the maps whose truth is not flat."""
    assert data.truth is not None
    truths = {name: truth for name, truth in data.truth.items() if np.ptp(truth) > 0}
    return float(np.mean([nrmse(maps[name], truth) for name, truth in truths.items()]))


def best(
    data: mmf.FusionDataset, values: Sequence[float], denoise: Callable[[Any, float], Any]
) -> float:
    """The error with the value that is best for each map, by the truth."""
    maps = {name: [denoise(image, value) for value in values] for name, image in data.maps.items()}
    assert data.truth is not None
    chosen = {
        name: min(images, key=lambda image, name=name: nrmse(image, data.truth[name]))
        if np.ptp(data.truth[name]) > 0
        else images[0]
        for name, images in maps.items()
    }
    return error(data, chosen)


def errors(specimen: str, counts: float, seed: int) -> dict[str, float]:
    name, side, imaging = SPECIMENS[specimen]
    data = mmf.simulate(name, shape=(side, side), counts=counts, seed=seed, **imaging)

    def bm3d(image: NDArray[np.float32], sigma: float) -> NDArray[np.float64]:
        return peers.bm3d_map(np.float32(counts) * image, sigma)

    return {
        "Gaussian, best width": best(
            data, WIDTHS, lambda image, sigma: gaussian_filter(image.astype(float), sigma)
        ),
        "BM3D, sigma 1": error(data, {n: bm3d(image, 1.0) for n, image in data.maps.items()}),
        "BM3D, best sigma": best(data, SIGMAS, bm3d),
        "matched": error(data, dict(mmf.fuse(data, solver="matched").maps)),
    }


def print_errors(seeds: Sequence[int] = SEEDS) -> None:
    rows = []
    for specimen, counts in itertools.product(SPECIMENS, COUNTS):
        runs = [errors(specimen, counts, seed) for seed in seeds]
        means = {name: np.mean([run[name] for run in runs]) for name in runs[0]}
        rows.append([f"{specimen}, {counts:g} counts", *(f"{mean:.4f}" for mean in means.values())])
    print(table("Error of the maps (nRMSE after the best affine fit)", ["", *means], rows))


def print_speed(sides: Sequence[int] = (96, 256, 512)) -> None:
    """Seconds for one data set of three maps; `bm3d` takes them one after another."""
    rows = []
    for side in sides:
        data = mmf.simulate("core-shell", shape=(side, side), counts=10, seed=0, **LINEAR)
        functions: dict[str, Callable[[], object]] = {
            f"matched, {threads} threads": partial(
                mmf.fuse, data, solver="matched", threads=threads
            )
            for threads in (1, 2)
        }
        functions["bm3d, 1 thread"] = lambda data=data: [
            peers.bm3d_map(10 * image) for image in data.maps.values()
        ]
        seconds = medians(functions, 3)
        rows.append([f"{side}^2", *(f"{value:.3f}" for value in seconds.values())])
        rows[-1].append(f"{seconds['bm3d, 1 thread'] / seconds['matched, 1 threads']:.0f} x")
    print(table("Seconds for three maps", ["", *functions, "ratio"], rows))


if __name__ == "__main__":
    print_errors()
    print_speed()
