"""The error at the suggested lambdas, against the lowest on a grid, found with the truth."""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import samples
from timing import table

import napari_mmfusion as mmf
from napari_mmfusion.simulate import nrmse

PHANTOMS = ("core-shell", "lattice")
COUNTS = (1.0, 3.0, 10.0, 30.0, 100.0)
CLOSE = 1.1
CHEM = np.geomspace(1e-4, 0.5, 13)
TV_RATIOS = np.geomspace(1 / 8, 64, 13)


def error(
    data: mmf.FusionDataset, params: mmf.FusionParameters, threads: int | None = None
) -> float:
    """Mean over the elements of the nRMSE after the best affine fit."""
    maps = mmf.fuse(data, params, threads=threads).maps
    assert data.truth is not None
    return float(np.mean([nrmse(maps[name], truth) for name, truth in data.truth.items()]))


def lowest_error(data: mmf.FusionDataset, params: mmf.FusionParameters) -> float:
    """The lowest error on the grid of lambdas."""
    pairs = [
        {"lambda_chem": chem, "lambda_tv": min(chem * ratio, 10)}
        for chem in CHEM
        for ratio in TV_RATIOS
    ]
    with ThreadPoolExecutor() as pool:
        return min(pool.map(lambda each: error(data, params.replace(**each), threads=1), pairs))


def main() -> None:
    """Print the errors of every run, how many are close to the best, and the time on DyScO3."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="runs of each kind")
    parser.add_argument("--first-seed", type=int, default=500)
    parser.add_argument("--solver", choices=mmf.FusionParameters.info("solver").choices)
    arguments = parser.parse_args()
    solvers = [arguments.solver] if arguments.solver else ["tutorial", "converged"]
    data, settings = samples.tutorial_data("DyScO3")
    for solver in solvers:
        params = mmf.FusionParameters(solver=solver)
        rows, ratios = [], []
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            side = 96 if seed % 2 == 0 else 128
            for phantom in PHANTOMS:
                for counts in COUNTS:
                    sample = mmf.simulate(phantom, shape=(side, side), counts=counts, seed=seed)
                    found = mmf.suggest(sample, params)
                    reached, best = error(sample, found.params), lowest_error(sample, params)
                    ratios.append(reached / best)
                    rows.append(
                        [phantom, f"{counts:g}", str(side), str(seed)]
                        + [f"{value:.3g}" for value in (found.lambda_tv, found.lambda_chem)]
                        + [f"{reached:.3f}", f"{best:.3f}", f"{ratios[-1]:.2f}"]
                    )
        head = ["phantom", "counts", "side", "seed", "lambda_tv", "lambda_chem"]
        head += ["nRMSE", "best of grid", "ratio"]
        print(table(f"Suggested lambdas, {solver} solver", head, rows))
        close = sum(ratio <= CLOSE for ratio in ratios)
        print(f"{close} of {len(ratios)} within {CLOSE - 1:.0%}; median ratio", end=" ")
        print(f"{np.median(ratios):.2f}, largest {max(ratios):.2f}")
        params = params.replace(**{k: v for k, v in settings.items() if k != "n_iter_tv"})
        start, busy = time.perf_counter(), time.process_time()
        found = mmf.suggest(data, params)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        lambdas = f"lambda_tv {found.lambda_tv:.3g}, lambda_chem {found.lambda_chem:.3g}"
        print(f"DyScO3: {lambdas} in {seconds:.1f} s, {busy:.1f} s of processor time\n")


if __name__ == "__main__":
    main()
