"""Going on from the result of a shorter run."""

from __future__ import annotations

from typing import NoReturn

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError, MMFusionParameterError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.result import FusionResult
from napari_mmfusion.core.values import are_equal
from napari_mmfusion.core.wording import Argument, Text

_RESUME = Argument("resume")


def require_result(result: object, name: str = "result") -> None:
    """Raise `MMFusionParameterError` for anything else than a `FusionResult`."""
    if not isinstance(result, FusionResult):
        _refuse(
            Text(
                "{} must be a FusionResult, as fuse returns, not {}", Argument(name), quote(result)
            )
        )


def can_go_on(result: FusionResult) -> bool:
    """Whether a fusion can go on from a result, and would gain from it."""
    if result.params.solver == "matched":  # which makes its estimates anew each time
        return False
    return result.stopped or result.verdict.needs_iterations


def require_resumable(
    result: FusionResult, data: FusionDataset, params: FusionParameters, *, has_start: bool
) -> None:
    """Raise if `result` is not the beginning of a fusion of `data` with `params`.

    Raises
    ------
    MMFusionDataError
        If it is of other images.
    MMFusionParameterError
        If it was made with other parameters, does not have fewer iterations, or other start values
        are given.
    """
    if has_start:
        _refuse(Text("{} and {} exclude each other", Argument("start"), _RESUME))
    if "matched" in (params.solver, result.params.solver):
        _refuse(
            Text(
                "the matched solver computes its two estimates anew each time, so there is nothing"
                " to go on from ({}); start anew, with {} of 2 or more",
                _RESUME,
                Argument("n_iter"),
            )
        )
    one, other = ((tuple(each.images()), each.mask) for each in (result.data, data))
    if not are_equal(one, other):
        raise MMFusionDataError(
            Text("the result to go on from ({}) is one of other images; fuse these anew", _RESUME)
        )
    for name in FusionParameters.names():
        if name != "n_iter" and getattr(params, name) != getattr(result.params, name):
            _refuse(
                Text(
                    "the result to go on from ({}) was made with another {}; leave it as it was, or"
                    " start anew",
                    _RESUME,
                    Argument(name),
                )
            )
    if params.n_iter <= len(result.costs):
        _refuse(
            Text(
                "{} must be above the {} iterations that are done, since it counts these as well",
                Argument("n_iter"),
                len(result.costs),
            )
        )


def _refuse(text: Text) -> NoReturn:
    raise MMFusionParameterError(text)


def iterations_to_go_on_to(result: FusionResult) -> int:
    """A number of iterations, in all, to continue a result to.

    Those that were planned if it was stopped, otherwise the forecast of its verdict, and without
    one twice as many as are done.
    """
    done = len(result.costs)
    if result.stopped and result.params.n_iter > done:
        return result.params.n_iter
    forecast = result.verdict.forecast
    wanted = forecast if forecast is not None and forecast > done else 2 * done
    return min(max(wanted, 1), int(FusionParameters.info("n_iter").maximum))
