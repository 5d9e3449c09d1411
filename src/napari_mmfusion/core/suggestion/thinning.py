"""Counts held out: a random tenth of the counts of every pixel, to predict from the others."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.suggestion.holdout import Holdout

PARTS: Final = 10
"""Parts of equal chance into which the counts are shared out; one is hidden."""

_SEED: Final = 10


def can_be_thinned(data: FusionDataset) -> bool:
    """Whether all maps are counts, or counts times a number."""
    return all(noise.are_counts for noise in data.noise.values())


def make_thinned(data: FusionDataset, parts: int) -> list[Holdout]:
    r"""Hide each of the first `parts` tenths of the counts, one at a time.

    Each count falls into one of ten parts, all with the same chance. If the counts of a pixel are
    Poisson distributed, so are those of every part, and they are independent: the hidden ones are
    a second measurement of the same pixel, with a ninth of the dose.

    Parameters
    ----------
    data : FusionDataset
        Maps of counts or scaled counts.
    parts : int
        How many of the ten parts to hide.

    References
    ----------
    Neufeld et al., J. Mach. Learn. Res. 25, 1 (2024), arXiv:2301.07276.
    """
    rng = np.random.default_rng(_SEED)
    scored = np.ones(data.shape, dtype=np.bool_) if data.mask is None else data.mask
    hidden = [_share_out(_counts(data, name), parts, rng) for name in data.elements]
    holdouts = []
    for part in range(parts):
        maps, values = {}, []
        for name, shares in zip(data.elements, hidden, strict=True):
            noise = data.noise[name]
            left = _counts(data, name) - shares[part]
            maps[name] = noise.zero + noise.unit * left.astype(np.float64)
            values.append(shares[part][scored].astype(np.float64))
        thinned = FusionDataset(
            data.haadf,
            maps,
            mask=data.mask,
            backgrounds={name: value * (1 - 1 / PARTS) for name, value in data.backgrounds.items()},
        )
        holdouts.append(Holdout(thinned, scored, np.stack(values)))
    return holdouts


def _counts(data: FusionDataset, name: str) -> NDArray[np.int64]:
    noise = data.noise[name]
    counts = (data.maps[name].astype(np.float64) - noise.zero) / noise.unit
    return np.rint(counts).astype(np.int64)


def _share_out(
    counts: NDArray[np.int64], parts: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """The first `parts` of ten parts of the counts: a multinomial sample."""
    shares, left = [], counts
    for part in range(parts):
        share = rng.binomial(left, 1 / (PARTS - part))
        shares.append(share)
        left = left - share
    return shares
