"""Run all benchmarks: print their tables and, with --picture, draw a plot of the TV prox."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import growth
import tv_prox
import whole_job
from matplotlib.figure import Figure

from napari_mmfusion.core import native

PEERS_COLOURS = {
    "napari-mmfusion, 1 thread": "#0072b2",
    "napari-mmfusion, 2 threads": "#56b4e9",
    "scikit-image": "#e69f00",
    "ctvlib": "#cc79a7",
    "NumPy FGP": "#999999",
}


def draw(results: dict[int, dict[str, float]], path: Path) -> None:
    """Nanoseconds per pixel and step against the side of the image, both logarithmic."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    sides = list(results)
    for name, colour in PEERS_COLOURS.items():
        values = [results[side][name] for side in sides]
        axes.plot(sides, values, "o-", color=colour, label=name)
        axes.annotate(
            name,
            (sides[-1], values[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    axes.set(xscale="log", yscale="log", ylim=(0.2, None), xlim=(sides[0] * 0.9, sides[-1] * 2.4))
    axes.set_xticks(sides, [f"{side}$^2$" for side in sides])
    axes.minorticks_off()
    axes.set_xlabel("pixels")
    axes.set_ylabel("ns per pixel and step")
    axes.set_title("TV proximal operator, 20 steps")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Print every table, and write the picture if requested."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, help="where to write the plot of the TV prox")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, instruction set {native.simd_level()}\n")
    whole_job.main()
    results = tv_prox.main()
    growth.main()
    if arguments.picture:
        draw(results, arguments.picture)


if __name__ == "__main__":
    main()
