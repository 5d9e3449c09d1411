"""How time grows with size, elements, TV steps and threads, and how much memory a fusion takes."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import samples
from timing import medians, table
from tv_prox import WEIGHT, image

import napari_mmfusion as mmf

N_ITER = 20
FOLDER = Path(__file__).parent


def prox_against_size() -> None:
    """Time per pixel and step from 256^2 to 8192^2, which should be constant."""
    rows = []
    for side in (256, 512, 1024, 2048, 4096, 8192):
        pixels = image(side)
        times = medians(
            {n: partial(mmf.tv_prox, pixels, WEIGHT, 20, threads=n) for n in (1, 2)},
            repeats=3 if side > 2048 else 15,
        )
        per_step = {n: 1e9 * seconds / (side * side * 20) for n, seconds in times.items()}
        rows.append([f"{side}^2", *(f"{each:.2f}" for each in per_step.values())])
        rows[-1].append(f"{times[1] / times[2]:.2f} x")
    head = ["size", "1 thread", "2 threads", "gain"]
    print(table("TV prox, 20 steps: ns per pixel and step against size", head, rows))


def prox_against_steps() -> None:
    """Time per pixel and step against the number of steps, at 1024^2."""
    pixels = image(1024)
    counts = (1, 3, 6, 20, 50)
    times = medians({n: partial(mmf.tv_prox, pixels, WEIGHT, n, threads=1) for n in counts}, 9)
    rows = [[str(n), f"{1e9 * times[n] / (1024 * 1024 * n):.2f}"] for n in counts]
    print(table("TV prox at 1024^2, 1 thread, against steps", ["steps", "ns"], rows))


def fusion_against_size() -> None:
    """Three elements, the default parameters."""
    rows = []
    for side in (64, 128, 256, 512, 1024, 2048):
        data = samples.random_data((side, side), 3)
        times = medians(
            {n: partial(mmf.fuse, data, n_iter=N_ITER, threads=n) for n in (1, 2)}, repeats=9
        )
        per = [1e9 * times[n] / (side * side * 3 * N_ITER) for n in (1, 2)]
        rows.append([f"{side}^2", *(f"{each:.2f}" for each in per), f"{times[1] / times[2]:.2f} x"])
    head = ["size", "1 thread, ns", "2 threads, ns", "gain"]
    print(table("Fusion: ns per pixel, element and iteration against size", head, rows))


def fusion_against_elements() -> None:
    """At 512^2, the time of n elements divided by n / 3 times that of three."""
    counts = (1, 2, 3, 6, 11, 16)
    data = {n: samples.random_data((512, 512), n) for n in counts}
    for threads in (1, 2):
        times = medians(
            {n: partial(mmf.fuse, data[n], n_iter=N_ITER, threads=threads) for n in counts}, 9
        )
        rows = [
            [str(n), f"{1e3 * times[n]:.1f}", f"{times[n] / times[3] * 3 / n:.2f}"] for n in counts
        ]
        title = f"Fusion at 512^2 against elements, {threads} thread(s)"
        print(table(title, ["elements", "ms", "over linear"], rows))


def peak_memory(side: int, n: int) -> float:
    """Peak memory of a fusion beyond its data set, in float32 images, in a separate process."""
    code = f"import growth; growth._measure_memory({side}, {n})"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER
    )
    return float(output.stdout)


def _measure_memory(side: int, n: int) -> None:
    mmf.fuse(samples.random_data((64, 64), n), n_iter=2)
    data = samples.random_data((side, side), n)
    # Linux keeps the peak of a process and forgets it on request; what the data set needed while
    # it was made must not hide what the fusion needs.
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    result = mmf.fuse(data, n_iter=2)
    after = _status("VmHWM")
    assert len(result.maps) == n
    print((after - before) / (side * side * 4))


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def memory() -> None:
    """The promise is 2 n + 3 images, including the results."""
    rows = []
    for side in (2048, 4096):
        for n in (1, 3, 6):
            images = peak_memory(side, n)
            assert images <= 2 * n + 3, (side, n, images)
            rows.append([f"{side}^2", str(n), f"{images:.2f}", str(2 * n + 3)])
    head = ["size", "elements", "images beyond the data set", "promised"]
    print(table("Peak memory of a fusion, in float32 images", head, rows))


def main() -> None:
    """Print all tables."""
    prox_against_size()
    prox_against_steps()
    fusion_against_size()
    fusion_against_elements()
    memory()


if __name__ == "__main__":
    main()
