"""Fit the polynomials of `cpp/src/kernels/exponentials.inl` and print their errors.

Least squares, reweighted (Lawson) until all extrema of the error are equally large.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev, polynomial
from numpy.typing import NDArray

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def minimax(
    function: Function, low: float, high: float, degree: int, weight: Function
) -> tuple[NDArray[np.float64], float]:
    """Coefficients of x^0, x^1, ... and the largest weighted error on [low, high]."""
    nodes = np.cos(np.linspace(0, np.pi, 4001))
    x = (low + high) / 2 + (high - low) / 2 * nodes
    basis, values, weights = chebyshev.chebvander(nodes, degree), function(x), weight(x)
    lawson = np.ones_like(x)
    for _ in range(200):
        scale = np.sqrt(lawson) * weights
        solution = np.linalg.lstsq(basis * scale[:, None], values * scale, rcond=None)[0]
        error = np.abs(basis @ solution - values) * weights
        lawson *= error / error.max() + 1e-12
        lawson /= lawson.max()
    shifted = polynomial.Polynomial(chebyshev.cheb2poly(solution), domain=[low, high])
    return shifted.convert(domain=[-1, 1]).coef, float(error.max())


def log2_tail(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """(log2(1 + t) - t log2(e)) / t^2, by its series near 0."""
    series = polynomial.polyval(t, [-1 / 2, 1 / 3, -1 / 4, 1 / 5, -1 / 6]) / np.log(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = (np.log1p(t) - t) / np.log(2) / t**2
    return np.where(np.abs(t) < 1e-3, series, direct)


def exp2_tail(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2^z - 1) / z."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(z) < 1e-9, np.log(2), np.expm1(z * np.log(2)) / z)


def main() -> None:
    """Print both fits."""
    log2, log2_error = minimax(
        log2_tail, np.sqrt(0.5) - 1, np.sqrt(2) - 1, 7, lambda t: np.maximum(t**2, 1e-6)
    )
    exp2, exp2_error = minimax(
        exp2_tail, -0.5, 0.5, 5, lambda z: np.maximum(np.abs(z) / 2**z, 1e-3)
    )
    print(f"log2(1 + t) = t log2(e) + t^2 q(t), error {log2_error:.2g}, q: {log2.tolist()}")
    print(f"2^z = 1 + z q(z), relative error {exp2_error:.2g}, q: {exp2.tolist()}")


if __name__ == "__main__":
    main()
