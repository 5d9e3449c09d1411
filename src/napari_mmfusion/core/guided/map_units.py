"""The units in which the guided solver sees a map: its robust peak is 1, no counts are 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.filling import blur, fill
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.noise_model import NoiseModel, find_noise_model
from napari_mmfusion.core.sampling import sample_bands

Mask = NDArray[np.bool_]
Images = NDArray[np.float32]

_PEAK_BLUR: Final = 1.5
_PEAK_PERCENTILE: Final = 99.5
_START_BLUR: Final = 1.5
_BACKGROUND: Final = 1e-3
"""Background of a map, as a part of its peak, where the measurement does not tell."""
_MOST_COUNTS: Final = 1e6
"""Counts at the peak beyond which more make no difference."""
_ROOM: Final = 1.5
"""Upper bound of a fused map, as a multiple of the largest measured value."""


@dataclass(frozen=True)
class MapUnits:
    """One map: what it was found to be, and its scale.

    Attributes
    ----------
    noise : NoiseModel
        The kind of map, and one count in measured units.
    peak : float
        The robust peak, in measured units above zero and background: the 99.5th percentile of the
        map after a blur of 1.5 pixels. A noisy map's maximum would be that of its noise.
    offset, scale : float
        Minimum and range of the measured map, which normalise maps elsewhere.
    largest : float
        Largest measured value in units of the peak.
    known_background : float
        Known background in measured units, 0 if none is known.
    """

    noise: NoiseModel
    peak: float
    offset: float
    scale: float
    largest: float
    known_background: float = 0.0

    @property
    def counts(self) -> float:
        """D, the counts that make the peak."""
        least = self.peak / _MOST_COUNTS
        return self.peak / max(self.noise.unit, least)

    @property
    def background(self) -> float:
        """Background in units of the peak."""
        return max(self.known_background / self.peak, _BACKGROUND)

    @property
    def level(self) -> float:
        """The measured value of nothing but background."""
        return self.noise.zero + self.known_background

    @property
    def upper_bound(self) -> float:
        """What a fused map may reach, in units of the peak."""
        return max(_ROOM * self.largest, _ROOM)

    def from_normalised(self, image: FloatImage) -> FloatImage:
        """A map with its measured range as 0 to 1, in units of the peak and at least 0."""
        factor = np.float32(self.scale / self.peak)
        offset = np.float32((self.offset - self.level) / self.peak)
        return np.asarray(np.maximum(image * factor + offset, np.float32(0)))

    def normalise(self, image: FloatImage) -> None:
        """The inverse of `from_normalised`, in place, for a map of the core.

        What lies below the measured minimum becomes 0.
        """
        image *= np.float32(self.peak / self.scale)
        if self.offset != self.level:
            image -= np.float32((self.offset - self.level) / self.scale)
            np.maximum(image, np.float32(0), out=image)

    def for_core(self, image: MeasuredImage) -> tuple[FloatImage, float, float]:
        """``(image, offset, factor)`` with ``(image - offset) * factor`` in units of the peak."""
        if image.precise is not None:
            ratio = self.scale / self.peak
            return image.precise, (self.noise.zero - self.offset) / self.scale, ratio
        return image.measured, self.noise.zero, 1.0 / self.peak


@dataclass(frozen=True, eq=False)
class MeasuredMaps:
    """All maps of a data set as the guided solver sees them.

    Attributes
    ----------
    units : tuple of MapUnits
        One for each map, in order.
    images : (n, ny, nx) float32
        The maps in units of their peak, masked pixels filled from their neighbours.
    mask : (ny, nx) bool or None
        Where the counts are used; everywhere if None.
    """

    units: tuple[MapUnits, ...]
    images: Images
    mask: Mask | None

    @property
    def doses(self) -> NDArray[np.float64]:
        """The counts at the peak of every map."""
        return np.array([unit.counts for unit in self.units])

    def start(self) -> Images:
        """Maps to start from: the measured ones, slightly blurred, above a known background."""
        return np.stack(
            [
                np.maximum(
                    blur(image, _START_BLUR) - np.float32(unit.known_background / unit.peak), 0
                )
                for unit, image in zip(self.units, self.images, strict=True)
            ]
        )


_KNOWN: Final[WeakKeyDictionary[FusionDataset, MeasuredMaps]] = WeakKeyDictionary()
"""Of the data sets in use: each move of a slider needs the same."""


def measured_maps(data: FusionDataset, mask: Mask | None) -> MeasuredMaps:
    """The maps of `data` in the units of the guided solver."""
    if mask is not None:
        return _measured_maps(data, mask)
    if data not in _KNOWN:
        _KNOWN[data] = _measured_maps(data, None)
    return _KNOWN[data]


def _measured_maps(data: FusionDataset, mask: Mask | None) -> MeasuredMaps:
    units, images = [], []
    for name, image in data.images():
        if name == HAADF:
            continue
        filled = fill(image.measured, mask)
        noise = data.noise[name] if mask is None else find_noise_model(filled, mask=mask)
        background = data.backgrounds.get(name, 0.0)
        signal = filled - np.float32(noise.zero)
        largest = float((signal if mask is None else signal[mask]).max(initial=0))
        peak = float(np.percentile(blur(sample_bands(signal), _PEAK_BLUR), _PEAK_PERCENTILE))
        peak -= background
        peak = peak if peak > 0 else (largest or image.scale)
        units.append(MapUnits(noise, peak, image.offset, image.scale, largest / peak, background))
        images.append(signal / np.float32(peak))
    return MeasuredMaps(tuple(units), np.stack(images), mask)
