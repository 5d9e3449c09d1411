"""Write the tables of docs/accuracy.md from the runs of the blind benchmark."""

from __future__ import annotations

import argparse
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from blind_choice import FOLDER
from blind_figures import HARMFUL, NEAR, OURS, PEERS, Run, claims, flat_flags, held, load, means

PAGE: Final = Path(__file__).parents[1] / "docs" / "accuracy.md"
METHODS: Final = (*PEERS, *OURS)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def by_case(runs: Sequence[Run]) -> list[tuple[str, list[Run]]]:
    """Runs that differ in their seed alone."""

    def name(run: Run) -> str:
        case = run.case
        return f"{case['specimen']}, {case['condition']}, {case['dose']:g}"

    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(name(run), []).append(run)
    return list(groups.items())


def score_table(runs: Sequence[Run], value: str, specimens: str | None = None) -> str:
    """The mean of a score over the seeds, for every case and method."""
    chosen = [run for run in runs if specimens in (None, run.case["specimen"])]
    rows = [[case, *means(group, value, METHODS)] for case, group in by_case(chosen)]
    return table(["specimen, HAADF, counts", *METHODS[:-1], "**auto**"], rows)


def choice_table(runs: Sequence[Run]) -> str:
    """What auto chose, and how it compares with the best method of each run."""
    rows = []
    for case, group in by_case(runs):
        chosen = Counter(run.methods["auto"]["method"] for run in group)
        best = Counter(min(run.methods, key=run.error) for run in group)
        ratio = [run.error("auto") / min(map(run.error, run.methods)) for run in group]
        rows.append(
            [
                case,
                ", ".join(f"{name} {number}" for name, number in chosen.most_common()),
                ", ".join(f"{name} {number}" for name, number in best.most_common()),
                f"{np.mean(ratio):.2f}",
                f"{max(ratio):.2f}",
            ]
        )
    return table(
        ["specimen, HAADF, counts", "auto chose", "best", "auto / best, mean", "largest"], rows
    )


def claim_table(runs: Sequence[Run]) -> str:
    """Every claim with its figure."""
    return table(["claim", "runs or maps"], [[name, text] for name, text in claims(runs).items()])


def losses(runs: Sequence[Run]) -> str:
    """The runs that auto loses, or in which it does harm."""
    lines = []
    for run in runs:
        errors = {name: run.error(name) for name in run.methods}
        best = min(errors, key=errors.__getitem__)
        notes = [
            f"{name} {errors[name]:.3f}"
            for name in ("raw", "Gaussian", "BM3D")
            if errors["auto"] > errors[name]
        ]
        if errors["auto"] > NEAR * errors[best] and not any(best in note for note in notes):
            notes.append(f"{best} {errors[best]:.3f}")
        notes += [
            f"{name} {run.errors('auto')[name] / run.errors('Gaussian')[name]:.2f} times the"
            f" Gaussian's error, {'flagged' if run.flagged('auto', name) else 'not flagged'}"
            for name, harmed in run.harmed("auto").items()
            if harmed
        ]
        if notes:
            case = run.case
            lines.append(
                f"- {case['specimen']}, {case['condition']}, {case['dose']:g} counts, seed"
                f" {case['seed']}: auto ({run.methods['auto']['method']}) {errors['auto']:.3f};"
                f" {', '.join(notes)}"
            )
    return "\n".join(lines) or "None."


def coverage_table(runs: Sequence[Run]) -> str:
    """How many intervals of the bootstrap hold the truth."""
    rows = []
    for specimen, group in _by(runs, lambda run: run.case["specimen"]):
        cells = []
        for dose, some in _by(group, lambda run: run.case["dose"]):
            found = list(itertools.chain.from_iterable(map(held, some)))
            cells.append(f"{dose:g}: {np.mean(found):.0%} of {len(found)}")
        rows.append([specimen, *cells])
    return table(["specimen", "few counts", "more counts"], rows)


def _by(runs: Sequence[Run], key: Callable[[Run], object]) -> list[tuple[object, list[Run]]]:
    return [
        (value, [run for run in runs if key(run) == value])
        for value in dict.fromkeys(map(key, runs))
    ]


def hostile_table(runs: Sequence[Run]) -> str:
    """Harm and flags where the HAADF image does not belong to the maps."""
    rows = []

    def name(run: Run) -> str:
        return f"{run.case['condition']}, {run.case['dose']:g} counts"

    for condition, group in _by(runs, name):
        harmed = [
            run.flagged("auto", name)
            for run in group
            for name, harm in run.harmed("auto").items()
            if harm
        ]
        sound = [
            run.flagged("auto", name)
            for run in group
            for name, harm in run.harmed("auto").items()
            if not harm
        ]
        ratio = [run.error("auto") / run.error("Gaussian") for run in group]
        rows.append(
            [
                str(condition),
                str(len(harmed)),
                str(sum(harmed)),
                str(len(sound)),
                str(sum(sound)),
                f"{np.mean(ratio):.2f}",
            ]
        )
    return table(
        [
            "condition",
            "maps harmed",
            "of these flagged",
            "others",
            "of these flagged",
            "auto / Gaussian",
        ],
        rows,
    )


def tables(runs: Sequence[Run], hostile: Sequence[Run]) -> dict[str, str]:
    """All tables by the name of their place in the page."""
    seeds = sorted({run.case["seed"] for run in runs})
    found = {
        "runs": f"{len(runs)} runs, seeds {', '.join(map(str, seeds))}.",
        "claims": claim_table(runs),
        "errors": score_table(runs, "error"),
        "choices": choice_table(runs),
        "losses": losses(runs),
        "amounts": score_table(runs, "amounts"),
        "composition": score_table(runs, "composition"),
        "leakage": score_table(runs, "leakage", "null-element"),
        "edges": score_table(runs, "edge", "wedge"),
        "coverage": coverage_table(runs),
    }
    if hostile:
        found["hostile"] = hostile_table(hostile)
    return found


def fill(text: str, found: dict[str, str]) -> str:
    """A page with its tables renewed; they stand between comments that name them."""
    for name, content in found.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        # A table may hold backslashes, which a replacement text would interpret.
        text, count = re.subn(
            pattern, lambda m, c=content: f"{m[1]}\n{c}\n\n{m[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise SystemExit(f"{PAGE.name} has no place for {name}")
    return text


def main() -> None:
    """Renew the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--hostile", type=Path, default=FOLDER.with_name("blind-hostile"))
    given = parser.parse_args()
    runs = load(given.folder)
    PAGE.write_text(fill(PAGE.read_text(), tables(runs, load(given.hostile))))
    print(f"{len(runs)} runs; a map is harmed above {HARMFUL} times the best Gaussian's error")
    print(f"{sum(flat_flags(runs))} flat maps flagged")


if __name__ == "__main__":
    main()
