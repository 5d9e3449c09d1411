"""Whether the costs have settled, said in words.

The tutorial asks its reader to see "all three curves plateau, without oscillation"; this module
looks at the curves instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

TERMS: Final = ("HAADF", "chemistry", "total variation")
"""Names of the cost terms Psi_1, Psi_2 and Psi_3."""

_TOLERANCE = 1e-3
_WINDOW = 3
_RECENT = 8


class Status(Enum):
    """What one cost curve does at its end."""

    CONVERGED = "converged"
    FALLING = "still falling"
    RISING = "still rising"
    OSCILLATING = "oscillating"
    DIVERGING = "diverging"


_UNSTABLE = (Status.OSCILLATING, Status.DIVERGING)


@dataclass(frozen=True)
class Verdict:
    """What the three cost curves say about a run.

    Attributes
    ----------
    terms : dict of str to Status
        Status of each of `TERMS`.
    converged_at : int or None
        Iteration (from 1) by which every term had changed by less than 0.1 % in each of three
        iterations, and went on so to the end.
    advice : str
        What to change, or an empty string.
    """

    terms: dict[str, Status]
    converged_at: int | None
    advice: str

    @property
    def converged(self) -> bool:
        """Whether all three terms have settled."""
        return self.converged_at is not None

    def __str__(self) -> str:
        """The verdict in one sentence, with the advice where there is one."""
        if self.converged_at is not None:
            sentence = f"Converged after {self.converged_at} iterations."
        else:
            parts = [
                f"{term} {status.value}"
                for term, status in self.terms.items()
                if status is not Status.CONVERGED
            ]
            sentence = f"Not converged: {', '.join(parts) or 'too few iterations to tell'}."
        return f"{sentence} {self.advice}".strip()


def judge(costs: NDArray[np.float64]) -> Verdict:
    """Verdict on the cost curves of a run.

    Parameters
    ----------
    costs : (n_iter, 3) float64
        Psi_1, Psi_2 and Psi_3 after every iteration.

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
    settled = [_settled_at(curve) for curve in costs.T]
    terms = {
        term: Status.CONVERGED if at is not None else _unsettled_status(curve)
        for term, at, curve in zip(TERMS, settled, costs.T, strict=True)
    }
    known = [at for at in settled if at is not None]
    converged_at = max(known) if len(known) == len(TERMS) else None
    return Verdict(terms, converged_at, _advice(terms, converged_at))


def _settled_at(curve: NDArray[np.float64]) -> int | None:
    """Iteration from which on no step changes `curve` by the tolerance, for at least a window."""
    if len(curve) <= _WINDOW or not np.isfinite(curve).all():
        return None
    size = np.maximum(np.abs(curve[1:]), np.finfo(np.float64).tiny)
    moving = np.flatnonzero(np.abs(np.diff(curve)) / size >= _TOLERANCE)
    calm_from = 0 if moving.size == 0 else int(moving[-1]) + 1
    return None if len(size) - calm_from < _WINDOW else calm_from + _WINDOW + 1


def _unsettled_status(curve: NDArray[np.float64]) -> Status:
    if not np.isfinite(curve).all():
        return Status.DIVERGING
    steps = np.diff(curve)[-_RECENT:]
    turns = np.count_nonzero(steps[1:] * steps[:-1] < 0)
    if turns >= max(3, len(steps) // 2):
        half = len(steps) // 2
        growing = np.abs(steps[half:]).max() > 1.05 * np.abs(steps[:half]).max()
        return Status.DIVERGING if growing else Status.OSCILLATING
    return Status.RISING if len(steps) and steps[-1] > 0 else Status.FALLING


def _advice(terms: dict[str, Status], converged_at: int | None) -> str:
    if converged_at is not None:
        return ""
    if any(status in _UNSTABLE for status in terms.values()):
        # The data terms share one step of fixed length, and the chemical one is the steeper.
        return "Lower lambda_chem; if that is not enough, lower lambda_haadf."
    return "Raise n_iter."
