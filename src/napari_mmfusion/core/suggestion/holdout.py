"""Pixels held out: data without the values measured there, and these values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.values import describe_shape
from napari_mmfusion.core.wording import Argument, Text

Mask = NDArray[np.bool_]
Index = NDArray[np.intp]

FOLDS: Final = 12
"""Parts of the image; replacing more than one at a time would disturb the fusion."""

_ENOUGH: Final = 1 << 14
"""Pixels enough for a score: large images need only some of the parts."""

_FEWEST: Final = 64
_SHORTEST: Final = 3
_FEWEST_SCORED: Final = 2

_TRIES: Final = 8


@dataclass(frozen=True, eq=False)
class Holdout:
    """A data set without its values at some pixels, and these values.

    Attributes
    ----------
    data : FusionDataset
        The data with the maps' values replaced, in all maps at the same pixels; the HAADF image
        and the range of every map are as measured.
    scored : (ny, nx) bool
        The pixels to predict.
    values : (n, m) float64
        What was measured at the m pixels, normalised, for each of n maps.
    """

    data: FusionDataset
    scored: Mask
    values: NDArray[np.float64]


def make_holdouts(data: FusionDataset, *, reach: int = 0) -> list[Holdout]:
    """Hold out as many parts of the pixels, one at a time, as are enough for a score."""
    ny, nx = data.shape
    folds = min(FOLDS, math.ceil(FOLDS * _ENOUGH / (ny * nx)))
    holdouts = [make_holdout(data, fold, reach=reach) for fold in range(folds)]
    kept = [holdout for holdout in holdouts if np.count_nonzero(holdout.scored) >= _FEWEST_SCORED]
    if not kept:
        raise _too_small(data)
    return kept


def require_enough_pixels(data: FusionDataset) -> None:
    """Raise `MMFusionDataError` for images that are too small to hold pixels out."""
    ny, nx = data.shape
    measured = ny * nx if data.mask is None else int(np.count_nonzero(data.mask))
    if min(ny, nx) < _SHORTEST or measured < _FEWEST:
        raise _too_small(data)


def _too_small(data: FusionDataset) -> MMFusionDataError:
    return MMFusionDataError(
        Text(
            "images of {} pixels are too small to hold pixels out: at least {} that were measured,"
            " and {} rows and columns, are needed; give the {} yourself",
            describe_shape(data.shape),
            _FEWEST,
            _SHORTEST,
            Argument("lambdas"),
        )
    )


def make_holdout(data: FusionDataset, fold: int, *, reach: int = 0) -> Holdout:
    """Replace the maps at random pixels by the values of random neighbours that are kept.

    So the chemical term applies everywhere, to values as noisy as all others but independent of
    the noise to predict. Without the term these pixels, and no others, would follow the HAADF image
    alone. The mean of the neighbours instead would predict well even if nothing is denoised.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    fold : int
        Selects the pixels; folds have no pixel in common.
    reach : int
        How many pixels around each chosen one are replaced as well.
    """
    images = dict(data.images())
    haadf = images.pop(HAADF)
    maps = {name: image.normalised() for name, image in images.items()}
    width = 2 * reach + 1
    labels = np.random.default_rng(0).integers(FOLDS * width**2, size=data.shape, dtype=np.uint8)
    rng = np.random.default_rng(fold + 1)
    scored = labels == fold
    # The extremes are kept: they set the range of a map, and with it the meaning of the lambdas.
    scored &= ~ndimage.maximum_filter(_extremes(maps.values()), width)
    if data.mask is not None:  # a guess is no measurement to predict
        scored &= data.mask
    replaced = ndimage.maximum_filter(scored, width)
    source = _neighbours(replaced, reach, rng)
    values = np.stack([image[scored] for image in maps.values()]).astype(np.float64)
    return Holdout(
        FusionDataset(
            _to_measured_units(haadf, haadf.normalised()),
            {
                name: _to_measured_units(images[name], _fill(maps[name], replaced, source))
                for name in maps
            },
            mask=data.mask,
        ),
        scored,
        values,
    )


def _extremes(images: Iterable[FloatImage]) -> Mask:
    extremes: Mask | None = None
    for image in images:
        if extremes is None:
            extremes = np.zeros(image.shape, dtype=np.bool_)
        extremes.flat[[image.argmin(), image.argmax()]] = True
    assert extremes is not None
    return extremes


def _neighbours(holes: Mask, reach: int, rng: np.random.Generator) -> tuple[Index, Index]:
    """For every hole, a random kept pixel next to it, or from anywhere if there is none."""
    rows, columns = np.nonzero(holes)
    sources = np.nonzero(~holes)
    chosen = rng.integers(len(sources[0]), size=len(rows))
    from_rows, from_columns = sources[0][chosen], sources[1][chosen]
    distance = reach + 1
    offsets = [
        (dy, dx)
        for dy in range(-distance, distance + 1)
        for dx in range(-distance, distance + 1)
        if max(abs(dy), abs(dx)) == distance
    ]
    left = np.arange(len(rows))
    for _ in range(_TRIES):
        steps = np.array(offsets)[rng.integers(len(offsets), size=len(left))]
        y = np.clip(rows[left] + steps[:, 0], 0, holes.shape[0] - 1)
        x = np.clip(columns[left] + steps[:, 1], 0, holes.shape[1] - 1)
        kept = ~holes[y, x]
        from_rows[left[kept]], from_columns[left[kept]] = y[kept], x[kept]
        left = left[~kept]
    return from_rows, from_columns


def _fill(image: FloatImage, holes: Mask, source: tuple[Index, Index]) -> FloatImage:
    filled = image.copy()
    filled[holes] = image[source]
    return filled


def _to_measured_units(image: MeasuredImage, normalised: FloatImage) -> NDArray[np.float64]:
    """In measured units, as float64: precise enough to be normalised again."""
    return image.offset + image.scale * normalised.astype(np.float64)
