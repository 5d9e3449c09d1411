"""The tables of a fusion's costs and of a choice's scores, and the verdict on them."""

from __future__ import annotations

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult

_SHOWN = (1, 4)
"""Iterations in the table besides the last: the first, and one after early turns of the costs."""


def say_costs(result: FusionResult) -> None:
    """Print the costs at some iterations, and whether they have settled."""
    last = len(result.costs)
    say(f"{'iteration':>9}  {'Psi_1 (HAADF)':>16}  {'Psi_2 (chemistry)':>17}  {'Psi_3 (TV)':>16}")
    for iteration in sorted({*(i for i in _SHOWN if i < last), last}):
        haadf, chemistry, tv = result.costs[iteration - 1]
        say(f"{iteration:>9}  {haadf:>16.6g}  {chemistry:>17.6g}  {tv:>16.6g}")
    say(in_options(result.verdict))


def say_noise(data: FusionDataset) -> None:
    """Print what kind of map each one is."""
    for name, noise in data.noise.items():
        say(f"{name}: {noise}")


def say_choice(choice: Choice) -> None:
    """Print the losses of every method for each map."""
    say("Part of the variance of what was hidden that is not predicted, the lower the better:")
    for line in choice.table.splitlines():
        say(line)
