"""What a microscope measures of a specimen: counts, with their Poisson noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from napari_mmfusion.core.elements import atomic_number
from napari_mmfusion.simulate.phantoms import Image, Images, Specimen

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


def haadf_image(specimen: Specimen, gamma: float, weighting: HaadfWeighting) -> Image:
    r"""The noiseless HAADF image :math:`\sum_i w_i x_i^\gamma`, divided by its maximum."""
    power = HAADF_EXPONENTS[weighting]
    image = np.sum(
        [atomic_number(element) ** power * x**gamma for element, x in specimen.haadf_maps.items()],
        axis=0,
    )
    return np.asarray(image / image.max())


def measure(
    specimen: Specimen,
    dose: Dose,
    gamma: float,
    weighting: HaadfWeighting,
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
    expected = dose.haadf_counts * haadf_image(specimen, gamma, weighting)
    return rng.poisson(expected) / dose.haadf_counts, maps
