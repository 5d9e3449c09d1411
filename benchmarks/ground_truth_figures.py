"""The figures of docs/accuracy-tutorial.md and the README."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from ground_truth_cases import CONDITIONS, Case
from ground_truth_methods import METHODS

from napari_mmfusion.drawing import contrast_of, white_figure

COLOURS: Final = {
    "raw": "#999999",
    "Gaussian": "#e69f00",
    "TV only": "#cc79a7",
    "multimodal-fusion": "#000000",
    "TV only, Poisson": "#f0a0d0",
    "tutorial, no HAADF": "#d55e00",
    "tutorial": "#56b4e9",
    "fitted": "#800080",
    "converged": "#0072b2",
    "converged, fitted": "#00008b",
    "linear": "#009e73",
}
PHANTOMS: Final = ("core-shell", "lattice", "wedge", "null-element")
LINES: Final = {"oracle": "o-", "suggested": "x--", "all suggested": "^:"}
LABELS: Final = {
    "oracle": "{}",
    "suggested": "{}, suggested weights",
    "all suggested": "{}, thorough search",
}
DPI: Final = 150


def draw(rows: list[dict[str, str]], folder: Path) -> None:
    """Write all figures to the folder."""
    small = [row for row in rows if row["side"] == "128"]
    against_dose(small, folder / "accuracy-dose.png")
    against_condition(small, folder / "accuracy-haadf.png")
    maps(small, "lattice", "Sc", folder / "accuracy-maps.png")


def against_dose(rows: list[dict[str, str]], path: Path) -> None:
    """NRMSE against the counts, on three specimens, both logarithmic."""
    figure = white_figure(11.4, 4.4, DPI)
    panels = figure.subplots(1, 3, sharey=True)
    for axes, phantom in zip(panels, PHANTOMS, strict=False):
        chosen = [r for r in rows if r["phantom"] == phantom and r["condition"] == "gamma 1.6"]
        for (choice, method), group in _by_method(chosen).items():
            mean = _means(group, "counts")
            counts = sorted(mean, key=int)
            axes.plot(
                [int(d) for d in counts],
                [mean[d] for d in counts],
                LINES[choice],
                color=COLOURS[method],
                label=LABELS[choice].format(method),
                markersize=4,
            )
        axes.set(xscale="log", yscale="log", title=phantom, xlabel="counts where a map is 1")
        axes.set_xticks([1, 2, 5, 10, 30, 100], ["1", "2", "5", "10", "30", "100"])
        axes.minorticks_off()
        axes.set_yticks([0.03, 0.1, 0.3, 1], ["0.03", "0.1", "0.3", "1"])
        _plain(axes)
    panels[0].set_ylabel("nRMSE")
    # The first panel has every method.
    named = panels[0].get_legend_handles_labels()
    panels[-1].legend(*named, frameon=False, bbox_to_anchor=(1, 1), loc="upper left", fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def against_condition(rows: list[dict[str, str]], path: Path) -> None:
    """NRMSE at 10 counts, for every kind of HAADF image."""
    figure = white_figure(9.6, 3.4, DPI)
    names = list(CONDITIONS)
    panels = figure.subplots(1, len(PHANTOMS))
    for axes, phantom in zip(panels, PHANTOMS, strict=True):
        chosen = [r for r in rows if r["phantom"] == phantom and r["counts"] == "10"]
        for (choice, method), group in _by_method(chosen).items():
            if method in ("raw", "multimodal-fusion"):
                continue
            mean = _means(group, "condition")
            shown = [name for name in names if name in mean]
            axes.plot(
                [names.index(name) for name in shown],
                [mean[name] for name in shown],
                LINES[choice][0],
                color=COLOURS[method],
                label=LABELS[choice].format(method),
            )
        axes.set(title=phantom, ylim=(0, None), xlim=(-0.5, len(names) - 0.5))
        axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
        _plain(axes)
    panels[0].set_ylabel("nRMSE, 10 counts")
    panels[-1].legend(frameon=False, bbox_to_anchor=(1, 1), loc="upper left", fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def maps(rows: list[dict[str, str]], phantom: str, element: str, path: Path) -> None:
    """One map at 2 counts: the truth, and every method at the settings of its row."""
    case = Case(phantom, 128, 2, "gamma 1.6", 0)
    shown: dict[str, Any] = {"truth": (case.data.truth or {})[element]}
    for row in rows:
        key = (row["phantom"], row["counts"], row["condition"], row["seed"])
        if key == (phantom, "2", case.condition, "0") and row["choice"] == "oracle":
            method = row["method"]
            run = METHODS[method].run(case.data, json.loads(row["settings"]))
            shown[f"{method}, {float(row['nrmse']):.2f}"] = run[element]
    columns = (len(shown) + 1) // 2
    figure = white_figure(2.2 * columns, 4.9, DPI)
    panels = figure.subplots(2, columns).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (title, image) in zip(panels, shown.items(), strict=False):
        low, high = contrast_of(image)
        axes.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(title, fontsize=9)
    figure.tight_layout()
    figure.savefig(path)


def _by_method(rows: list[dict[str, str]]) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Rows by choice and method, in the order of the colours."""
    pairs = [(choice, method) for choice in LINES for method in COLOURS]
    groups = {
        pair: [row for row in rows if (row["choice"], row["method"]) == pair] for pair in pairs
    }
    return {pair: group for pair, group in groups.items() if group}


def _means(rows: list[dict[str, str]], name: str) -> dict[str, float]:
    """Mean error of the seeds, by one column."""
    groups: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(float(row["nrmse"]))
    return {value: statistics.fmean(errors) for value, errors in groups.items()}


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="0.9")
