"""The TV proximal operator, in nanoseconds per pixel and step, against other packages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import peers
import samples  # noqa: F401 - it makes the oracle importable
from numpy.typing import NDArray
from timing import medians, table

import napari_mmfusion as mmf

STEPS = 20
WEIGHT = 0.1
FUSION = "napari-mmfusion, 1 thread"


def image(side: int) -> NDArray[np.float32]:
    """Noise on a step."""
    pixels = np.random.default_rng(0).random((side, side), dtype=np.float32)
    pixels[:, side // 2 :] += 1
    return pixels


def assert_correct(side: int = 256) -> None:
    """`mmf.tv_prox` is FGP to 1e-6, the NumPy version to 1e-5; the others denoise."""
    import oracle

    pixels = image(side)
    exact = oracle.tv_prox(pixels.astype(np.float64), WEIGHT, STEPS)
    for prox, bound in ((mmf.tv_prox, 1e-6), (peers.numpy_prox, 1e-5)):
        error = np.linalg.norm(prox(pixels, WEIGHT, STEPS) - exact) / np.linalg.norm(exact)
        assert error <= bound, f"{prox.__name__}: relative error {error:.2g}"
    for other in (peers.skimage_prox, peers.ctvlib_prox):
        assert mmf.tv_norm(other(pixels, WEIGHT, STEPS)) < 0.9 * mmf.tv_norm(pixels)


def row(side: int, repeats: int = 9) -> dict[str, float]:
    """Nanoseconds per pixel and step of every package at one size."""
    pixels = image(side)
    functions: dict[str, Callable[[], object]] = {
        FUSION: partial(mmf.tv_prox, pixels, WEIGHT, STEPS, threads=1),
        "napari-mmfusion, 2 threads": partial(mmf.tv_prox, pixels, WEIGHT, STEPS, threads=2),
        "scikit-image": partial(peers.skimage_prox, pixels, WEIGHT, STEPS),
        "ctvlib": partial(peers.ctvlib_prox, pixels, WEIGHT, STEPS),
        "NumPy FGP": partial(peers.numpy_prox, pixels, WEIGHT, STEPS),
    }
    seconds = medians(functions, repeats)
    return {name: 1e9 * value / (side * side * STEPS) for name, value in seconds.items()}


def main(sides: tuple[int, ...] = (256, 1024, 2048)) -> dict[int, dict[str, float]]:
    """Print the table; the figures by size."""
    assert_correct()
    results = {side: row(side) for side in sides}
    names = list(results[sides[0]])
    rows = [
        [name, *(f"{figures[name]:.2f}" for figures in results.values())]
        + [f"{figures[name] / figures[FUSION]:.1f} x" for figures in results.values()]
        for name in names
    ]
    head = ["TV prox, 20 steps", *(f"{side}^2, ns" for side in sides)]
    head += [f"{side}^2, ratio" for side in sides]
    print(table("TV proximal operator: ns per pixel and step", head, rows))
    return results


if __name__ == "__main__":
    main()
