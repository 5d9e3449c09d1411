"""Sound files with random damage load or are refused; nothing else happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from attacks.figures import FIGURES, attempts
from attacks.guarded import guarded
from attacks.mutations import misled, mutated, mutation, read_mutations
from attacks.pointers import structures_of
from attacks.samples import hdf5_samples, npz_samples
from napari_mmfusion.io.hdf5.structure.checksum import require_checksum

COUNT = attempts("MUTATIONS", 20_000, 300)
FIRST_SEED = int(os.environ.get("MMFUSION_SEED", 1))
BATCH = 250
MOST_MEMORY = 200 * 2**20
SECONDS = 100  # for a batch; single files may take ten, as in an attack, but not all

Samples = Callable[[Path | None], list[bytes]]


def found(tutorial_file: Callable[[str], Path], name: str) -> Path | None:
    """A file of the tutorial, or None if it is missing and not required."""
    try:
        return tutorial_file(name)
    except pytest.skip.Exception:
        return None


def batches() -> Iterator[range]:
    for start in range(FIRST_SEED, FIRST_SEED + COUNT, BATCH):
        yield range(start, min(start + BATCH, FIRST_SEED + COUNT))


@pytest.mark.parametrize(
    ("ending", "samples_of", "tutorial"),
    [
        (".npz", npz_samples, "PTO_Trilayer_dataset.npz"),
        (".h5", hdf5_samples, "Co3O4_Mn3O4.h5"),
    ],
)
def test_mutations(
    tmp_path: Path,
    tutorial_file: Callable[[str], Path],
    ending: str,
    samples_of: Samples,
    tutorial: str,
) -> None:
    samples = samples_of(found(tutorial_file, tutorial))
    bad, counts, memory = [], np.zeros(2, int), 0
    for seeds in batches():
        while seeds:
            outcome = guarded(read_mutations, samples, ending, seeds, tmp_path, seconds=SECONDS)
            memory = max(memory, outcome.memory)
            if not outcome.failure:
                counts += outcome.value
                break
            seed = outcome.last_report
            kept = tmp_path / f"seed_{seed}{ending}"
            kept.write_bytes(mutation(samples, ending, seed))
            bad.append(f"{kept}: {outcome.failure}")
            seeds = range(seed + 1, seeds.stop)
    FIGURES[f"mutations of {ending} files"] = (
        f"{COUNT} of {len(samples)} samples from seed {FIRST_SEED}: {counts[0]} load,"
        f" {counts[1]} refused, {len(bad)} anything else; most memory {memory / 2**20:.0f} MiB"
    )
    assert not bad, "\n".join(bad)
    assert memory < MOST_MEMORY
    assert counts.min() > COUNT // 50, "too much or too little damage to learn from"


def test_mutations_are_the_same_for_the_same_seed() -> None:
    content = bytes(range(256)) * 9
    assert mutated(content, 7) == mutated(content, 7) != mutated(content, 8)


@pytest.mark.parametrize("samples_of", [npz_samples, hdf5_samples])
def test_pointers_are_found_in_every_sample(samples_of: Samples) -> None:
    for content in samples_of(None):
        pointers, _ = structures_of(content)
        assert len({pointer.value for pointer in pointers}) > 2
        assert misled(content, 7) == misled(content, 7)
        assert len({misled(content, seed) for seed in range(20)}) > 5


def test_checksums_of_misled_structures_are_right() -> None:
    sample = next(each for each in hdf5_samples(None) if b"OHDR" in each)
    _, spans = structures_of(sample)
    assert len(spans) > 3
    damaged = misled(sample, 3)
    assert damaged != sample
    for start, end in spans:
        require_checksum(damaged[start : end + 4])
