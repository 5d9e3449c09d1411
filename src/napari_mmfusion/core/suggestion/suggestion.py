"""What a search suggests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import ScoreCurve
from napari_mmfusion.core.values import ArrayRecord, FrozenMapping


@dataclass(frozen=True, eq=False, repr=False)
class Suggestion(ArrayRecord):
    """The lambdas that best predict what was measured at pixels the fusion did not see.

    Attributes
    ----------
    chosen : mapping of str to value
        What was chosen, by the names of the parameters: the two lambdas and the values from
        `choices`, or the solver and its settings.
    params : FusionParameters
        The parameters given, with what was chosen.
    score : float
        The mean prediction loss with these lambdas. It compares the other parameters as well: of
        two backgrounds or solvers, the one with the lower score suits the data better.
    curves : tuple of ScoreCurve
        The lowest scores at each value of one lambda, in the order of the search: coarse along
        `lambda_tv` and `lambda_chem`, then fine along `lambda_chem` and `lambda_tv`; or along
        the settings of the method chosen.
    warnings : tuple of str
        Assumptions that do not hold for these data, and what was done about it.
    choice : Choice or None
        With ``solver="auto"`` or ``"guided"``: the scores of every method for each map, and whether
        the fusion helps. `fuse` keeps it in the result if it gets the whole suggestion.
    """

    chosen: Mapping[str, Any]
    params: FusionParameters
    score: float
    curves: tuple[ScoreCurve, ...]
    warnings: tuple[str, ...] = ()
    choice: Choice | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "chosen", FrozenMapping(self.chosen))

    @property
    def lambda_tv(self) -> float:
        """The lambda of the total variation."""
        return self.params.lambda_tv

    @property
    def lambda_chem(self) -> float:
        """The lambda of the chemical data."""
        return self.params.lambda_chem

    def __str__(self) -> str:
        """The chosen values, what they are valid for, and the warnings."""
        params = self.params
        validity = f"for the {params.solver} solver and {params.n_iter} iterations"
        chosen = f"{self._values()} ({validity}; score {self.score:.4g})"
        found = [] if self.choice is None else [self.choice.table, str(self.choice)]
        return "\n".join([chosen, *found, *(f"Warning: {warning}" for warning in self.warnings)])

    def __repr__(self) -> str:
        """The chosen values in one line."""
        return f"Suggestion({self._values()}, score={self.score:.4g})"

    def _values(self) -> str:
        return ", ".join(
            f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
            for name, value in self.chosen.items()
        )
