"""The figures of the blind benchmark: shares of runs, harm, flags, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from blind_choice import done

OURS: Final = ("tutorial, defaults", "tutorial, suggested", "guided", "matched", "auto")
PEERS: Final = ("raw", "Gaussian", "BM3D", "NLM", "guided filter", "multimodal-fusion")
HARMFUL: Final = 1.1
"""Error, relative to that of the best Gaussian, that is harm."""
NEAR: Final = 1.15
PASSES: Final = ("helps", "helps without HAADF")


@dataclass(frozen=True)
class Run:
    """One case with the scores of all methods."""

    case: Mapping[str, Any]
    methods: Mapping[str, Mapping[str, Any]]

    def errors(self, method: str) -> Mapping[str, float]:
        """Errors of the maps as a method shows them."""
        scores = self.methods[method]
        found: Mapping[str, float] = scores.get("fused errors", scores["errors"])
        return found

    def error(self, method: str) -> float:
        """The mean over the maps with structure."""
        return float(np.mean(list(self.errors(method).values())))

    def harmed(self, method: str) -> dict[str, bool]:
        """Whether a method does harm to each map that has structure."""
        best = self.errors("Gaussian")
        return {name: e > HARMFUL * best[name] for name, e in self.errors(method).items()}

    def flagged(self, method: str, name: str) -> bool:
        """Whether the gate warns of a map."""
        return self.methods[method]["gates"][name] not in PASSES


def load(folder: Path) -> list[Run]:
    """The cases that both files hold."""
    ours, peers = (
        {tuple(run["case"].items()): run for run in done(folder / f"{name}.jsonl")}
        for name in ("ours", "peers")
    )
    return [
        Run(ours[key]["case"], {**peers[key]["methods"], **ours[key]["methods"]})
        for key in ours
        if key in peers
    ]


def share(values: Iterable[bool]) -> str:
    """How many of some are true, in words."""
    found = list(values)
    part = f" ({sum(found) / len(found):.0%})" if found else ""
    return f"{sum(found)} of {len(found)}{part}"


def wins(runs: Sequence[Run]) -> dict[str, list[bool]]:
    """In which runs auto is nearer to the truth, or near the best, for each claim."""
    nearer = {
        f"nearer than {name}": [run.error("auto") < run.error(name) for run in runs]
        for name in ("BM3D", "Gaussian", "raw")
    }
    best = [min(run.error(name) for name in run.methods) for run in runs]
    near = [run.error("auto") <= NEAR * b for run, b in zip(runs, best, strict=True)]
    return {**nearer, "within 15 % of the best": near}


def judged(runs: Sequence[Run], methods: Iterable[str]) -> Iterator[tuple[bool, bool]]:
    """Of every map of every method: whether it is harmed, and whether it is flagged."""
    for run in runs:
        for method in methods:
            for name, harmed in run.harmed(method).items():
                yield harmed, run.flagged(method, name)


def flat_flags(runs: Sequence[Run]) -> list[bool]:
    """Whether flat maps, whose structure is all false, are flagged."""
    return [
        run.flagged("auto", name)
        for run in runs
        for name in run.methods["auto"]["gates"]
        if name not in run.errors("auto")
    ]


def held(run: Run) -> list[bool]:
    """Whether each interval of a region mean holds the truth."""
    return [
        each["low"] <= each["truth"] <= each["high"]
        for each in run.methods["auto"].get("intervals", [])
    ]


def claims(runs: Sequence[Run]) -> dict[str, str]:
    """Every claim in one line."""
    found = {f"auto {name}": share(values) for name, values in wins(runs).items()}
    maps = list(judged(runs, ["auto"]))
    found["maps harmed by auto"] = share(harmed for harmed, _ in maps)
    found["maps harmed by auto and not flagged"] = share(h and not f for h, f in maps)
    found["runs of auto with a map harmed"] = share(
        any(run.harmed("auto").values()) for run in runs
    )
    everything = list(judged(runs, OURS))
    found["harmed maps of any of our methods, flagged"] = share(f for h, f in everything if h)
    found["unharmed maps of any of our methods, flagged"] = share(f for h, f in everything if not h)
    found["unharmed maps of auto, flagged"] = share(f for h, f in maps if not h)
    found["flat maps, flagged"] = share(flat_flags(runs))
    found["intervals of region means that hold the truth"] = share(
        each for run in runs for each in held(run)
    )
    found["largest change of a sum by auto"] = f"{max(r.methods['auto']['sums'] for r in runs):.2%}"
    return found


def means(runs: Sequence[Run], value: str, methods: Sequence[str]) -> list[str]:
    """The mean of a score for each method; a dash where it has none."""
    cells = []
    for method in methods:
        scores = [
            run.error(method) if value == "error" else run.methods[method].get(value)
            for run in runs
            if method in run.methods
        ]
        found = [score for score in scores if score is not None]
        mean = float(np.mean(found)) if found else np.nan
        cells.append("-" if np.isnan(mean) else "none" if np.isinf(mean) else f"{mean:.3f}")
    return cells


def main() -> None:
    """Print the claims and the cases in which they fail."""
    import argparse

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    runs = load(parser.parse_args().folder)
    print(len(runs), "runs")
    for name, text in claims(runs).items():
        print(f"{name}: {text}")
    for run in runs:
        auto = run.error("auto")
        errors = {name: run.error(name) for name in run.methods}
        best = min(errors, key=errors.__getitem__)
        notes = []
        if auto > errors["BM3D"]:
            notes.append(f"BM3D {errors['BM3D']:.3f}")
        if auto > errors["Gaussian"]:
            notes.append(f"Gaussian {errors['Gaussian']:.3f}")
        if auto > NEAR * errors[best]:
            notes.append(f"best {best} {errors[best]:.3f}")
        notes += [
            f"harmed {n} {'flagged' if run.flagged('auto', n) else 'NOT FLAGGED'}"
            f" {run.errors('auto')[n]:.3f}/{run.errors('Gaussian')[n]:.3f}"
            for n, harmed in run.harmed("auto").items()
            if harmed
        ]
        coverage = held(run)
        notes.append(f"intervals {sum(coverage)}/{len(coverage)}")
        chosen = run.methods["auto"]["method"]
        print(*run.case.values(), f"auto {auto:.3f} ({chosen}):", "; ".join(notes))


if __name__ == "__main__":
    main()
