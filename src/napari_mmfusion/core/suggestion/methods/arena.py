"""The hidden data on which all methods are compared, and their fusions in several threads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.choice import Hidden
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.filling import blur
from napari_mmfusion.core.fusion import StopFlag, fuse
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.fusion_pool import FusionPool
from napari_mmfusion.core.suggestion.holdout import Holdout, make_holdouts
from napari_mmfusion.core.suggestion.methods.region import richest_region
from napari_mmfusion.core.suggestion.score import prediction_losses
from napari_mmfusion.core.suggestion.thinning import PARTS, can_be_thinned, make_thinned

Losses = NDArray[np.float32]
"""(n, m): the loss of every hidden value, for each of n maps."""

_ENOUGH: Final = 1 << 16
"""Pixels of all parts together from which more parts would only take longer."""
_ENOUGH_TO_SEARCH: Final = 1 << 15
_SEARCHED_PIXELS: Final = 1 << 14
"""Pixels of the region in which settings are searched that apply anywhere."""
_GAP: Final = 1e-2
_SEARCH_GAP: Final = 3e-2
"""Duality gaps of fusions that are compared: closer to the minimum, predictions hardly change."""
_CONTRADICTION: Final = 2.0
"""Loss of a map that contradicts its own measurement; that of a constant is 1."""


class Arena(FusionPool):
    """Hidden data, and how well fusions of the rest predict them.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    reach : int
        How many pixels around each one are hidden with it, if whole pixels are.
    threads : int
        Threads to use.
    stop : StopFlag
        Ends a fusion within one iteration once set.
    """

    def __init__(self, data: FusionDataset, reach: int, threads: int, stop: StopFlag) -> None:
        super().__init__(threads, stop)
        self.data = data
        self.hidden: Hidden = "counts" if can_be_thinned(data) else "pixels"
        self.holdouts = self._hide(reach)
        self.threads = threads

    def _hide(self, reach: int) -> list[Holdout]:
        if self.hidden == "pixels":
            return make_holdouts(self.data, reach=reach)
        pixels = math.prod(self.data.shape)
        parts = make_thinned(self.data, min(PARTS, max(2, round(_ENOUGH / pixels))))
        if not all(map(_has_contrast, parts)):
            raise MMFusionDataError(
                "a map has so few counts that nothing is left of it when a tenth is hidden, so the"
                " data do not tell which method suits them: bin the images, or leave the map out"
            )
        return parts

    @cached_property
    def searched(self) -> list[Holdout]:
        """A region of some of the hidden data, to search settings that apply anywhere."""
        region = richest_region(self.data, _SEARCHED_PIXELS)
        parts = [_cut(holdout, region) for holdout in self.holdouts]
        if not all(map(_has_contrast, parts)):
            return self.holdouts
        if self.hidden == "counts":
            pixels = np.count_nonzero(parts[0].scored)
            parts = parts[: max(1, round(_ENOUGH_TO_SEARCH / pixels))]
        return parts

    def scores(self, fusions: Sequence[FusionParameters]) -> list[float]:
        """Mean loss of each of some fusions on the region for searches."""
        found = self._each(self.searched, fusions, _SEARCH_GAP)
        return [float(np.mean([losses.mean() for losses in each])) for each in found]

    def losses(self, fusions: Sequence[FusionParameters]) -> list[Losses]:
        """The losses of each of some fusions on all hidden data."""
        return [np.concatenate(each, axis=1) for each in self._each(self.holdouts, fusions, _GAP)]

    def map_losses(self, name: str, sigmas: Sequence[float]) -> list[Losses]:
        """The losses (1, m) of one map after Gaussian blurs.

        A sigma of 0 leaves it as measured, an infinite one leaves its mean alone.
        """
        index = self.data.elements.index(name)
        return list(
            self._pool.map(
                lambda sigma: np.concatenate(
                    [_blurred_losses(each, name, index, sigma) for each in self.holdouts]
                )[None],
                sigmas,
            )
        )

    def _each(
        self, holdouts: Sequence[Holdout], fusions: Sequence[FusionParameters], gap: float
    ) -> Iterator[list[Losses]]:
        quick = [fusion.replace(gap=max(fusion.gap, gap)) for fusion in fusions]
        jobs = [
            [self._pool.submit(self._losses, holdout, fusion) for holdout in holdouts]
            for fusion in quick
        ]
        for job in jobs:
            yield [future.result() for future in job]
        self.raise_if_stopped()

    def _losses(self, holdout: Holdout, params: FusionParameters) -> Losses:
        result = fuse(holdout.data, params, threads=1, stop=self.stop)
        losses = []
        for (name, image), values in zip(result.maps.items(), holdout.values, strict=True):
            if contradicts(image, holdout.data.maps[name]):
                losses.append(np.full(values.shape, _CONTRADICTION, np.float32))
            else:
                losses.append(prediction_losses(image[holdout.scored], values).astype(np.float32))
        return np.stack(losses)


def contradicts(fused: FloatImage, measured: FloatImage) -> bool:
    """Whether a fused map does not rise with the very map that it was made from.

    Whatever smooths a measurement follows its noise to some extent, if there is nothing else to
    follow. A map that does not, by one standard error of the correlation, has its structure from
    the HAADF image, and may be dark where the element is. Hidden data of few counts do not tell.

    Examples
    --------
    >>> measured = np.random.default_rng(0).poisson(1.0, (32, 32)).astype(np.float32)
    >>> contradicts(-blur(measured, 2.0), measured), contradicts(blur(measured, 2.0), measured)
    (True, False)
    """
    x, b = (image - image.mean(dtype=np.float64) for image in (fused, measured))
    power = float((x * x).sum()) * float((b * b).sum())
    return power > 0 and float((x * b).sum()) < math.sqrt(power / x.size)


def _blurred_losses(holdout: Holdout, name: str, index: int, sigma: float) -> NDArray[np.float32]:
    predicted = _blurred(holdout.data.maps[name], sigma)[holdout.scored]
    return prediction_losses(predicted, holdout.values[index]).astype(np.float32)


def _blurred(image: FloatImage, sigma: float) -> FloatImage:
    if math.isinf(sigma):
        return np.zeros_like(image)
    return blur(image, sigma) if sigma > 0 else image


def _has_contrast(holdout: Holdout) -> bool:
    """Whether there is something to fuse, and something to predict."""
    images = (image for _, image in holdout.data.images())
    return bool(holdout.scored.any()) and not any(image.is_constant for image in images)


def _cut(holdout: Holdout, region: tuple[slice, slice]) -> Holdout:
    """The part of hidden data in a region."""
    inside = np.zeros_like(holdout.scored)
    inside[region] = True
    return Holdout(
        holdout.data.cropped(*region),
        holdout.scored[region],
        holdout.values[:, inside[holdout.scored]],
    )
