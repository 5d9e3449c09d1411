"""Choose the lambdas from the data alone, and watch the search.

python examples/tune.py data.npz
"""

from __future__ import annotations

import sys

import napari_mmfusion as mmf

path = sys.argv[1] if sys.argv[1:] else None
data = mmf.load(path) if path else mmf.simulate("lattice", shape=(64, 64), counts=10, seed=0)


def show(trial: mmf.Trial) -> None:
    """One line for each pair of lambdas that is tried."""
    print(f"\r{trial.done} of {trial.total} trials", end="", flush=True)


suggestion = mmf.suggest(data, progress=show)
print()
print(suggestion)

result = mmf.fuse(data, suggestion.params)
print(result.verdict)
