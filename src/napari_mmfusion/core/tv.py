"""Total variation of an image, and its proximal operator."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from napari_mmfusion.core import native
from napari_mmfusion.core.call_checks import check_flag
from napari_mmfusion.core.checks import check_number, check_whole_number, quote
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.guide import check_guide
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.interruption import in_core
from napari_mmfusion.core.parameters import FusionParameters, TvKind
from napari_mmfusion.core.threads import thread_count
from napari_mmfusion.core.wording import Argument, Text

_MOST_STEPS = 10_000
_LARGEST_WEIGHT = float(np.finfo(np.float32).max)


def tv_norm(image: ArrayLike, *, tv: TvKind = "isotropic") -> float:
    r"""Total variation of an image.

    Isotropic :math:`\sum \sqrt{d_y^2 + d_x^2}` or anisotropic :math:`\sum |d_y| + |d_x|`, with
    forward differences that are 0 at the far edge.

    Parameters
    ----------
    image : (ny, nx) array of any real type
    tv : {"isotropic", "anisotropic"}

    Returns
    -------
    float
        In the unit of the image.

    Raises
    ------
    MMFusionDataError
        If `image` is not a two-dimensional array of finite real numbers.

    Examples
    --------
    >>> tv_norm([[0, 0], [0, 3]]), tv_norm([[3, 0], [0, 0]], tv="anisotropic")
    (6.0, 6.0)
    """
    with in_core():
        return native.tv_norm(_image(image), isotropic=_is_isotropic(tv))


def tv_prox(
    image: ArrayLike,
    weight: float,
    n_iter: int,
    *,
    tv: TvKind = "isotropic",
    nonnegative: bool = True,
    guide: ArrayLike | None = None,
    threads: int | None = None,
) -> FloatImage:
    r"""Proximal operator of total variation: denoise an image, keep its edges.

    .. math:: \arg\min_u \tfrac12 \|u - b\|^2 + \lambda TV(u) \quad (u \ge 0)

    by `n_iter` steps of FGP, dual gradient projection with momentum, from a zero dual. A higher
    weight removes more noise and more fine structure; more steps come closer to the minimum. With
    a guide :math:`\xi` the total variation is directional, :math:`\sum |(I - \xi \xi^T) \nabla u|`:
    an edge of u costs nothing where the guide has one of the same direction.

    Parameters
    ----------
    image : (ny, nx) array of any real type
        The noisy image b.
    weight : float
        lambda, in the unit of the image; 0 gives the image back (clipped at 0).
    n_iter : int
        Number of steps, at most 10 000; 0 gives the image back (clipped at 0).
    tv : {"isotropic", "anisotropic"}
    nonnegative : bool
        Whether u is kept from going below 0.
    guide : (2, ny, nx) array, optional
        What `guide_field` makes of the HAADF image; only with isotropic TV.
    threads : int, optional
        Threads to use; the result is the same, bit for bit, for any number.

    Returns
    -------
    (ny, nx) float32

    Raises
    ------
    MMFusionDataError
        If `image` is not a two-dimensional array of finite real numbers, or `guide` does not fit
        it.
    MMFusionParameterError
        If `weight` or `n_iter` is outside its range, or `tv` is unknown or anisotropic with a
        guide.

    References
    ----------
    Beck & Teboulle, IEEE Trans. Image Process. 18, 2419 (2009), doi:10.1109/TIP.2009.2028250.
    Ehrhardt, Betcke, SIAM J. Imaging Sci. 9, 1084 (2016), doi:10.1137/15M1047325.

    Examples
    --------
    >>> print(tv_prox([[0.0, 1.0], [0.0, 1.0]], weight=0.125, n_iter=100).round(4))
    [[0.125 0.875]
     [0.125 0.875]]
    """
    problem = _problem(image, weight, tv, nonnegative, guide)
    with in_core():
        result, _ = native.tv_prox(
            **problem,
            n_iter=check_whole_number("n_iter", n_iter, 0, _MOST_STEPS),
            threads=thread_count(threads),
            unit=_power_of_two_above(problem["image"]),
        )
    return result


def tv_prox_with_gap(
    image: ArrayLike,
    weight: float,
    n_iter: int,
    *,
    tv: TvKind = "isotropic",
    nonnegative: bool = True,
    guide: ArrayLike | None = None,
    threads: int | None = None,
) -> tuple[FloatImage, float]:
    r"""`tv_prox` with a bound on the distance from the minimum.

    Parameters and errors are those of `tv_prox`.

    Returns
    -------
    image : (ny, nx) float32
        The denoised image u.
    gap : float
        Duality gap: :math:`\tfrac12 \|u - u^*\|^2` is at most this.

    Examples
    --------
    >>> image, gap = tv_prox_with_gap([[0.0, 1.0], [0.0, 1.0]], weight=0.1, n_iter=100)
    >>> gap < 1e-6
    True
    """
    problem = _problem(image, weight, tv, nonnegative, guide)
    with in_core():
        result, dual = native.tv_prox(
            **problem,
            n_iter=check_whole_number("n_iter", n_iter, 0, _MOST_STEPS),
            threads=thread_count(threads),
            unit=_power_of_two_above(problem["image"]),
            return_dual=True,
        )
        assert dual is not None
        gap = native.tv_duality_gap(**problem, dual=dual)
        return result, math.inf if math.isnan(gap) else gap  # beyond the range of the computation


def _problem(
    image: ArrayLike, weight: float, tv: TvKind, nonnegative: bool, guide: ArrayLike | None
) -> dict[str, Any]:
    pixels = _image(image)
    if guide is not None and not _is_isotropic(tv):
        raise MMFusionParameterError("a guide needs isotropic total variation; leave tv out")
    return {
        "image": pixels,
        "weight": check_number("weight", weight, 0, _LARGEST_WEIGHT),
        "isotropic": _is_isotropic(tv),
        "nonnegative": check_flag("nonnegative", nonnegative),
        "guide": None if guide is None else check_guide(guide, pixels),
    }


def _image(image: ArrayLike) -> FloatImage:
    return MeasuredImage.from_array("image", image).measured


def _is_isotropic(tv: object) -> bool:
    choices = FusionParameters.info("tv").choices
    if not isinstance(tv, str) or tv not in choices:
        raise MMFusionParameterError(
            Text("{} must be one of {}, not {}", Argument("tv"), ", ".join(choices), quote(tv))
        )
    return tv == "isotropic"


def _power_of_two_above(pixels: FloatImage) -> float:
    """Power of two that brings the image near 1, where its squares stay in single precision."""
    largest = max(float(pixels.max()), -float(pixels.min()))
    _, exponent = math.frexp(largest)
    return math.ldexp(1.0, min(max(exponent, -100), 100))
