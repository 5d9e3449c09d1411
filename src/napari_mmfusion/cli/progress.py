"""The progress bars of a fusion and of a search."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import AUTO, FusionResult, fuse
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggest import suggest
from napari_mmfusion.core.suggestion.suggestion import Suggestion


def fuse_with_progress(
    data: FusionDataset,
    params: FusionParameters | Suggestion,
    threads: int | None = None,
    *,
    resume: FusionResult | None = None,
) -> FusionResult:
    """Fuse `data`, showing a progress bar if stderr is a terminal."""
    if not sys.stderr.isatty():
        return fuse(data, params, threads=threads, resume=resume)
    from tqdm import tqdm

    done = 0 if resume is None else len(resume.costs)
    total = (params.params if isinstance(params, Suggestion) else params).iterations
    with tqdm(total=total, initial=done, desc="Fusing", unit="it", file=sys.stderr) as bar:

        def advance(_iteration: int, _costs: Any) -> None:
            bar.update()

        return fuse(data, params, threads=threads, progress=advance, resume=resume)


def suggest_with_progress(
    data: FusionDataset,
    params: FusionParameters,
    choices: Mapping[str, Sequence[Any]],
    threads: int | None,
    *,
    auto: bool = False,
) -> Suggestion:
    """Search settings, and with `auto` the method, showing a bar if stderr is a terminal."""
    given: dict[str, Any] = {"choices": choices, "threads": threads}
    if auto:
        given["solver"] = AUTO
    if not sys.stderr.isatty():
        return suggest(data, params, **given)
    from tqdm import tqdm

    with tqdm(desc="Trying", unit="trial", file=sys.stderr) as bar:

        def advance(trial: Trial) -> None:
            bar.total = trial.total
            bar.update()

        return suggest(data, params, progress=advance, **given)
