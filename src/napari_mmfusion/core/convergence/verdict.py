"""Whether the costs have settled, in words.

The tutorial asks its reader to check that "all three curves plateau, without oscillation"; this
module does so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.convergence.cost_curve import Status, settled_at, status_of, swings_of
from napari_mmfusion.core.convergence.forecast import forecast
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.parameters import ESTIMATES
from napari_mmfusion.core.wording import Argument, Remedy, Text, joined

TERMS: Final = (HAADF, "chemistry", "total variation")
"""Names of the cost terms Psi_1, Psi_2 and Psi_3."""

_IN_STEP = 0.9
"""Correlation of the swings of Psi_1 and Psi_3 above which they are in step."""
_HAADF_SWING = {True: 2.5, False: 0.8}
"""Swing of Psi_1 beside that of Psi_3, each as a share of its cost, above which the HAADF term is
at fault; in step or not. Too large a chemical step makes single pixels oscillate, and with them
Psi_3 and Psi_1; the HAADF term moves bright regions as a whole."""
_EMPTY = 0.02
"""Share of Psi_3 below which the maps are almost empty."""
_FLAT = 0.3
"""Share of Psi_3 below which a Psi_1 that has grown means lost structure."""

_GO_ON: Final = Remedy(
    "go on from here with resume=result", "go on from here with --continue", "press Continue"
)
"""How a run is continued."""


@dataclass(frozen=True)
class Verdict:
    """Whether the three cost curves of a run have settled, and what to change if not.

    Attributes
    ----------
    terms : dict of str to Status
        Status of each of `TERMS`.
    converged_at : int or None
        Iteration (from 1) at which every term had been calm for three iterations, and stayed calm
        to the end: changes of at most 0.1 % of its value and 0.5 % of the range it has covered.
    advice : str
        Which parameter to change and in which direction, or an empty string.
    forecast : int or None
        About how many iterations it would take in all, if more of them are what it needs; an
        estimate from the curves, None where they allow none.
    needs_iterations : bool
        Whether more iterations are what it needs.
    gap, target : float or None
        Duality gap of the guided solver, and the one asked for. They decide, and not the terms.
    estimates : int or None
        How many of its two estimates the matched solver made. They decide, and not the terms, of
        which it minimises none.
    choice : Choice or None
        What `suggest` found when it compared methods, to be said with the verdict.
    """

    terms: dict[str, Status]
    converged_at: int | None
    advice: str
    forecast: int | None = None
    needs_iterations: bool = False
    gap: float | None = None
    target: float | None = None
    estimates: int | None = None
    choice: Choice | None = None

    @property
    def converged(self) -> bool:
        """Whether all three terms have settled."""
        return self.converged_at is not None

    @property
    def status(self) -> Status:
        """The worst of the terms' statuses."""
        return max(self.terms.values(), key=list(Status).index)

    def __str__(self) -> str:
        """The verdict in one sentence, with the advice where there is one."""
        return str(self.text)

    @property
    def text(self) -> Text:
        """The same, to be said in the words of the command line or the window."""
        parts: list[object] = [self._of_the_costs()]
        if self.advice:
            parts.append(self.advice)
        if self.choice is not None:
            parts.append(self.choice.text)
        return joined(" ", parts)

    def _of_the_costs(self) -> object:
        if self.estimates is not None:
            return self._of_the_estimates()
        if self.gap is not None:
            return self._of_the_gap()
        if self.converged_at is not None:
            return f"Converged after {self.converged_at} iterations."
        unsettled = dict.fromkeys(self.terms.values())
        unsettled.pop(Status.CONVERGED, None)
        parts = [f"{', '.join(self._terms_that(status))} {status.value}" for status in unsettled]
        return f"Not converged: {'; '.join(parts)}."

    def _of_the_gap(self) -> str:
        gap = f"the costs are at most {self.gap:.2g} of their value above the minimum"
        if self.converged_at is not None:
            return f"Converged after {self.converged_at} iterations: {gap}."
        return f"Not converged: {gap}, and {self.target:.2g} was asked for."

    def _of_the_estimates(self) -> Text:
        if self.converged:
            return Text(
                "Complete: both estimates were made. Nothing is minimised, so no costs have to"
                " settle."
            )
        made = "no estimate was" if self.estimates == 0 else "only the first of two estimates was"
        return Text("Not complete: {} made.", made)

    def _terms_that(self, status: Status) -> list[str]:
        return [term for term, own in self.terms.items() if own is status]


def judge(costs: NDArray[np.float64], *, monotone: bool = False) -> Verdict:
    """Verdict on the cost curves of a run.

    Parameters
    ----------
    costs : (n_iter, 3) float64
        Psi_1, Psi_2 and Psi_3 after every iteration.
    monotone : bool
        Whether the solver never raises their sum. Single costs may then go up and down, and more
        iterations are all it needs.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import numpy as np
    >>> print(judge(np.tile(1 + 0.5 ** np.arange(20.0)[:, None], 3)))
    Converged after 13 iterations.
    """
    costs = np.asarray(costs, dtype=np.float64).reshape(-1, len(TERMS))
    terms = {term: status_of(curve) for term, curve in zip(TERMS, costs.T, strict=True)}
    settled = [at for curve in costs.T if (at := settled_at(curve)) is not None]
    converged_at = max(settled) if len(settled) == len(TERMS) else None
    statuses = set(terms.values())
    if statuses & {Status.OSCILLATING, Status.DIVERGING} and not monotone:
        # The lambdas are the lengths of the gradient steps, too.
        advice = Text(
            "Lower {}; if that is not enough, divide all three {} by one number: the balance"
            " stays, the steps get shorter.",
            Argument(_unstable_lambda(costs)),
            Argument("lambdas"),
        )
        return Verdict(terms, converged_at, advice)
    if _flat(costs):
        advice = Text(
            "The maps may be too flat: little total variation is left. Lower {}.",
            Argument("lambda_tv"),
        )
        return Verdict(terms, converged_at, advice)
    if converged_at is not None:
        return Verdict(terms, converged_at, "")
    if statuses <= {Status.CONVERGED, Status.RIPPLING}:
        advice = Text(
            "More iterations will not end the swings; lower {} if they show in the maps.",
            Argument(_unstable_lambda(costs)),
        )
        return Verdict(terms, None, advice)
    needed = forecast(costs)
    return Verdict(terms, None, _more_iterations(needed), needed, needs_iterations=True)


def judge_gap(costs: NDArray[np.float64], gap: float, target: float) -> Verdict:
    """Verdict on a run of the guided solver, whose duality gap tells how far from its end it is.

    Parameters
    ----------
    costs : (n_iter, 3) float64
        Psi_1, Psi_2 and Psi_3 after every iteration.
    gap : float
        The duality gap, as a part of the objective.
    target : float
        The one asked for.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import numpy as np
    >>> print(judge_gap(np.ones((8, 3)), 7e-4, 1e-3))
    Converged after 8 iterations: the costs are at most 0.0007 of their value above the minimum.
    """
    costs = np.asarray(costs, dtype=np.float64).reshape(-1, len(TERMS))
    if gap <= target:
        return Verdict(
            dict.fromkeys(TERMS, Status.CONVERGED), len(costs), "", gap=gap, target=target
        )
    terms = {term: status_of(curve) for term, curve in zip(TERMS, costs.T, strict=True)}
    advice = _more_iterations(None)
    return Verdict(terms, None, advice, needs_iterations=True, gap=gap, target=target)


def judge_estimates(made: int) -> Verdict:
    """Verdict on a run of the matched solver, which makes two estimates and minimises nothing.

    Parameters
    ----------
    made : int
        How many of them were made.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> print(judge_estimates(1))
    Not complete: only the first of two estimates was made. Start anew, with n_iter of 2 or more.
    """
    if made >= ESTIMATES:
        return Verdict(dict.fromkeys(TERMS, Status.CONVERGED), made, "", estimates=made)
    advice = Text("Start anew, with {} of 2 or more.", Argument("n_iter"))
    terms = dict.fromkeys(TERMS, Status.UNKNOWN)
    return Verdict(terms, None, advice, estimates=made)


def _more_iterations(needed: int | None) -> Text:
    number: object = ""
    if needed is not None:
        number = Text(" to about {} (an estimate from the curves)", needed)
    return Text("Raise {}{}, or {}.", Argument("n_iter"), number, _GO_ON)


def _unstable_lambda(costs: NDArray[np.float64]) -> str:
    costs = costs[np.isfinite(costs).all(axis=1)]
    haadf, tv = swings_of(costs[:, 0]), swings_of(costs[:, 2])
    in_step = haadf @ tv > _IN_STEP * np.sqrt((haadf @ haadf) * (tv @ tv))
    most = _HAADF_SWING[bool(in_step)] * np.abs(tv).sum()
    return "lambda_haadf" if np.abs(haadf).sum() > most else "lambda_chem"


def _flat(costs: NDArray[np.float64]) -> bool:
    if not len(costs):
        return False
    (haadf, _, tv), (last_haadf, _, last_tv) = costs[0], costs[-1]
    return bool(last_tv < _EMPTY * tv or (last_tv < _FLAT * tv and last_haadf > haadf))
