"""The packages compared with this one, each called as in its documentation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

os.environ["TQDM_DISABLE"] = "1"  # its progress bar is not part of the work


def multimodal_fusion_job(
    haadf: Image,
    maps: Mapping[str, Image],
    *,
    lambda_chem: float,
    lambda_tv: float,
    n_iter: int,
    n_iter_tv: int,
    background: float,
    costs: bool = True,
) -> dict[str, Image]:
    """The whole job of `multimodal-fusion` 0.6.0: set-up and run, with its costs but no plots.

    It works in place, hence the copies; it takes the maps in the order of `elements`.
    """
    from multimodal_fusion import fusion

    job = fusion.DataFusion(list(maps), gamma=1.6)
    job.load_chemical_maps({name: image.copy() for name, image in maps.items()}, method=1)
    job.load_haadf(haadf.copy())
    with patch.object(fusion.utils, "plot_convergence"):  # it computes costs only to plot them
        job.run(
            nIter=n_iter,
            lambdaEDS=lambda_chem,
            lambdaTV=lambda_tv,
            ng=n_iter_tv,
            bkg=background,
            plot_images=False,
            plot_convergence=costs,
        )
    results: dict[str, Image] = job.get_results()
    return results


def ctvlib_prox(image: Image, weight: float, n_iter: int) -> Image:
    """TV denoising of the compiled part of `multimodal-fusion`."""
    from multimodal_fusion import ctvlib

    rows, columns = image.shape
    library = ctvlib(rows, columns) if callable(ctvlib) else ctvlib.ctvlib(rows, columns)
    return np.asarray(library.fgp_tv(image.ravel(), weight, n_iter)).reshape(rows, columns)


def skimage_prox(image: Image, weight: float, n_iter: int) -> Image:
    """scikit-image's Chambolle iteration, made to take exactly `n_iter` steps."""
    from skimage.restoration import denoise_tv_chambolle

    result: Image = denoise_tv_chambolle(image, weight=weight, eps=0.0, max_num_iter=n_iter)
    return result


def numpy_prox(image: Image, weight: float, n_iter: int) -> Image:
    """FGP in single-precision NumPy, written for speed: in-place operations, no copies."""
    rows, columns = image.shape
    dual = np.zeros((2, rows, columns), np.float32)
    extrapolated = dual.copy()
    primal, length = np.empty_like(image), np.empty_like(image)
    t = 1.0

    def set_primal(p: Image) -> None:
        np.add(p[0], p[1], out=primal)
        primal[1:] -= p[0, :-1]
        primal[:, 1:] -= p[1, :, :-1]
        primal.__imul__(np.float32(-weight))
        np.add(primal, image, out=primal)
        np.maximum(primal, 0, out=primal)

    for _ in range(n_iter):
        set_primal(extrapolated)
        step = np.float32(1 / (8 * weight))
        extrapolated[0, :-1] += step * (primal[:-1] - primal[1:])
        extrapolated[1, :, :-1] += step * (primal[:, :-1] - primal[:, 1:])
        np.hypot(extrapolated[0], extrapolated[1], out=length)
        np.maximum(length, 1, out=length)
        np.divide(extrapolated, length, out=extrapolated)
        t_next = (1 + np.sqrt(1 + 4 * t * t)) / 2
        momentum = np.float32((t - 1) / t_next)
        dual, extrapolated = extrapolated, extrapolated + momentum * (extrapolated - dual)
        t = t_next
    set_primal(dual)
    return primal


def bm3d_map(counts: Image, sigma: float = 1.0) -> NDArray[np.float64]:
    """A map of counts denoised by the package `bm3d`, with the exact unbiased inverse.

    The package may be used for purposes that are not commercial only; it is installed for the
    benchmarks and nothing else.
    """
    from bm3d import bm3d

    import matched_oracle

    transformed = matched_oracle.anscombe(counts.astype(np.float64))
    return matched_oracle.inverse_anscombe(bm3d(transformed, sigma))
