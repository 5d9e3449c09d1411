"""Tables and figures of the ground-truth benchmark, from the rows measured so far."""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import ground_truth_figures
from ground_truth_cases import CONDITIONS
from ground_truth_methods import METHODS, SLOW
from timing import table

Row = dict[str, str]

OURS: Final = tuple(name for name, method in METHODS.items() if method.params)
COLUMNS: Final = (
    *(("oracle", name) for name in METHODS),
    *(("suggested", name) for name in OURS),
    *(("all suggested", name) for name in OURS),
)
TITLES: Final = {
    "nrmse": "nRMSE, mean of the elements",
    "fraction_error": "Mean error of the atomic fractions of the phases",
    "snr": "Signal-to-noise ratio of the even GaAs",
    "edge_width": "10-90 % width of the edge between GaAs and AlAs, pixels",
    "leak_slope": "Leakage into the map without structure: slope",
    "leak_correlation": "Leakage into the map without structure: correlation",
}

HEAD: Final = """\
# Accuracy, case by case

The output of `make ground-truth`: means over the seeds and, at the end, how often fusion comes
nearer to the truth than other methods. Settings are the best for each measurement, found with its
truth, except in columns with (suggested), which use suggested lambdas, and (all suggested), a
thorough search. [accuracy-tutorial.md](accuracy-tutorial.md) explains the terms and draws the
conclusions.
"""


def read(path: Path) -> list[Row]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def grouped(
    rows: Iterable[Row], key: Callable[[Row], tuple[object, ...]], score: str
) -> dict[tuple[object, ...], list[float]]:
    """Scores of all seeds, by a key of the row."""
    groups: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for row in rows:
        if row[score]:
            groups[key(row)].append(float(row[score]))
    return groups


def score_table(rows: list[Row], score: str) -> str:
    """Mean over the seeds, with their number, of every case and method."""

    haadfs = list(CONDITIONS)

    def key(row: Row) -> tuple[object, ...]:
        haadf = haadfs.index(row["condition"])
        case = (row["phantom"], int(row["side"]), haadf, int(row["counts"]))
        return case, (row["choice"], row["method"])

    groups = grouped(rows, key, score)
    columns = [each for each in COLUMNS if any(each == method for _, method in groups)]
    head = ["specimen", "side", "HAADF", "counts", "seeds"]
    head += [name if choice == "oracle" else f"{name} ({choice})" for choice, name in columns]
    lines = []
    for case in sorted({case for case, _ in groups}):
        phantom, side, haadf, counts = case
        values = [groups.get((case, column), []) for column in columns]
        texts = [f"{statistics.fmean(each):.3g}" if each else "-" for each in values]
        seeds = sorted({len(each) for each in values if each})
        seen = "-".join(map(str, seeds[:: len(seeds) - 1 or 1]))
        lines.append([phantom, str(side), haadfs[haadf], str(counts), seen, *texts])
    return table(TITLES[score], head, lines)


def wins(rows: list[Row], method: tuple[str, str], rival: str) -> str:
    """How often `method` has a lower error than `rival` with the settings of its oracle."""
    error: dict[tuple[str, ...], dict[tuple[str, str], float]] = defaultdict(dict)
    for row in rows:
        case = tuple(row[name] for name in ("phantom", "side", "counts", "condition", "seed"))
        error[case][row["choice"], row["method"]] = float(row["nrmse"])
    pairs: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case, found in error.items():
        if method in found and ("oracle", rival) in found:
            pairs[case[0], case[3]].append(found[method] < found["oracle", rival])
    texts = [f"{p}/{c} {sum(won)} of {len(won)}" for (p, c), won in sorted(pairs.items())]
    return f"{method[1]} ({method[0]}) nearer than {rival}: {'; '.join(texts)}" if texts else ""


def main(path: Path, pictures: Path | None) -> None:
    """Print every table, and draw the figures if requested."""
    rows = read(path)
    print(HEAD)
    for score in TITLES:
        if any(row[score] for row in rows):
            print(score_table(rows, score))
    print("### Runs won\n")
    for choice, name in COLUMNS:
        for rival in ("Gaussian", "TV only", SLOW) if name in OURS else ():
            if text := wins(rows, (choice, name), rival):
                print("-", text)
    if pictures:
        ground_truth_figures.draw(rows, pictures)
