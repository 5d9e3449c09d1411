"""What auto is compared with: filters of other people, with settings found with the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import blind_scores
import numpy as np
import peers
import samples  # noqa: F401 - it makes the oracle importable
from blind_cases import Case
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter

from napari_mmfusion.simulate import nrmse

Image = NDArray[np.float64]
Maps = dict[str, Image]

WIDTHS: Final = tuple(np.geomspace(0.4, 8.0, 22).tolist())
SIGMAS: Final = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
STRENGTHS: Final = (0.5, 0.7, 0.9, 1.2)
GUIDES: Final = tuple((radius, eps) for radius in (1, 2, 4, 8) for eps in (1e-4, 1e-3, 1e-2))
PACKAGE: Final = tuple((steps, tv) for steps in (3, 9) for tv in (0.05, 0.15))


def all_peers(case: Case, *, package: bool) -> dict[str, Maps]:
    """The maps of every method, in measured units."""
    found = {
        "raw": {name: image.astype(np.float64) for name, image in case.data.maps.items()},
        "Gaussian": _each(case, _gaussian),
        "BM3D": _each(case, _bm3d),
        "NLM": _each(case, _nlm),
        "guided filter": _each(case, _guided_filter),
    }
    if package:
        found["multimodal-fusion"] = _multimodal_fusion(case)
    return found


def _each(case: Case, denoise: Callable[[Case, str], Image]) -> Maps:
    return {name: denoise(case, name) for name in case.data.elements}


def _best(case: Case, name: str, images: Iterable[Image]) -> Image:
    """The image nearest to the truth; to a flat truth, the first."""
    images = list(images)
    if name not in case.structured:
        return images[0]
    return min(images, key=lambda image: nrmse(image, case.drawn.maps[name]))


def _gaussian(case: Case, name: str) -> Image:
    image = case.data.maps[name].astype(np.float64)
    # A flat map is best blurred most.
    return _best(case, name, (gaussian_filter(image, width) for width in WIDTHS[::-1]))


def _counts(case: Case, name: str) -> NDArray[np.float32]:
    return np.rint(case.data.maps[name] * case.counts).astype(np.float32)


@lru_cache(maxsize=128)
def _bm3d_of(counts: bytes, side: int, sigma: float) -> Image:
    image = np.frombuffer(counts, np.float32).reshape(side, side)
    return peers.bm3d_map(image, sigma)


def _bm3d(case: Case, name: str) -> Image:
    """BM3D of the Anscombe transform of the counts; downhill over the sigmas from 1.15."""
    counts = _counts(case, name).tobytes()
    images = [None if s != 1.15 else 0.0 for s in SIGMAS]
    found: dict[int, tuple[float, Image]] = {}

    def error(at: int) -> float:
        if at not in found:
            image = _bm3d_of(counts, case.side, SIGMAS[at]) / case.counts
            flat = name not in case.structured
            found[at] = (abs(at - 3) if flat else nrmse(image, case.drawn.maps[name]), image)
        return found[at][0]

    at = images.index(0.0)
    while True:
        best = min((i for i in (at, at - 1, at + 1) if 0 <= i < len(SIGMAS)), key=error)
        if best == at or name not in case.structured:
            return found[at][1]
        at = best


def _nlm(case: Case, name: str) -> Image:
    """Non-local means of the Anscombe transform."""
    from skimage.restoration import denoise_nl_means

    import matched_oracle

    transformed = matched_oracle.anscombe(_counts(case, name).astype(np.float64))
    return _best(
        case,
        name,
        (
            matched_oracle.inverse_anscombe(
                denoise_nl_means(
                    transformed, patch_size=5, patch_distance=8, h=h, sigma=1.0, fast_mode=True
                )
            )
            / case.counts
            for h in STRENGTHS
        ),
    )


def _guided_filter(case: Case, name: str) -> Image:
    """He, Sun, Tang (2013) with the HAADF image, slightly smoothed, as guide."""
    guide = gaussian_filter(case.data.haadf.astype(np.float64), 0.7)
    guide = (guide - guide.min()) / np.ptp(guide)
    image = case.data.maps[name].astype(np.float64)
    return _best(case, name, (_guided(guide, image, radius, eps) for radius, eps in GUIDES))


def _guided(guide: Image, image: Image, radius: int, eps: float) -> Image:
    def mean(values: Image) -> Image:
        return np.asarray(uniform_filter(values, 2 * radius + 1))

    means = mean(guide), mean(image)
    slope = (mean(guide * image) - means[0] * means[1]) / (mean(guide**2) - means[0] ** 2 + eps)
    return np.asarray(mean(slope) * guide + mean(means[1] - slope * means[0]))


def _multimodal_fusion(case: Case) -> Maps:
    """The authors' package with the best of four settings, for all maps together."""
    data = case.data
    images = dict(data.images())
    normalised: Any = {name: data.normalised(name) for name in data.elements}

    def run(settings: Sequence[float]) -> Maps:
        steps, lambda_tv = settings
        results = peers.multimodal_fusion_job(
            data.normalised("HAADF"),
            normalised,
            lambda_chem=0.02,
            lambda_tv=lambda_tv,
            n_iter=30,
            n_iter_tv=int(steps),
            background=0.01,
            costs=False,
        )
        return {
            name: images[name].offset + images[name].scale * np.nan_to_num(x).astype(np.float64)
            for name, x in results.items()
        }

    return min(
        map(run, PACKAGE),
        key=lambda maps: float(np.mean(list(blind_scores.errors(case, maps).values()))),
    )
