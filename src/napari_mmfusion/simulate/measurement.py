"""The measurement of a specimen: counts with Poisson noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from napari_mmfusion.core.elements import atomic_number
from napari_mmfusion.simulate.specimen import Image, Images, Specimen

HaadfWeighting = Literal["z", "z^1.7"]
HAADF_EXPONENTS: Final[dict[str, float]] = {"z": 1.0, "z^1.7": 1.7}
"""Power of the atomic number in the weights of the simulated HAADF image, by name."""


@dataclass(frozen=True, kw_only=True)
class Dose:
    """How many counts there are.

    Attributes
    ----------
    counts : float
        Expected X-ray counts D of a chemical map where it is 1.
    background_counts : float
        Expected counts B added to every pixel of every map.
    haadf_counts : float
        Expected counts N_H of the HAADF image at its brightest.
    """

    counts: float
    background_counts: float
    haadf_counts: float


@dataclass(frozen=True, kw_only=True)
class HaadfImaging:
    """How the HAADF image comes from the specimen, flaws included.

    Attributes
    ----------
    gamma : float
        Exponent of the maps.
    weighting : {"z", "z^1.7"}
        Power of the atomic number that weights the elements.
    ramp : float
        Background that rises from 0 at the left edge to this part of the maximum at the right.
    shift : int
        Pixels by which the image lies too far right.
    offset : float
        Constant background, as a part of the maximum.
    blur : float
        Standard deviation in pixels by which the image is less sharp than the maps.
    drift : float
        Pixels by which the last row lies further right than the first, the others in between.
    jitter : float
        Standard deviation in pixels of the random displacements of the rows along the scan.
    """

    gamma: float = 1.6
    weighting: HaadfWeighting = "z"
    ramp: float = 0.0
    shift: int = 0
    offset: float = 0.0
    blur: float = 0.0
    drift: float = 0.0
    jitter: float = 0.0


def haadf_image(specimen: Specimen, imaging: HaadfImaging) -> Image:
    r"""The noiseless HAADF image :math:`\sum_i w_i x_i^\gamma`, divided by its maximum."""
    power = HAADF_EXPONENTS[imaging.weighting]
    image = np.sum(
        [
            atomic_number(name) ** power * x**imaging.gamma
            for name, x in specimen.haadf_maps.items()
        ],
        axis=0,
    )
    columns = np.arange(image.shape[1])
    image = image[:, np.maximum(columns - imaging.shift, 0)] / image.max()
    image += imaging.ramp * columns / (len(columns) - 1)
    image = imaging.offset + image / image.max()
    if imaging.blur > 0:
        from scipy.ndimage import gaussian_filter  # slow to import

        image = gaussian_filter(image, imaging.blur, mode="nearest")
    return np.asarray(image / image.max())


def distorted(image: Image, imaging: HaadfImaging, rng: np.random.Generator) -> Image:
    """The image as a scan takes it: every row displaced along itself, by drift and jitter."""
    if imaging.drift == 0 and imaging.jitter == 0:
        return image
    from scipy.ndimage import map_coordinates  # slow to import

    right = np.linspace(0, imaging.drift, len(image)) + imaging.jitter * rng.normal(size=len(image))
    rows, columns = np.indices(image.shape, dtype=np.float64)
    moved = map_coordinates(image, [rows, columns - right[:, None]], order=3, mode="nearest")
    return np.asarray(np.clip(moved, 0, 1))


def measure(
    specimen: Specimen,
    dose: Dose,
    imaging: HaadfImaging,
    rng: np.random.Generator,
) -> tuple[Image, Images]:
    r"""HAADF image and chemical maps with noise.

    Counts are :math:`C_i \sim Poisson(D x_i + B)`, maps :math:`b_i = C_i / D`, and the HAADF
    image is :math:`Poisson(N_H h / \max h) / N_H`.
    """
    maps = {
        element: rng.poisson(dose.counts * x + dose.background_counts) / dose.counts
        for element, x in specimen.maps.items()
    }
    expected = dose.haadf_counts * distorted(haadf_image(specimen, imaging), imaging, rng)
    return rng.poisson(expected) / dose.haadf_counts, maps
