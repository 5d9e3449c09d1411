"""The tutorial's two data sets: their settings and the results of the published schedule."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Tutorial:
    """One data set with its settings and check points.

    `costs` holds Psi_1, Psi_2 and Psi_3 after iterations 1, 4 and 30, `means` the means of the
    fused maps, of the schedule in double precision with isotropic TV, as printed: 6 digits.
    """

    file: str
    atomic_numbers: dict[str, int]
    settings: dict[str, Any]
    costs: dict[int, tuple[float, float, float]]
    means: dict[str, float]
    images: dict[str, NDArray[Any]] = field(default_factory=dict)

    def with_images(self, images: dict[str, NDArray[Any]]) -> Tutorial:
        return dataclasses.replace(self, images=images)

    @property
    def haadf(self) -> NDArray[Any]:
        return self.images["HAADF"]

    @property
    def maps(self) -> dict[str, NDArray[Any]]:
        return {name: self.images[name] for name in self.atomic_numbers}


TUTORIALS = {
    "DyScO3": Tutorial(
        file="PTO_Trilayer_dataset.npz",
        atomic_numbers={"Sc": 21, "Dy": 66, "O": 8},
        settings={
            "lambda_chem": 0.08,
            "lambda_tv": 0.15,
            "n_iter": 30,
            "n_iter_tv": 3,
            "background": 0.24,
        },
        costs={
            1: (330.525, 87143.9, 9227.38),
            4: (181.421, 84366.6, 7175.77),
            30: (220.626, 83335.2, 6031.31),
        },
        means={"Sc": 0.052984, "Dy": 0.085095, "O": 0.402357},
    ),
    "Co3O4-Mn3O4": Tutorial(
        file="Co3O4_Mn3O4.h5",
        atomic_numbers={"Co": 27, "Mn": 25, "O": 8},
        settings={
            "lambda_chem": 0.006,
            "lambda_tv": 0.022,
            "n_iter": 30,
            "n_iter_tv": 6,
            "background": 0.01,
            "threshold": 0.2,
        },
        costs={
            1: (4929.16, 14589.1, 9806.99),
            4: (2844.45, 23536.5, 6571.51),
            30: (141.444, 42336.5, 2253.17),
        },
        means={"Co": 0.077469, "Mn": 0.118992, "O": 0.008185},
    ),
}


def agrees(found: float, printed: float) -> bool:
    """Whether `found` is `printed` within one unit of its sixth digit."""
    return abs(found - printed) <= 1.01 * 10.0 ** (np.floor(np.log10(abs(printed))) - 5)
