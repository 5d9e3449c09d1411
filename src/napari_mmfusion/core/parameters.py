"""The parameters of a fusion: every default, range, unit and help text, written once.

The command line, the dock widget and the documentation are derived from the fields below.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.elements import SYMBOLS
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.parameter_info import ParameterInfo, check_parameter
from napari_mmfusion.core.wording import Argument, Text, joined

Weighting = Literal["unit", "z/mean", "z^gamma/mean", "z/sum", "z^gamma/sum", "z/fitted", "z^1.7"]
TvKind = Literal["isotropic", "anisotropic"]
Solver = Literal["tutorial", "converged", "guided", "matched"]
Normalisation = Literal["maximum", "robust"]

_PUBLISHED: Final = ("tutorial", "converged")
"""Solvers of the published costs."""
_REGULARISED: Final = (*_PUBLISHED, "guided")
"""Solvers that minimise a total variation."""


ESTIMATES: Final = 2
"""Iterations of the matched solver."""


def _info(default: object, **info: Any) -> Any:
    return field(default=default, metadata={"info": ParameterInfo(**info)})


@dataclass(frozen=True, kw_only=True)
class FusionParameters:
    r"""Parameters of the fused multi-modal reconstruction.

    They fix the objective of Schwartz, Di et al. (doi:10.1038/s41524-021-00692-5),

    .. math:: \lambda_H \tfrac12 \|\sum_i w_i x_i^\gamma - b_H\|^2
              + \lambda_{chem} \sum_i \sum (x_i - b_i \log(x_i + \varepsilon))
              + \lambda_{TV} \sum_i TV(x_i), \quad x_i \ge 0,

    and the schedule that lowers it. `FusionParameters.info` gives range, unit and help of each.

    Raises
    ------
    MMFusionParameterError
        If a value is outside its range; the message names the parameter and the range.

    Examples
    --------
    >>> params = FusionParameters(lambda_tv=0.1)
    >>> params.replace(gamma=2).gamma
    2.0
    """

    gamma: float = _info(
        1.6,
        label="Gamma",
        help="Exponent of the HAADF model: intensity grows as the map to this power."
        " 1.4 to 2 for usual detectors; 1 is the linear model.",
        kind="number",
        minimum=1.0,
        maximum=2.0,
        solvers=_PUBLISHED,
    )
    weighting: Weighting = _info(
        "z/mean",
        label="Weighting",
        help="How atomic numbers Z weight the elements in the HAADF model:"
        " unit, Z/mean(Z), Z^gamma/mean(Z^gamma), Z/sum(Z), Z^gamma/sum(Z^gamma); or, with the"
        " ranges of the maps as measured and a scale and offset fitted to the HAADF, z/fitted (for"
        " few counts) and z^1.7 (for gamma 1).",
        kind="choice",
        choices=("unit", "z/mean", "z^gamma/mean", "z/sum", "z^gamma/sum", "z/fitted", "z^1.7"),
    )
    lambda_haadf: float | None = _info(
        None,
        label="HAADF weight",
        help="Weight of the HAADF term. Raising it makes the maps agree more with the HAADF."
        " Left out: 1 / number of elements, or with weighting z/fitted the largest stable value.",
        kind="number",
        minimum=0.0,
        maximum=10.0,
        scale="log",
        optional=True,
        solvers=_PUBLISHED,
    )
    lambda_chem: float = _info(
        0.08,
        label="Chemistry weight",
        help="Weight of the chemical data. Raising it keeps the maps closer to the measurement,"
        " noise included; too high and the costs oscillate.",
        kind="number",
        minimum=0.0,
        maximum=10.0,
        scale="log",
        solvers=_PUBLISHED,
    )
    lambda_tv: float = _info(
        0.15,
        label="TV weight",
        help="Weight of the total variation. Raising it removes more noise;"
        " too high and fine structure is smoothed away.",
        kind="number",
        minimum=0.0,
        maximum=10.0,
        scale="log",
        solvers=_PUBLISHED,
    )
    n_iter: int = _info(
        30,
        label="Iterations",
        help="Iterations of the fusion, for the converged and the guided solver at most. More let"
        " the costs settle. The matched solver takes two.",
        kind="integer",
        minimum=1,
        maximum=10_000,
        unit="iterations",
    )
    n_iter_tv: int = _info(
        3,
        label="TV iterations",
        help="Steps of the TV denoiser in every iteration of the tutorial's solver. More smooth"
        " further.",
        kind="integer",
        minimum=0,
        maximum=200,
        unit="iterations",
        solvers=("tutorial",),
    )
    background: float = _info(
        0.24,
        label="Background",
        help="Background (epsilon) added to a map inside the logarithm and the gradient of the"
        " chemical term. Keeps empty pixels finite; raising it weakens their pull.",
        kind="number",
        minimum=1e-6,
        maximum=10.0,
        scale="log",
        unit="normalised intensity",
        solvers=_PUBLISHED,
    )
    threshold: float | None = _info(
        None,
        label="Threshold",
        help="Start the tutorial's solver with map values below this set to zero (the data stay as"
        " measured). Left out: start from the maps as they are.",
        kind="number",
        minimum=0.0,
        maximum=1.0,
        unit="normalised intensity",
        optional=True,
        solvers=("tutorial",),
    )
    tv: TvKind = _info(
        "isotropic",
        label="TV kind",
        help="Isotropic TV treats all directions alike; anisotropic prefers edges along rows"
        " and columns.",
        kind="choice",
        choices=("isotropic", "anisotropic"),
        solvers=_PUBLISHED,
    )
    regularize: bool = _info(
        True,
        label="Regularise",
        help="Whether the maps are denoised with total variation at all.",
        kind="flag",
        solvers=_REGULARISED,
    )
    atomic_numbers: Mapping[str, int] | None = field(
        default=None,
        hash=False,
        metadata={
            "info": ParameterInfo(
                label="Atomic numbers",
                help="Atomic numbers that replace those of the symbols, as in Sc=21.",
                kind="integers",
                minimum=1,
                maximum=len(SYMBOLS),
                optional=True,
            )
        },
    )
    weights: Mapping[str, float] | None = field(
        default=None,
        hash=False,
        metadata={
            "info": ParameterInfo(
                label="Weights",
                help="Weights of elements in the HAADF model that replace the computed ones, as in"
                " Sc=0.7.",
                kind="numbers",
                minimum=0.0,
                maximum=1000.0,
                optional=True,
            )
        },
    )
    solver: Solver = _info(
        "tutorial",
        label="Solver",
        help="'tutorial' takes the fixed steps of the published tutorial, whose number decides how"
        " far it smooths. 'converged' continues to the minimum of the costs. Their lambdas are not"
        " interchangeable: the converged solver needs a lower TV weight, often a fifth. 'guided'"
        " also takes the edges of the maps from the HAADF and their noise from the counts; it has"
        " parameters of its own and fits the weights of the HAADF model (or their scale alone, with"
        " weighting z^1.7). 'matched' averages places that look alike in the HAADF, which suits"
        " lattices and whatever else repeats; it needs no law of the contrast and no lambdas.",
        kind="choice",
        choices=("tutorial", "converged", "guided", "matched"),
    )
    tolerance: float = _info(
        1e-5,
        label="Tolerance",
        help="The converged solver ends when three consecutive iterations each lower the total"
        " cost by less than this part of it. Lowering it comes closer to the minimum and takes"
        " longer.",
        kind="number",
        minimum=0.0,
        maximum=1.0,
        scale="log",
        solvers=("converged",),
    )
    guided_tv: float = _info(
        6.0,
        label="Guided TV weight",
        help="Weight of the directional total variation in the guided solver, relative to the"
        " counting noise at the peak of a map. Raising it removes more noise; edges that the HAADF"
        " shows stay.",
        kind="number",
        minimum=0.0,
        maximum=1000.0,
        scale="log",
        solvers=("guided",),
    )
    guided_haadf: float = _info(
        10.0,
        label="Guided HAADF weight",
        help="Weight of the linear HAADF model in the guided solver, relative to the counts."
        " Raising it makes the sum of the maps agree more with the HAADF; 0 uses the HAADF as a"
        " guide to edges only, which needs no law of its contrast.",
        kind="number",
        minimum=0.0,
        maximum=1000.0,
        scale="log",
        solvers=("guided",),
    )
    eta: float = _info(
        0.005,
        label="Edge level",
        help="Difference of neighbouring HAADF pixels above which the guided solver takes it for an"
        " edge. Raising it trusts only strong edges; far above 1 the HAADF guides no more.",
        kind="number",
        minimum=1e-4,
        maximum=1000.0,
        scale="log",
        unit="normalised intensity",
        solvers=("guided",),
    )
    gap: float = _info(
        1e-3,
        label="Duality gap",
        help="The guided solver ends when its total cost is above the minimum by at most this part"
        " of it. Lowering it takes more iterations.",
        kind="number",
        minimum=1e-6,
        maximum=1.0,
        scale="log",
        solvers=("guided",),
    )
    matched_strength: float = _info(
        1.0,
        label="Matched strength",
        help="How much the matched solver smooths: the noise level it assumes, as a multiple of the"
        " one found in the maps. Raising it removes more noise, and faint structure with it.",
        kind="number",
        minimum=0.0,
        maximum=10.0,
        solvers=("matched",),
    )
    normalisation: Normalisation = _info(
        "maximum",
        label="Normalisation",
        help="What becomes 1 in each image: its maximum, as in the published tutorial, or with"
        " 'robust' the largest value that is no spike, to which spikes are lowered. The same where"
        " there is no spike.",
        kind="choice",
        choices=("maximum", "robust"),
    )

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            value = check_parameter(each.name, getattr(self, each.name), each.metadata["info"])
            object.__setattr__(self, each.name, value)

    @classmethod
    def info(cls, name: str) -> ParameterInfo:
        """Label, help, range, unit and choices of the parameter `name`."""
        return cast(ParameterInfo, cls.__dataclass_fields__[name].metadata["info"])

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all parameters, in the order they are shown."""
        return tuple(cls.__dataclass_fields__)

    @classmethod
    def used_by(cls, solver: str) -> tuple[str, ...]:
        """Names of the parameters that a solver uses, in the order they are shown.

        >>> "guided_tv" in FusionParameters.used_by("tutorial")
        False
        """
        return tuple(name for name in cls.names() if cls.info(name).is_used_by(solver))

    @property
    def iterations(self) -> int:
        """Number of iterations that a fusion takes at most: `n_iter`, but two if matched.

        >>> FusionParameters().iterations, FusionParameters(solver="matched").iterations
        (30, 2)
        """
        return min(self.n_iter, ESTIMATES) if self.solver == "matched" else self.n_iter

    def replace(self, **changes: Any) -> FusionParameters:
        """A copy with some parameters changed, checked like a new one."""
        unknown = sorted(set(changes) - set(self.names()))
        if unknown:
            raise MMFusionParameterError(
                Text(
                    "unknown parameter {}; there are: {}",
                    quote(unknown[0]),
                    joined(", ", map(Argument, self.names())),
                )
            )
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Plain values of all parameters, ready for JSON and for ``FusionParameters(**d)``."""
        values = {name: getattr(self, name) for name in self.names()}
        return {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}
