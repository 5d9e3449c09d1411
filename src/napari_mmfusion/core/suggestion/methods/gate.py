"""The gate: whether a method may replace the measured maps, judged for each of them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from napari_mmfusion.core.choice import PLAIN_TV, Gain, Gate, Outcome
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.suggestion.methods.arena import Losses
from napari_mmfusion.core.suggestion.methods.references import Reference

_LOW_NOISE: Final = 0.05
"""Noise of a map, as a part of its root mean square, that a fusion has to lower clearly."""
_NO_NOISE: Final = 0.01
"""Noise that is not worth a fusion, which is never right to the last per cent."""


def gain(losses: Losses, reference: Losses, index: int) -> Gain:
    """How much lower the losses of one map are than those of a reference."""
    difference = reference[index].astype(np.float64) - losses[index]
    return Gain(float(difference.mean()), float(difference.std()) / math.sqrt(difference.size))


def judge(
    data: FusionDataset, method: str, losses: Losses, reference: Reference, tv: Losses
) -> tuple[Gate, ...]:
    """Judge every map.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    method : str
        The name of the method.
    losses : (n, m) array
        Its losses.
    reference : Reference
        The losses to beat.
    tv : (n, m) array
        The losses of plain TV.
    """
    gates = []
    for index, name in enumerate(data.elements):
        over_raw = gain(losses, reference.raw, index)
        over_gaussian = gain(losses, reference.gaussian, index)
        over_tv = gain(losses, tv, index)
        outcome: Outcome
        if not has_contrast(losses, reference, index):
            outcome = "no contrast"
        elif _has_enough_counts(relative_noise(data, name), over_raw):
            outcome = "needs no fusion"
        elif over_raw.mean <= 0:
            outcome = "worse"
        elif over_gaussian.mean <= 0:
            outcome = "no better"
        elif method == PLAIN_TV or over_tv.mean <= 0:
            outcome = "helps without HAADF"
        else:
            outcome = "helps"
        gates.append(Gate(name, outcome, over_raw, over_gaussian, over_tv))
    return tuple(gates)


def has_contrast(losses: Losses, reference: Reference, index: int) -> bool:
    """Whether anything predicts a map better than its mean does, by more than chance."""
    return any(
        gain(each, reference.constant, index).is_clear for each in (reference.gaussian, losses)
    )


def relative_noise(data: FusionDataset, name: str) -> float:
    """Noise of a measured map as a part of its root mean square."""
    noise = data.noise[name]
    signal = data.maps[name].astype(np.float64) - noise.zero
    power = float((signal * signal).mean())
    return math.sqrt(noise.unit * float(signal.mean()) / power) if power > 0 else math.inf


def _has_enough_counts(noise: float, over_raw: Gain) -> bool:
    return noise < _NO_NOISE or (noise < _LOW_NOISE and not over_raw.is_clear)
