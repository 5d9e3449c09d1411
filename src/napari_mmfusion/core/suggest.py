"""The weights of a fusion, chosen from the data alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.fusion import StopFlag, fuse
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.assumptions import check_assumptions
from napari_mmfusion.core.suggestion.curves import ScoreCurve, Weights
from napari_mmfusion.core.suggestion.holdout import Holdout, hold_outs
from napari_mmfusion.core.suggestion.score import prediction_loss
from napari_mmfusion.core.suggestion.search import Trial, search
from napari_mmfusion.core.threads import thread_count


@dataclass(frozen=True, eq=False)
class Suggestion:
    """Weights that predict best what was measured at pixels the fusion did not see.

    Attributes
    ----------
    lambda_tv, lambda_chem : float
        The weights.
    params : FusionParameters
        The parameters asked for, with these weights.
    score : float
        The mean prediction loss with these weights. It compares the other parameters as well: of
        two backgrounds or solvers, the one with the lower score suits the data better.
    curves : tuple of ScoreCurve
        The lowest scores at each value of one weight, in the order of the search: coarse along
        `lambda_tv` and `lambda_chem`, then fine along `lambda_chem` and `lambda_tv`.
    warnings : tuple of str
        Assumptions that fail for these data, and what was done about it.
    """

    lambda_tv: float
    lambda_chem: float
    params: FusionParameters
    score: float
    curves: tuple[ScoreCurve, ...]
    warnings: tuple[str, ...]


def suggest(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    **changes: Any,
) -> Iterator[Trial | Suggestion]:
    r"""Choose `lambda_tv` and `lambda_chem` by cross-validation on pixels held out.

    Of one random twelfth of the pixels after the other, the same in all maps, the measured values
    are replaced by those of random neighbours. The fusion of what is left has not seen their
    noise, so how well it predicts them tells whether it smooths too little or too much: the loss
    is the part of their variance that the best affine fit of the fused maps does not explain.
    Small images are held out whole in this way, large ones until 16384 pixels are scored. Every
    trial is a whole fusion with all other parameters as given, so weights hold for the solver,
    the background and the number of iterations they were found with.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.
    params : FusionParameters, optional
        All other parameters.
    threads : int, optional
        Threads to use, for as many fusions at a time; the result is the same for any number.
    stop : StopFlag, optional
        Ends the search within one iteration once set; no suggestion follows then.
    **changes
        Single parameters to replace, as in ``suggest(data, solver="converged")``.

    Yields
    ------
    Trial
        After each pair of weights tried.
    Suggestion
        Last of all.

    Raises
    ------
    MMFusionDataError
        If an image is constant or a map's atomic number is unknown.
    MMFusionParameterError
        If a parameter is out of range, or the maps are not to be regularised.

    References
    ----------
    Batson, Royer, Noise2Self, Proc. Mach. Learn. Res. 97, 524 (2019), arXiv:1901.11365.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    >>> *trials, suggestion = mmf.suggest(data, n_iter=10)
    >>> result = mmf.fuse(data, suggestion.params)
    >>> trials[-1].done == trials[-1].total
    True
    """
    params = (params or FusionParameters()).replace(**changes)
    if not params.regularize:
        raise MMFusionParameterError("regularize is off, so there is no TV weight to choose")
    data.require_contrast(("HAADF", *data.elements))
    return _suggest(data, params, thread_count(threads), stop or StopFlag())


def _suggest(
    data: FusionDataset, params: FusionParameters, threads: int, stop: StopFlag
) -> Iterator[Trial | Suggestion]:
    found = check_assumptions(data)
    holdouts = hold_outs(data, reach=found.reach)
    # Fusions side by side, a thread each, are done sooner than one after the other.
    workers = min(threads, len(holdouts))

    def loss(holdout: Holdout, weights: Weights) -> float:
        changed = params.replace(**weights._asdict())
        return _loss(holdout, changed, threads // workers, stop)

    def evaluate(pairs: Sequence[Weights]) -> Iterator[float]:
        tasks = [(holdout, weights) for weights in pairs for holdout in holdouts]
        losses = pool.map(loss, *zip(*tasks, strict=True))
        for _ in pairs:
            yield float(np.mean([next(losses) for _ in holdouts]))

    with ThreadPoolExecutor(workers) as pool:
        trials = search(evaluate, FusionParameters.info("lambda_tv").maximum)
        while True:
            try:
                trial = next(trials)
            except StopIteration as end:
                weights, curves = end.value
                break
            if stop.is_set():  # the last fusion was broken off, and its score means nothing
                return
            yield trial
    chosen = params.replace(**weights._asdict())
    score = float(curves[-1].scores.min())
    yield Suggestion(weights.lambda_tv, weights.lambda_chem, chosen, score, curves, found.warnings)


def _loss(holdout: Holdout, params: FusionParameters, threads: int, stop: StopFlag) -> float:
    # Always from the maps, as the fusion that is to follow: maps of other weights would bring
    # along a smoothness that these weights do not give.
    result = fuse(holdout.data, params, threads=threads, stop=stop)
    losses = [
        prediction_loss(image[holdout.scored], values)
        for image, values in zip(result.maps.values(), holdout.values, strict=True)
    ]
    return float(np.mean(losses))
