"""Fuse a simulated sample, whose true maps are known, and draw the result.

The folder then holds the sample (sample.npz), the results as "mmfusion fuse" saves them, and a
figure of both (figure.png).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.figure import Truth, save_figure
from napari_mmfusion.cli.output_options import add_output, require_room
from napari_mmfusion.cli.progress import fuse_with_progress
from napari_mmfusion.cli.report import say_costs
from napari_mmfusion.cli.simulate import arrays
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io import load, save
from napari_mmfusion.io.atomic_write import stage_files
from napari_mmfusion.simulate import PHANTOMS, nrmse, simulate

_PHANTOM, _COUNTS = "lattice", 5.0
# Found by trying, with the truth at hand: small errors of all elements, and settled costs.
_PARAMETERS: Final = FusionParameters(
    lambda_chem=0.02, lambda_tv=0.1, background=0.05, n_iter_tv=2, n_iter=50
)
_SAMPLE, _FIGURE = "sample.npz", "figure.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion demo``."""
    add_output(parser, default=Path("mmfusion-demo"))


def run(arguments: argparse.Namespace) -> None:
    """Simulate, save, load again as any file, fuse, and compare with the truth."""
    folder, overwrite = arguments.output, arguments.overwrite
    require_room(arguments, (_SAMPLE, _FIGURE))
    simulated = simulate(_PHANTOM, counts=_COUNTS)
    with stage_files(folder, [_SAMPLE], overwrite=overwrite) as staging:
        np.savez_compressed(staging / _SAMPLE, **arrays(simulated))
    result = fuse_with_progress(load(folder / _SAMPLE), _PARAMETERS)
    save(result, folder, overwrite=overwrite)
    truth: Truth = simulated.truth or {}
    with stage_files(folder, [_FIGURE], overwrite=overwrite) as staging:
        save_figure(result, staging / _FIGURE, truth=truth)
    say(f"{PHANTOMS[_PHANTOM].title}, about {_COUNTS:g} counts where a map is brightest.")
    say_costs(result)
    _say_errors(result, truth)
    say(f"Saved in {folder}: {_SAMPLE}, {_FIGURE} and the results.")


def _say_errors(result: FusionResult, truth: Truth) -> None:
    say("nRMSE against the truth, after the best affine fit:")
    for element, true_map in truth.items():
        before = nrmse(result.data.maps[element], true_map)
        after = nrmse(result.maps[element], true_map)
        say(f"  {element:<2}  raw {before:.3f}  fused {after:.3f}")
