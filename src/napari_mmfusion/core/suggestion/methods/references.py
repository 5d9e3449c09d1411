"""What every method has to beat: the measured map, and the Gaussian of best width."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from napari_mmfusion.core.suggestion.methods.arena import Arena, Losses

_SIGMAS: Final = tuple(float(sigma) for sigma in 0.35 * 2.0 ** np.arange(0, 5.5, 0.5))


class Reference(NamedTuple):
    """Predictions without a fusion.

    Attributes
    ----------
    constant, raw, gaussian : (n, m) float32
        Losses of each map's mean, of the measured maps, and of these after a Gaussian blur.
    sigmas : tuple of float
        The standard deviation in pixels that predicts each map best.
    """

    constant: Losses
    raw: Losses
    gaussian: Losses
    sigmas: tuple[float, ...]


def find_references(arena: Arena) -> Reference:
    """The losses of the maps as they are, and after a Gaussian whose width the same score chose."""
    constant, raw, gaussian, sigmas = [], [], [], []
    for name in arena.data.elements:
        flat, unchanged, *blurred = arena.map_losses(name, (math.inf, 0.0, *_SIGMAS))
        constant.append(flat)
        raw.append(unchanged)
        means = [float(losses.mean()) for losses in blurred]
        at = int(np.argmin(means))
        between = [_SIGMAS[at] * 2.0**shift for shift in (-0.25, 0.25)]
        finer = list(zip(between, arena.map_losses(name, between), strict=True))
        sigma, best = min(
            [(_SIGMAS[at], blurred[at]), *finer], key=lambda each: float(each[1].mean())
        )
        gaussian.append(best)
        sigmas.append(sigma)
        arena.raise_if_stopped()
    return Reference(
        np.concatenate(constant), np.concatenate(raw), np.concatenate(gaussian), tuple(sigmas)
    )
