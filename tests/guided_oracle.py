"""The objective of the guided solver and its minimum, in plain float64 NumPy: slow and obvious."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import oracle
from oracle import Image


@dataclass(frozen=True)
class Problem:
    """The maps c (n, ny, nx) in units of their peaks, and the HAADF image h without its offset."""

    c: Image
    haadf: Image
    guide: Image
    doses: Image
    weights: Image
    mu: float
    lambda_tv: float
    background: float = 1e-3
    mask: Image | None = None

    @property
    def relative_doses(self) -> Image:
        """The doses d_i, with a mean of 1, as (n, 1, 1)."""
        return (self.doses / self.doses.mean())[:, None, None]

    @property
    def bounds(self) -> Image:
        """lambda sqrt(d_i) / sqrt(D), as (n, 1, 1)."""
        return self.lambda_tv / np.sqrt(self.doses.mean()) * np.sqrt(self.relative_doses)

    def gradient(self, x: Image) -> Image:
        """D x, both components of every map: (2, n, ny, nx)."""
        pairs = [oracle.turn(self.guide, *oracle.gradient(image)) for image in x]
        return np.stack(pairs, axis=1)

    def adjoint(self, p: Image) -> Image:
        """D^T p."""
        return np.stack(
            [oracle.adjoint(*oracle.turn(self.guide, p[0, k], p[1, k])) for k in range(len(self.c))]
        )

    def objective(self, x: Image) -> float:
        """The sum of the three terms, per count at the mean peak."""
        u = x + self.background
        logarithm = np.log(np.where(self.c > 0, self.c / u, 1.0))
        divergence = self.relative_doses * (u - self.c + self.c * logarithm)
        if self.mask is not None:
            divergence = divergence * self.mask
        model = np.tensordot(self.weights, x, axes=1)
        length = np.sqrt((self.gradient(x) ** 2).sum(axis=0))
        return float(
            divergence.sum()
            + self.mu / 2 * ((model - self.haadf) ** 2).sum()
            + (self.bounds * length).sum()
        )

    def minimise(self, steps: int) -> Image:
        """Chambolle and Pock's method with steps of one length, from constant maps."""
        weights = self.weights[:, None, None]
        tau = sigma = 0.99 / np.sqrt(8 + (self.weights**2).sum())
        data = self.relative_doses * (1 if self.mask is None else self.mask)
        x = np.full_like(self.c, 0.5)
        p, s = np.zeros((2, *x.shape)), np.zeros_like(self.haadf)
        for _ in range(steps):
            b = x - tau * (self.adjoint(p) + weights * s) + self.background - tau * data
            new = np.maximum((b + np.sqrt(b**2 + 4 * tau * data * self.c)) / 2 - self.background, 0)
            ahead, x = 2 * new - x, new
            p = p + sigma * self.gradient(ahead)
            p = p / np.maximum(1, np.sqrt((p**2).sum(axis=0)) / self.bounds)
            s = s + sigma * (np.tensordot(self.weights, ahead, axes=1) - self.haadf)
            s = s * self.mu / (self.mu + sigma)
        return x
