"""One image with what its checks share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from napari_mmfusion.core.data_check.fill_values import fill_pixels
from napari_mmfusion.core.data_check.quantum import one_count
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.image import FloatImage
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

    @property
    def is_map(self) -> bool:
        """Whether it is a chemical map."""
        return self.name != HAADF

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return f"map {self.name}" if self.is_map else "the HAADF image"

    @property
    def is_constant(self) -> bool:
        """Whether all that was measured is equal, or nothing was."""
        values = self.image[self.valid]
        return not values.size or bool(values.min() == values.max())


def views_of(data: FusionDataset) -> list[View]:
    """All images of `data`, the HAADF first."""
    views = []
    for name, measured in data.images():
        image = measured.measured
        used = np.isfinite(image)
        if data.mask is not None:
            used &= data.mask
        filled = fill_pixels(image, used)
        valid = used & ~filled
        if not valid.all():
            image = np.where(valid, image, np.median(image[valid]) if valid.any() else 0)
            image = image.astype(np.float32)
        count = None if name == HAADF else one_count(image[valid])
        views.append(View(name, image, measured.measured, valid, filled, count))
    return views
