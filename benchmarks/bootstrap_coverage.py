"""How often 95 % intervals of the bootstrap contain the truth, on the core-shell phantom P1."""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from timing import table

import napari_mmfusion as mmf

LINEAR = mmf.FusionParameters(
    gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.03, background=0.01, n_iter=400
)
"""The linear mode. The phantom has no background, and TV causes little of the bias."""

PRESENT = {"core": ("Co", "S", "O"), "shell": ("Co", "O"), "vacuum": ()}
"""Elements present in each flat region."""

WANTED = 0.85


@dataclass
class Tally:
    """The intervals of one map in one region, over all runs."""

    errors: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def row(self, region: str, name: str) -> list[str]:
        """The means over the runs, for a table."""
        figures = (np.mean(self.naive), np.mean(self.errors), np.std(self.errors, ddof=1))
        values = [f"{figure:+.4f}" for figure in figures[:2]] + [f"{figures[2]:.4f}"]
        return [region, name, *values, f"{np.mean(self.widths):.4f}", f"{np.mean(self.held):.0%}"]


def flat_regions(side: int) -> dict[str, NDArray[np.bool_]]:
    """Where the projected particle is nearly flat: middle of the core, of the shell, and beside."""
    place = (np.arange(side) - (side - 1) / 2) / side
    radius = np.hypot(place[:, None], place)
    return {
        "core": radius < 0.10,
        "shell": (radius > 0.26) & (radius < 0.33),
        "vacuum": radius > 0.42,
    }


def coverage(
    params: mmf.FusionParameters, *, runs: int, repeats: int, side: int, counts: float
) -> dict[tuple[str, str], Tally]:
    """Intervals of `runs` measurements of one specimen, each with other noise."""
    regions = flat_regions(side)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for seed in range(runs):
        data = mmf.simulate(
            "core-shell",
            shape=(side, side),
            counts=counts,
            seed=seed,
            gamma=1,
            weighting="z^1.7",
        )
        result = mmf.fuse(data, params)
        last = mmf.bootstrap(result, n=repeats, seed=seed, regions=regions)
        for region, mask in regions.items():
            for name, interval in last.regions[region].items():
                truth = data.truth[name][mask].mean()
                fused = result.offsets[name] + result.scales[name] * result.maps[name][mask].mean()
                tally = tallies[region, name]
                tally.naive.append(fused - truth)
                tally.errors.append(interval.value - truth)
                tally.widths.append((interval.high - interval.low) / 2)
                tally.held.append(bool(interval.low <= truth <= interval.high))
    return tallies


def main() -> None:
    """Print a table for each number of counts, and how many intervals fall short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--counts", type=float, nargs="+", default=[10.0])
    parser.add_argument("--lambda-tv", type=float, nargs="+", default=[LINEAR.lambda_tv])
    parser.add_argument("--background", type=float, default=LINEAR.background)
    arguments = parser.parse_args()
    head = ["region", "map", "error of fused", "of interval", "scatter", "half width", "coverage"]
    for counts in arguments.counts:
        for lambda_tv in arguments.lambda_tv:
            tallies = coverage(
                LINEAR.replace(lambda_tv=lambda_tv, background=arguments.background),
                runs=arguments.runs,
                repeats=arguments.repeats,
                side=arguments.side,
                counts=counts,
            )
            title = f"{counts:g} counts, lambda_tv {lambda_tv:g}, {arguments.runs} runs"
            print(table(title, head, [tally.row(*key) for key, tally in tallies.items()]))
            present = [
                tally.held for (region, name), tally in tallies.items() if name in PRESENT[region]
            ]
            short = sum(np.mean(held) < WANTED for held in present)
            print(
                f"Where the element is present: {np.mean(present):.0%} in all;"
                f" below {WANTED:.0%}: {short} of {len(present)}.\n"
            )


if __name__ == "__main__":
    main()
