"""One image with what its checks share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from napari_mmfusion.core.data_check.gaps.fill_values import fill_pixels
from napari_mmfusion.core.data_check.quantum import one_count
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.masks import Mask


@dataclass(frozen=True, eq=False)
class View:
    """An image of a data set.

    Attributes
    ----------
    name : str
        ``"HAADF"`` or the name of the map.
    image : (ny, nx) float32
        As measured; where `valid` is false, the median of the others.
    source : (ny, nx) float32
        As measured everywhere.
    valid : (ny, nx) bool
        Where the image holds a measurement.
    filled : (ny, nx) bool
        Where it holds a value that stands for none, such as -9999.
    count : float or None
        The value of one count, if the image is a map of counts.
    """

    name: str
    image: FloatImage
    source: FloatImage
    valid: Mask
    filled: Mask
    count: float | None

    @cached_property
    def is_whole(self) -> bool:
        """Whether all pixels were measured."""
        return bool(self.valid.all())

    @cached_property
    def range(self) -> tuple[float, float]:
        """Smallest and largest value that was measured."""
        low = self.image.min(initial=np.inf, where=self.valid)
        return float(low), float(self.image.max(initial=-np.inf, where=self.valid))

    @property
    def is_map(self) -> bool:
        """Whether it is a chemical map."""
        return self.name != HAADF

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return f"map {self.name}" if self.is_map else "the HAADF image"

    @property
    def is_missing(self) -> bool:
        """Whether nothing was measured."""
        return not self.valid.any()

    def measured(self, image: FloatImage | None = None) -> FloatImage:
        """What was measured, in a row; of another image in the same pixels, if one is given."""
        image = self.image if image is None else image
        return image.ravel() if self.is_whole else image[self.valid]

    @property
    def is_constant(self) -> bool:
        """Whether all that was measured is equal, or nothing was."""
        return self.range[0] >= self.range[1]


def views_of(data: FusionDataset) -> list[View]:
    """All images of `data`, the HAADF first."""
    return [view_of(data, name, measured) for name, measured in data.images()]


def view_of(data: FusionDataset, name: str, measured: MeasuredImage) -> View:
    """One image of `data`."""
    image = measured.measured
    used = np.isfinite(image) if measured.missing else np.ones(image.shape, np.bool_)
    if data.mask is not None:
        used &= data.mask
    filled = fill_pixels(image, used, is_map=name != HAADF)
    valid = used & ~filled if filled.any() else used
    values = image.ravel() if valid.all() else image[valid]
    if values.size < image.size:
        image = np.where(valid, image, np.median(values) if values.size else np.float32(0))
        image = image.astype(np.float32, copy=False)
    count = None if name == HAADF else one_count(values)
    return View(name, image, measured.measured, valid, filled, count)
