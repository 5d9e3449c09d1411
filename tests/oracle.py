"""The published algorithm in plain float64 NumPy: slow and obvious, a reference for the core.

Written from the papers' formulas (doi:10.1038/s41524-021-00692-5, doi:10.1109/TIP.2009.2028250),
without looking at how the compiled core does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter

Image = NDArray[np.float64]


def normalised(image: ArrayLike) -> Image:
    """Minimum 0, maximum 1."""
    image = np.array(image, dtype=np.float64)
    image -= image.min()
    return image / image.max()


def gradient(u: Image) -> tuple[Image, Image]:
    """G u: differences to the next row and column, 0 at the far edge."""
    along_y, along_x = np.zeros_like(u), np.zeros_like(u)
    along_y[:-1] = u[:-1] - u[1:]
    along_x[:, :-1] = u[:, :-1] - u[:, 1:]
    return along_y, along_x


def adjoint(p_y: Image, p_x: Image) -> Image:
    """L p, the adjoint of the gradient for p that is 0 at the far edges."""
    result = p_y + p_x
    result[1:] -= p_y[:-1]
    result[:, 1:] -= p_x[:, :-1]
    return result


def tv_norm(u: Image, tv: str = "isotropic") -> float:
    """Sum of the gradient's length (isotropic) or of its components' sizes."""
    along_y, along_x = gradient(u)
    if tv == "isotropic":
        return float(np.sqrt(along_y**2 + along_x**2).sum())
    return float(np.abs(along_y).sum() + np.abs(along_x).sum())


def project(p_y: Image, p_x: Image, tv: str) -> tuple[Image, Image]:
    """Project the pair of each pixel onto the unit disc, or each component onto [-1, 1]."""
    if tv == "isotropic":
        length = np.maximum(1, np.sqrt(p_y**2 + p_x**2))
        return p_y / length, p_x / length
    return np.clip(p_y, -1, 1), np.clip(p_x, -1, 1)


def guide_field(haadf: ArrayLike, eta: float) -> Image:
    """The direction of the edges of the HAADF image, xi = grad h / sqrt(|grad h|^2 + eta^2)."""
    g = np.stack(gradient(gaussian_filter(normalised(haadf), 0.7)))
    return np.asarray(g / np.sqrt((g**2).sum(axis=0) + eta**2))


def turn(guide: Image | None, p_y: Image, p_x: Image) -> tuple[Image, Image]:
    """(I - xi xi^T) p, which is its own adjoint; xi is 0 where the gradient always is."""
    if guide is None:
        return p_y, p_x
    along = guide[0] * p_y + guide[1] * p_x
    return p_y - guide[0] * along, p_x - guide[1] * along


def tv_prox(
    b: Image,
    weight: float,
    n_iter: int,
    tv: str = "isotropic",
    nonnegative: bool = True,
    guide: Image | None = None,
) -> Image:
    """FGP from a zero dual."""

    def clipped(u: Image) -> Image:
        return np.maximum(u, 0) if nonnegative else u

    if weight == 0 or n_iter == 0:
        return clipped(np.array(b, dtype=np.float64))
    p_y, p_x = np.zeros_like(b), np.zeros_like(b)
    r_y, r_x = p_y, p_x
    t = 1.0
    for _ in range(n_iter):
        u = clipped(b - weight * adjoint(*turn(guide, r_y, r_x)))
        along_y, along_x = turn(guide, *gradient(u))
        new_y, new_x = project(r_y + along_y / (8 * weight), r_x + along_x / (8 * weight), tv)
        t_next = (1 + np.sqrt(1 + 4 * t**2)) / 2
        r_y = new_y + (t - 1) / t_next * (new_y - p_y)
        r_x = new_x + (t - 1) / t_next * (new_x - p_x)
        p_y, p_x, t = new_y, new_x, t_next
    return clipped(b - weight * adjoint(*turn(guide, p_y, p_x)))


WEIGHTINGS = ("unit", "z/mean", "z^gamma/mean", "z/sum", "z^gamma/sum")
"""The published weightings, which do not depend on the maps."""


def weights_of(z: list[int], weighting: str, gamma: float) -> NDArray[np.float64]:
    """Weights of the HAADF model, written out from their table."""
    numbers = np.array(z, dtype=np.float64)
    return {
        "unit": np.ones(len(z)),
        "z/mean": numbers / numbers.mean(),
        "z^gamma/mean": numbers**gamma / (numbers**gamma).mean(),
        "z/sum": numbers / numbers.sum(),
        "z^gamma/sum": numbers**gamma / (numbers**gamma).sum(),
    }[weighting]


def fuse(
    haadf: ArrayLike,
    maps: Mapping[str, ArrayLike],
    atomic_numbers: list[int],
    *,
    gamma: float = 1.6,
    weighting: str = "z/mean",
    lambda_haadf: float | None = None,
    lambda_chem: float = 0.08,
    lambda_tv: float = 0.15,
    n_iter: int = 30,
    n_iter_tv: int = 3,
    background: float = 0.24,
    threshold: float | None = None,
    tv: str = "isotropic",
    regularize: bool = True,
) -> Iterator[tuple[Image, Image, tuple[float, float, float]]]:
    """Maps (n, ny, nx), HAADF model and the three costs after every iteration."""
    b_haadf = normalised(haadf)
    b = np.stack([normalised(image) for image in maps.values()])
    w = weights_of(atomic_numbers, weighting, gamma)[:, None, None]
    step = 1 / len(b) if lambda_haadf is None else lambda_haadf
    x = b.copy()
    if threshold is not None:
        x[x < threshold] = 0
    for _ in range(n_iter):
        residual = (w * x**gamma).sum(axis=0) - b_haadf
        x = np.maximum(
            0,
            x
            - step * gamma * x ** (gamma - 1) * w * residual
            - lambda_chem * (1 - b / (x + background)),
        )
        if regularize:
            x = np.stack([tv_prox(image, lambda_tv, n_iter_tv, tv) for image in x])
        model = (w * x**gamma).sum(axis=0)
        costs = (
            0.5 * float(((model - b_haadf) ** 2).sum()),
            float((x - b * np.log(x + background)).sum()),
            sum(tv_norm(image, tv) for image in x),
        )
        yield x, model, costs
