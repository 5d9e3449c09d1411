"""How near `suggest(data, solver="auto")` comes to the truth that it does not see.

Auto, and every method of ours, chooses its settings from the data alone; the filters of other
people get the settings that are best for each map against the truth. Runs are appended to two
files of JSON lines, one for ours and one for the others, and are not repeated: an interrupted
benchmark is continued. `blind_figures.py` prints the claims and where they fail, and
`blind_report.py` writes the tables of docs/accuracy.md.
Needs the package bm3d, whose licence is non-commercial: it is no part of this project.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import blind_ours
import blind_peers
import blind_scores
from blind_cases import CONDITIONS, DOSES, FINAL_SEEDS, HOSTILE, Case, cases

import napari_mmfusion as mmf

FOLDER: Final = Path(__file__).parents[1] / "build" / "blind"
DEFAULT_CONDITIONS: Final = ("linear", "flawed")

Part = Callable[[Case], dict[str, Any]]


def peers(case: Case, *, package_seed: int) -> dict[str, Any]:
    """The scores of the methods of other people."""
    found = blind_peers.all_peers(case, package=case.seed == package_seed)
    return {name: blind_scores.scores(case, maps) for name, maps in found.items()}


def done(path: Path) -> list[dict[str, Any]]:
    """The runs that a file holds; a line that was cut short is none."""
    if not path.is_file():
        return []
    runs = []
    for line in path.read_text().splitlines():
        try:
            runs.append(json.loads(line))
        except ValueError:
            continue
    return runs


def complete(path: Path, to_do: Iterable[Case], part: Part, jobs: int) -> None:
    """Run the cases that the file does not hold, and append them."""
    known = [run["case"] for run in done(path)]
    missing = [case for case in to_do if case.key not in known]
    path.parent.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    with ProcessPoolExecutor(jobs) as pool, path.open("a") as file:
        run = pool.map if jobs > 1 else map
        for number, (case, found) in enumerate(
            zip(missing, run(part, missing), strict=True), start=1
        ):
            file.write(json.dumps({"case": case.key, "methods": found}) + "\n")
            file.flush()
            seconds = time.perf_counter() - begin
            print(f"{path.stem} {number}/{len(missing)} {seconds:.0f} s {case}", flush=True)


def main() -> None:
    """Complete the files of runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(FINAL_SEEDS))
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--doses", nargs="+", type=float, default=list(DOSES))
    parser.add_argument("--specimens", nargs="+", choices=mmf.PHANTOMS, default=list(mmf.PHANTOMS))
    parser.add_argument(
        "--conditions",
        nargs="+",
        choices=[*CONDITIONS, *HOSTILE],
        default=list(DEFAULT_CONDITIONS),
    )
    parser.add_argument("--part", choices=("both", "ours", "peers"), default="both")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--package-seed", type=int, default=FINAL_SEEDS[0], help="the only one for the slow package"
    )
    parser.add_argument("--no-intervals", action="store_true")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    to_do = list(cases(given.specimens, given.conditions, given.doses, given.seeds, given.side))
    parts: dict[str, Part] = {
        "ours": partial(blind_ours.measure, intervals=not given.no_intervals),
        "peers": partial(peers, package_seed=given.package_seed),
    }
    for name, part in parts.items():
        if given.part in ("both", name):
            complete(given.folder / f"{name}.jsonl", to_do, part, given.jobs)


if __name__ == "__main__":
    main()
