"""The whole job (set-up and all iterations) against `multimodal-fusion` 0.6.0, in one process."""

from __future__ import annotations

import numpy as np
import peers
import samples
from timing import medians, table

import napari_mmfusion as mmf


def assert_correct(data: mmf.FusionDataset, settings: dict[str, float]) -> None:
    """The results are right: within 1e-5 of the published schedule in double precision."""
    import oracle

    z = [mmf.core.elements.atomic_number(name) for name in data.elements]
    maps, _, _ = list(oracle.fuse(data.haadf, data.maps, z, **settings))[-1]
    found = np.stack(list(mmf.fuse(data, **settings).maps.values()))
    error = np.linalg.norm(found - maps) / np.linalg.norm(maps)
    assert error <= 1e-5, f"relative error {error:.2g}"


def compare(name: str, repeats: int = 7) -> list[str]:
    """Medians of both and their ratio, as a row of the table."""
    data, settings = samples.tutorial_data(name)
    assert_correct(data, settings)
    other = peers.multimodal_fusion_job(data.haadf, data.maps, **settings)
    fused = mmf.fuse(data, **settings).maps
    for element in data.elements:  # another algorithm, but the same job
        assert np.corrcoef(other[element].ravel(), fused[element].ravel())[0, 1] > 0.8
    times = medians(
        {
            "peer": lambda: peers.multimodal_fusion_job(data.haadf, data.maps, **settings),
            "bare": lambda: peers.multimodal_fusion_job(
                data.haadf, data.maps, costs=False, **settings
            ),
            "one": lambda: mmf.fuse(data, threads=1, **settings),
            "two": lambda: mmf.fuse(data, threads=2, **settings),
        },
        repeats,
    )
    milliseconds = [f"{1e3 * times[key]:.1f}" for key in times]
    ratios = [f"{times['peer'] / times[key]:.0f} x" for key in ("one", "two")]
    return [name, *milliseconds, *ratios]


def main() -> None:
    """Print the table."""
    head = [
        "data",
        "multimodal-fusion, ms",
        "without its costs, ms",
        "1 thread, ms",
        "2 threads, ms",
        "ratio, 1 thread",
        "ratio, 2 threads",
    ]
    print(table("Whole job: set-up and run", head, [compare(name) for name in samples.TUTORIAL]))


if __name__ == "__main__":
    main()
