"""Residuals: what the fused maps do not explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.resumption import require_result
from napari_mmfusion.core.trust.noise import Array, ExpectedSignal, expected_signal
from napari_mmfusion.core.values import ArrayRecord, FrozenMapping, describe_images

_CORRELATED: Final = 0.2
"""Correlation of neighbouring residuals above which they are not independent noise."""


@dataclass(frozen=True, eq=False, repr=False)
class Residuals(ArrayRecord):
    """Measured minus expected images.

    Attributes
    ----------
    haadf : (ny, nx) float32
        HAADF image minus its model, relative to the range of the measured image.
    maps : mapping of str to (ny, nx) float32
        Measured minus expected map, in standard deviations of the noise: independent values
        around 0, mostly within 2, where the fused map explains the data. 0 at masked pixels.
    spreads : mapping of str to float
        Root mean square of measured minus expected map, divided by that of the noise: 1 for noise
        alone, more if structure was smoothed away, less if noise was taken for structure.
    counts_per_unit : mapping of str to float
        Counts in one unit of each measured map, estimated from its noise.
    """

    haadf: FloatImage
    maps: Mapping[str, FloatImage]
    spreads: Mapping[str, float]
    counts_per_unit: Mapping[str, float]

    def correlation(self, name: str) -> float:
        """Correlation of the residuals of a map between neighbouring pixels: 0 for noise alone."""
        image = self.maps[name].astype(np.float64)
        image -= image.mean()
        power = float(np.mean(image**2))
        pairs = [np.mean(image[1:] * image[:-1]), np.mean(image[:, 1:] * image[:, :-1])]
        return float(np.mean(pairs)) / power if power > 0 else 0.0

    def __str__(self) -> str:
        """The spread of every map, and which maps have structure left."""
        spreads = ", ".join(f"{name} {spread:.2f}" for name, spread in self.spreads.items())
        misfit = float(np.sqrt(np.mean(np.square(self.haadf, dtype=np.float64))))
        words = f"Residuals over noise (1 is noise alone): {spreads}. HAADF misfit {misfit:.1%}."
        left = [name for name in self.maps if self.correlation(name) > _CORRELATED]
        if left:
            words += (
                f" Neighbouring residuals are alike in {', '.join(left)}:"
                " smoothed away structure, or noise that is not independent."
            )
        return words

    def __repr__(self) -> str:
        """The shape and the elements."""
        return f"Residuals({describe_images(self.maps)})"


def residuals(result: FusionResult) -> Residuals:
    r"""What the fused maps do not explain, divided by the expected noise: noise if all is well.

    Of a map :math:`b` with the fused map :math:`x` it is
    :math:`(b - \mu) / \sigma` with :math:`\mu = \alpha + \beta x` fitted to :math:`b`, since fused
    maps are relative. The noise is counting noise, :math:`\sigma^2 = k \mu`; the units per count,
    :math:`k`, are estimated from the data, see
    `napari_mmfusion.core.trust.noise.counts_per_unit`. The model of the HAADF image has no free
    scale, so its residual is the plain difference.

    Parameters
    ----------
    result : FusionResult
        The fusion to examine.

    Returns
    -------
    Residuals
        Residual images; ``print(residuals)`` summarises them.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=20, seed=0)
    >>> left = mmf.residuals(mmf.fuse(data))
    >>> sorted(left.maps), left.haadf.shape
    (['Co', 'O', 'S'], (64, 64))
    """
    require_result(result)
    expected = {name: expected_signal(result, name) for name in result.maps}
    mask = result.data.mask
    left = {name: result.data.maps[name] - signal.image for name, signal in expected.items()}
    if mask is not None:
        left = {name: np.where(mask, image, 0.0) for name, image in left.items()}
    return Residuals(
        haadf=result.data.normalised(HAADF) - result.haadf,
        maps=FrozenMapping(
            {name: _over(left[name], signal.deviation) for name, signal in expected.items()}
        ),
        spreads=FrozenMapping(
            {name: _spread(left[name], signal, mask) for name, signal in expected.items()}
        ),
        counts_per_unit=FrozenMapping(
            {name: signal.counts_per_unit for name, signal in expected.items()}
        ),
    )


def _over(difference: Array, deviation: Array) -> FloatImage:
    ratio = np.zeros_like(difference)
    np.divide(difference, deviation, out=ratio, where=deviation > 0)
    return ratio.astype(np.float32)


def _spread(difference: Array, signal: ExpectedSignal, mask: NDArray[np.bool_] | None) -> float:
    # From sums, not pixel by pixel, so that pixels without counts, such as vacuum, do not matter.
    used = ... if mask is None else mask
    variance = float(np.mean(signal.image[used] - signal.zero)) / signal.counts_per_unit
    return float(np.sqrt(np.mean(difference[used] ** 2) / variance)) if variance > 0 else 0.0
