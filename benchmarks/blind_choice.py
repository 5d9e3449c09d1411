"""How near `suggest(data, solver="auto")` comes to the truth that it does not see.

Auto chooses method and settings from the data alone. The Gaussian and BM3D (of the Anscombe
transform of the counts, with the exact unbiased inverse) get the width and the sigma that are best
against the truth; each other method has the settings that auto found for it. Errors are nRMSE after
the best affine fit, the mean over the maps that have structure. Further lines name the cases in
which a fusion does harm, and say whether the gate says so.
Needs the package bm3d, whose licence is non-commercial: it is no part of this project.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import peers
import samples  # noqa: F401 - it makes the oracle importable
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

import napari_mmfusion as mmf
from napari_mmfusion.core.choice import PLAIN_TV
from napari_mmfusion.simulate import nrmse

METHODS: Final = ("guided", PLAIN_TV, "matched", "tutorial")
Maps = dict[str, NDArray[np.float64]]

LINEAR: Final[dict[str, Any]] = {"gamma": 1.0, "weighting": "z^1.7"}
CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "linear": LINEAR,
    "flaws": {**LINEAR, "background_counts": 0.1},
    "gamma 1.6": {},
}
MORE_COUNTS: Final = 50.0
"""Factor for the specimen whose dopant is a twentieth of the maximum."""
WIDTHS: Final = np.geomspace(0.4, 6.0, 16)
SIGMAS: Final = (1.0, 1.3)
HARMFUL: Final = 1.1
"""Error, relative to that of the best Gaussian or of the measured map, that is harm."""


def errors(data: mmf.FusionDataset, maps: Maps) -> dict[str, float]:
    """The error of every map that has structure."""
    truth = data.truth or {}
    return {name: nrmse(maps[name], t) for name, t in truth.items() if np.ptp(t)}


def best_of(
    data: mmf.FusionDataset, denoise: Callable[..., Any], settings: Any
) -> dict[str, float]:
    """The errors of every map with the setting that is best for it."""
    tried = [
        errors(data, {name: denoise(image, s) for name, image in data.maps.items()})
        for s in settings
    ]
    return {name: min(each[name] for each in tried) for name in tried[0]}


def bm3d_of_counts(data: mmf.FusionDataset) -> Callable[[Any, float], NDArray[np.float64]]:
    """BM3D of the Anscombe transform of one map."""
    units = {id(image): data.noise[name].unit for name, image in data.maps.items()}
    return lambda image, sigma: peers.bm3d_map(image / units[id(image)], sigma)


def mean(values: dict[str, float]) -> float:
    return float(np.mean(list(values.values())))


def measure(data: mmf.FusionDataset, *, with_bm3d: bool) -> dict[str, Any]:
    """The errors of all methods, and what auto chose and said."""
    begin = time.perf_counter()
    suggestion = mmf.suggest(data, solver="auto")
    seconds = time.perf_counter() - begin
    fused = mmf.fuse(data, suggestion.params)
    raw = errors(data, dict(data.maps))
    gaussian = best_of(data, gaussian_filter, WIDTHS)
    auto = errors(data, dict(fused.maps))
    choice = suggestion.choice
    assert choice is not None
    row: dict[str, Any] = {
        name: mean(errors(data, dict(mmf.fuse(data, **settings).maps)))
        for name, settings in settings_of(choice).items()
    }
    row |= {
        "raw": mean(raw),
        "Gaussian": mean(gaussian),
        "auto": mean(auto),
        "choice": choice,
        "seconds": seconds,
        "harmed": [n for n in auto if auto[n] > HARMFUL * min(raw[n], gaussian[n])],
    }
    if with_bm3d:
        row["BM3D"] = mean(best_of(data, bm3d_of_counts(data), SIGMAS))
    return row


def settings_of(choice: mmf.Choice) -> dict[str, dict[str, Any]]:
    """The settings that were chosen for each method, as arguments of `fuse`."""
    settings = {each.name: dict(each.settings) for each in choice.scores}
    solvers = {name: "guided" if name == PLAIN_TV else name for name in METHODS}
    return {name: {"solver": solver, **settings[name]} for name, solver in solvers.items()}


def with_flaws(data: mmf.FusionDataset, seed: int) -> mmf.FusionDataset:
    """The data with a HAADF image that lies half a pixel off, with an offset and read noise."""
    haadf = shift(data.haadf.astype(np.float64), (0.5, -0.5), order=3, mode="nearest")
    noise = np.random.default_rng(seed).normal(size=data.shape)
    return with_haadf(data, 300 + 2000 * haadf + 20 * noise)


def cases(arguments: argparse.Namespace) -> Iterator[tuple[str, mmf.FusionDataset]]:
    shape = (arguments.side, arguments.side)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    for phantom, condition, counts in itertools.product(
        arguments.phantoms, CONDITIONS, arguments.counts
    ):
        dose = MORE_COUNTS * counts if phantom == "dopant" else counts
        for seed in seeds:
            data = mmf.simulate(
                phantom, shape=shape, counts=dose, seed=seed, **CONDITIONS[condition]
            )
            data = with_flaws(data, seed) if condition == "flaws" else data
            yield f"{phantom}, {condition}, {dose:g} counts", data


def harm_cases(arguments: argparse.Namespace) -> Iterator[tuple[str, mmf.FusionDataset]]:
    """Data that a fusion cannot help, or harms."""
    shape = (arguments.side, arguments.side)
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        for phantom in ("core-shell", "lattice"):
            for pixels in (2, 4):
                yield (
                    f"HAADF shifted by {pixels}, {phantom}",
                    mmf.simulate(phantom, shape=shape, counts=10, seed=seed, haadf_shift=pixels),
                )
            yield (
                f"100000 counts, {phantom}",
                mmf.simulate(phantom, shape=shape, counts=1e5, seed=seed),
            )
            data = mmf.simulate(phantom, shape=shape, counts=10, seed=seed)
            noise = np.random.default_rng(seed).normal(size=shape)
            yield f"HAADF of noise, {phantom}", with_haadf(data, noise)
            other = mmf.simulate("wedge", shape=shape, counts=10, seed=seed).haadf
            yield f"HAADF of another specimen, {phantom}", with_haadf(data, other)
        yield (
            "a flat map, null-element",
            mmf.simulate("null-element", shape=shape, counts=10, seed=seed),
        )


def with_haadf(data: mmf.FusionDataset, haadf: Any) -> mmf.FusionDataset:
    return mmf.FusionDataset(haadf, data.maps, truth=data.truth, name=data.name)


def report_case(case: str, found: Sequence[dict[str, Any]], names: Sequence[str]) -> None:
    """Print the mean errors of a case."""
    methods = [row["choice"].method for row in found]
    counted = ", ".join(f"{m} {methods.count(m)}" for m in dict.fromkeys(methods))
    means = "".join(f"{np.mean([row[name] for row in found]):>10.3f}" for name in names)
    print(f"{case:<34}{means}  {counted}", flush=True)


def report_harm(case: str, row: dict[str, Any]) -> None:
    """Print which maps were harmed, and what the gate said of each."""
    choice = row["choice"]
    said = "; ".join(f"{gate.element}: {gate.outcome}" for gate in choice.gates)
    harmed = ", ".join(row["harmed"]) or "none"
    print(
        f"{case:<36} auto {row['auto']:.3f} Gaussian {row['Gaussian']:.3f} raw {row['raw']:.3f}"
        f" ({choice.method}) harmed: {harmed}; gate: {said}",
        flush=True,
    )


def main() -> None:
    """Print both tables and the shares of runs in which auto is nearest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=7000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--counts", nargs="+", type=float, default=[2.0, 10.0])
    parser.add_argument("--phantoms", nargs="+", choices=mmf.PHANTOMS, default=list(mmf.PHANTOMS))
    parser.add_argument("--no-bm3d", action="store_true")
    parser.add_argument("--no-harm", action="store_true")
    arguments = parser.parse_args()
    with_bm3d = not arguments.no_bm3d
    others = ["raw", "Gaussian", *(["BM3D"] if with_bm3d else []), *METHODS]
    names = [*others, "auto", "seconds"]
    print(f"{'case':<34}" + "".join(f"{name:>10}" for name in names) + "  method")
    rows: list[tuple[str, dict[str, Any]]] = []
    for case, group in itertools.groupby(cases(arguments), key=lambda each: each[0]):
        found = [measure(data, with_bm3d=with_bm3d) for _, data in group]
        report_case(case, found, names)
        rows += [(case, row) for row in found]
    near = sum(row["auto"] <= 1.15 * min(row[name] for name in others) for _, row in rows)
    print(f"auto within 15 % of the best of all: {near} of {len(rows)}")
    for name in others:
        wins = sum(row["auto"] < row[name] for _, row in rows)
        print(f"auto nearer to the truth than {name}: {wins} of {len(rows)}")
    for case, row in rows:
        if row["harmed"]:
            report_harm(case, row)
    if not arguments.no_harm:
        for case, data in harm_cases(arguments):
            row = measure(data, with_bm3d=False)
            report_harm(case, row)
            rows.append((case, row))
    harmed = [(row, name) for _, row in rows for name in row["harmed"]]
    flagged = [name in row["choice"].flagged for row, name in harmed]
    judged = [gate for _, row in rows for gate in row["choice"].gates]
    others = [
        gate.passes
        for _, row in rows
        for gate in row["choice"].gates
        if gate.element not in row["harmed"]
    ]
    print(f"{len(judged)} maps: {len(harmed)} harmed, {sum(flagged)} of them flagged;")
    print(f"{others.count(False)} of the {len(others)} others flagged")


if __name__ == "__main__":
    main()
