"""The matched solver in slow, plain NumPy and double precision, written from the papers.

BM3D: Dabov, Foi, Katkovnik, Egiazarian, doi:10.1109/TIP.2007.901238. Exact unbiased inverse of the
transform of Anscombe: Makitalo, Foi, doi:10.1109/TIP.2010.2056693.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn
from scipy.stats import poisson

Array = NDArray[np.float64]

SIDE = 8
SPACING = 3
REACH = 19
FEWEST, MOST = 16, 64
ALIKE = 200.0
THRESHOLD = 3.6
SMALLEST_VARIANCE = 0.2

_COUNTS = np.arange(400)
_MEANS = np.concatenate([[0.0], np.geomspace(1e-4, 200, 20000)])
_PROBABILITIES = poisson.pmf(_COUNTS, _MEANS[:, None])


def anscombe(counts: Array) -> Array:
    return np.asarray(2 * np.sqrt(np.maximum(counts, 0) + 3 / 8))


_TRANSFORMED = _PROBABILITIES @ anscombe(_COUNTS.astype(float))
_VARIANCES = _PROBABILITIES @ (4 * (_COUNTS + 3 / 8)) - _TRANSFORMED**2


def inverse_anscombe(transformed: Array) -> Array:
    """The mean of counts whose mean transform this is."""
    found = np.interp(transformed, _TRANSFORMED, _MEANS)
    # Beyond the table, of 200 counts, the asymptote is exact to 1e-3.
    return np.where(transformed > _TRANSFORMED[-1], (transformed / 2) ** 2 - 1 / 8, found)


def variance_of_anscombe(transformed: float) -> float:
    return float(np.interp(transformed, _TRANSFORMED, _VARIANCES))


def haar(size: int) -> Array:
    """The orthonormal Haar transform of vectors of this size, a power of 2, as a matrix."""
    if size == 1:
        return np.ones((1, 1))
    sums = np.kron(haar(size // 2), [1, 1])
    differences = np.kron(np.eye(size // 2), [1, -1])
    return np.vstack([sums, differences]) / np.sqrt(2)


def transform(group: Array) -> Array:
    return np.tensordot(haar(len(group)), dctn(group, axes=(1, 2), norm="ortho"), axes=1)


def inverse(group: Array) -> Array:
    return np.asarray(
        idctn(np.tensordot(haar(len(group)).T, group, axes=1), axes=(1, 2), norm="ortho")
    )


def starts(side: int) -> list[int]:
    """Where blocks of the grid begin."""
    return sorted({*range(0, side - SIDE + 1, SPACING), side - SIDE})


def block(image: Array, y: int, x: int) -> Array:
    return image[y : y + SIDE, x : x + SIDE]


def matches(image: Array, y: int, x: int) -> list[tuple[int, int]]:
    """The places of the blocks in the group of the block at (y, x)."""
    rows, columns = image.shape
    found = []
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            if 0 <= y + dy <= rows - SIDE and 0 <= x + dx <= columns - SIDE:
                difference = block(image, y, x) - block(image, y + dy, x + dx)
                distance = -1.0 if dy == dx == 0 else float((difference**2).sum())
                found.append((distance, dy * dy + dx * dx, dy, dx))
    best = sorted(found)[:MOST]
    alike = sum(distance <= ALIKE for distance, *_ in best)
    size = 2 ** int(np.log2(min(len(best), max(alike, FEWEST))))
    return [(y + dy, x + dx) for _, _, dy, dx in best[:size]]


@dataclass
class Matched:
    """The two estimates of a map of counts, from the groups of a HAADF image in counts."""

    haadf: Array
    strength: float = 1.0

    def __post_init__(self) -> None:
        image = anscombe(self.haadf)
        self.groups = [
            matches(image, y, x) for y in starts(image.shape[0]) for x in starts(image.shape[1])
        ]

    def estimates(self, counts: Array, mask: Array | None = None) -> tuple[Array, Array]:
        """Both estimates in counts; masked pixels hold a guess."""
        noisy = anscombe(counts)
        first = self._filter(noisy, None)
        if mask is not None:
            noisy = np.where(mask, noisy, first)
        second = self._filter(noisy, first)
        return inverse_anscombe(first), inverse_anscombe(second)

    def _filter(self, noisy: Array, pilot: Array | None) -> Array:
        window = np.outer(np.kaiser(SIDE, 2), np.kaiser(SIDE, 2))
        sums, weights = np.zeros_like(noisy), np.zeros_like(noisy)
        for places in self.groups:
            group = transform(gather(noisy, places))
            known = group if pilot is None else transform(gather(pilot, places))
            mean = known[0, 0, 0] / np.sqrt(group.size)
            variance = max(variance_of_anscombe(mean), SMALLEST_VARIANCE) * self.strength**2
            if pilot is None:
                kept = np.abs(group) >= THRESHOLD * np.sqrt(variance)
                kept[0, 0, 0] = True
                group, weight = group * kept, 1 / kept.sum()
            else:
                factor = known**2 / (known**2 + variance)
                group, weight = group * factor, 1 / max((factor**2).sum(), 1e-2)
            for each, (y, x) in zip(inverse(group), places, strict=True):
                block(sums, y, x)[...] += weight * window * each
                block(weights, y, x)[...] += weight * window
        return sums / weights


def gather(image: Array, places: Sequence[tuple[int, int]]) -> Array:
    return np.stack([block(image, y, x) for y, x in places])
