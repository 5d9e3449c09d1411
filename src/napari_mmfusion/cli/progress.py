"""The progress bar of a fusion."""

from __future__ import annotations

import sys
from typing import Any

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult, fuse
from napari_mmfusion.core.parameters import FusionParameters


def fuse_with_progress(
    data: FusionDataset,
    params: FusionParameters,
    threads: int | None = None,
    *,
    resume: FusionResult | None = None,
) -> FusionResult:
    """Fuse `data`, showing a progress bar if stderr is a terminal."""
    if not sys.stderr.isatty():
        return fuse(data, params, threads=threads, resume=resume)
    from tqdm import tqdm

    done = 0 if resume is None else len(resume.costs)
    total = params.n_iter
    with tqdm(total=total, initial=done, desc="Fusing", unit="it", file=sys.stderr) as bar:

        def advance(_iteration: int, _costs: Any) -> None:
            bar.update()

        return fuse(data, params, threads=threads, progress=advance, resume=resume)
