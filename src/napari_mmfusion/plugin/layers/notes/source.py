"""The images a fusion takes from the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.masks import mask_of_runs
from napari_mmfusion.plugin.layers.calibration import NO_UNIT
from napari_mmfusion.plugin.layers.choice.repairs import Repair
from napari_mmfusion.plugin.layers.preview_region import Region


@dataclass(frozen=True)
class Source:
    """The images to fuse, as the layers hold them; checked and copied only in the thread.

    Attributes
    ----------
    haadf, maps
        The images.
    pixel_size, unit
        Those of the HAADF image.
    name : str
        The file of the data set, its name where it has no file, or what was mixed.
    sha256 : str or None
        Checksum of the file; None for a mixture.
    region : Region or None
        The part to fuse; None for the whole.
    reading : str
        The data set the outputs belong to; see `LayerNote.reading`.
    files : mapping of str or None to str
        The file of each element's map, and under None that of the HAADF image.
    repairs : sequence of str
        What is mended in the copies, in this order.
    left_out : tuple of int or None
        Pixels that the file of the images leaves out; see `run_lengths`.
    """

    haadf: Any
    maps: Mapping[str, Any]
    pixel_size: float | None = None
    unit: str = NO_UNIT
    name: str = ""
    sha256: str | None = None
    region: Region | None = None
    reading: str = ""
    files: Mapping[str | None, str] = field(default_factory=dict)
    repairs: Sequence[Repair] = ()
    left_out: tuple[int, ...] | None = None

    def dataset(self) -> FusionDataset:
        """The data set, from copies of the images or of a region of them."""
        data = FusionDataset(
            self._cut(self.haadf),
            {element: self._cut(image) for element, image in self.maps.items()},
            self.pixel_size,
            self.unit,
            name=self.name,
            source_sha256=self.sha256,
            mask=self._mask(),
        )
        for repair in self.repairs:
            data = getattr(data, repair)()
        return data

    def _mask(self) -> NDArray[np.bool_] | None:
        if self.left_out is None:
            return None
        mask = mask_of_runs(self.left_out, np.shape(self.haadf))
        return mask if self.region is None else self.region.cut_mask(mask)

    def _cut(self, image: Any) -> NDArray[Any]:
        whole = np.asarray(image)
        return whole if self.region is None else self.region.cut(whole)
