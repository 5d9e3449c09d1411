"""The error of fusion and of other methods on specimens that are known.

Every case is measured with every method at the settings that an oracle finds and, for fusions, at
those that `mmf.suggest` finds: only the lambdas (suggested), or also the TV steps and the
background with the lowest score (all suggested). Rows are added to a file as they are measured; an
interrupted run is continued.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import math
import sys
from pathlib import Path
from typing import Any, Final

import ground_truth_report
from ground_truth_cases import Case, cases
from ground_truth_methods import METHODS, SLOW, Method, all_suggested, suggested
from ground_truth_oracle import oracle
from ground_truth_scores import in_measured_units, mean_nrmse, scores

import napari_mmfusion as mmf

KEY: Final = ("phantom", "side", "counts", "condition", "seed", "method", "choice")
SCORES: Final = ("nrmse", "fraction_error", "snr", "edge_width", "leak_slope", "leak_correlation")
FIELDS: Final = (*KEY, "settings", *SCORES)
THOROUGHLY: Final = ("tutorial", "fitted")
"""Methods whose TV steps and background are suggested as well."""
SLOW_COUNTS: Final = 10
"""Up to these counts `SLOW` is run, at 128 x 128 with the HAADF image it expects."""


def done(path: Path) -> set[tuple[str, ...]]:
    """Keys of the rows that the file holds."""
    if not path.is_file():
        return set()
    with path.open(newline="") as file:
        return {tuple(row[name] for name in KEY) for row in csv.DictReader(file)}


def append(path: Path, row: dict[str, Any]) -> None:
    """Add a row, below a heading if it is the first."""
    new = not path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        if new:
            writer.writeheader()
        writer.writerow(row)


def settings_of(case: Case, method: Method, choice: str) -> dict[str, float]:
    """The settings of a method."""
    if choice != "oracle":
        return {"suggested": suggested, "all suggested": all_suggested}[choice](method, case.data)

    def error(settings: dict[str, float]) -> float:
        try:
            return mean_nrmse(case, method.run(case.data, settings))
        except mmf.MMFusionParameterError:  # the oracle has left the range of a parameter
            return math.inf

    return min((oracle(error, start, method.factors) for start in method.starts), key=error)


def is_measured(case: Case, name: str, choice: str) -> bool:
    """Whether to measure the case with the method."""
    if choice == "suggested":
        return METHODS[name].params is not None
    if choice == "all suggested":
        return name in THOROUGHLY
    matched = case.condition == "gamma 1.6"
    return name != SLOW or (case.side == 128 and case.counts <= SLOW_COUNTS and matched)


def measure(path: Path, todo: list[Case], methods: list[str], choices: list[str]) -> None:
    """Measure what is missing for the cases, and add it to the file."""
    known = done(path)
    for number, case in enumerate(todo, 1):
        for choice in choices:
            for name in methods:
                key = (*map(str, dataclasses.astuple(case)), name, choice)
                if key in known or not is_measured(case, name, choice):
                    continue
                method = METHODS[name]
                settings = settings_of(case, method, choice)
                maps = in_measured_units(case, method.run(case.data, settings))
                row = dict(zip(KEY, key, strict=True)) | {"settings": json.dumps(settings)}
                append(path, row | scores(case, maps))
        print(f"{number} of {len(todo)}: {case}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure what is missing, print the tables and draw the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="two doses, 128 x 128, one seed, no flaws"
    )
    parser.add_argument("--seeds", type=int, help="seeds of the noise (5, or 1 if quick)")
    parser.add_argument("--output", type=Path, default=Path("build/ground-truth.csv"))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--choices", nargs="+", default=["oracle", "suggested", "all suggested"])
    parser.add_argument("--phantoms", nargs="+", choices=mmf.PHANTOMS, default=list(mmf.PHANTOMS))
    parser.add_argument("--conditions", nargs="+", help="HAADF images; all if left out")
    parser.add_argument("--sides", nargs="+", type=int, help="128, 256; all if left out")
    parser.add_argument("--counts", nargs="+", type=int, help="doses; all if left out")
    parser.add_argument("--pictures", type=Path, help="folder for the figures")
    arguments = parser.parse_args()
    seeds = arguments.seeds or (1 if arguments.quick else 5)
    todo = [
        case
        for case in cases(arguments.quick, seeds)
        if case.phantom in arguments.phantoms
        and case.condition in (arguments.conditions or [case.condition])
        and case.side in (arguments.sides or [case.side])
        and case.counts in (arguments.counts or [case.counts])
    ]
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    measure(arguments.output, todo, arguments.methods, arguments.choices)
    ground_truth_report.main(arguments.output, arguments.pictures)


if __name__ == "__main__":
    main()
