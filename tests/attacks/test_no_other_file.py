"""Reading a file opens this file and no other: no links, no values elsewhere, no filters."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from attacks.attack import images
from attacks.figures import FIGURES
from attacks.hdf5_attacks import H5, write_sound
from attacks.hdf5_structure_attacks import STRUCTURE
from attacks.npz_attacks import NPZ
from attacks.tracing import openings_while_reading, tracer

# Those that are merely large take long under watch.
LARGE = ("000", "as large as", "GiB", "to load", "long ways", "overlap")
ATTACKS = [
    attack
    for attack in [*NPZ, *H5, *STRUCTURE]
    if not attack.options and not any(word in attack.name for word in LARGE)
]
# Modules of Python that are imported where an error needs them.
IMPORTED = tuple(
    os.fspath(path)
    for path in (
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        Path(mmf.__file__).parent,
    )
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what links and filters lead to: an HDF5 file, and a library of filters."""
    with h5py.File(tmp_path / "trap.h5", "w") as file:
        file["Co"] = images()["Co"]
    (tmp_path / "libtrap.so").write_bytes(b"\x7fELF")
    return tmp_path


def strangers(openings: list[str], files: list[Path]) -> set[str]:
    known = set(map(str, files))
    return {
        name
        for name in openings
        if name not in known and not (name.startswith(IMPORTED) and name.endswith((".py", ".pyc")))
    }


def test_attacks_open_no_other_file(folder: Path) -> None:
    np.savez(folder / "sound.npz", **images())
    write_sound(folder / "sound.h5")
    files = []
    for number, attack in enumerate(ATTACKS):
        files.append(folder / f"{number}{Path(attack.file).suffix}")
        attack.write(files[-1])
    openings = openings_while_reading([folder / "sound.npz", folder / "sound.h5"], files)
    assert strangers(openings, files) == set()
    opened = {os.fspath(path) for path in files if path.stat().st_size}
    assert opened <= set(openings), "the tracing misses what is opened"
    FIGURES["files opened beside the one that is read"] = (
        f"0 in {len(opened)} attacks, watched by {tracer()}"
    )


@pytest.mark.skipif(tracer() != "strace", reason="Python does not see what HDF5 opens")
def test_the_tracing_sees_what_hdf5_opens(folder: Path) -> None:
    """With the library itself, the trap is opened."""
    with h5py.File(folder / "link.h5", "w") as file:
        file["Co"] = h5py.ExternalLink("trap.h5", "/Co")
    program = f"import h5py; h5py.File({str(folder / 'link.h5')!r})['Co'][()]"
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=openat,open", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "trap.h5" in done.stderr


def test_the_library_is_not_even_loaded(folder: Path) -> None:
    """Whatever is read; it is imported for writing alone."""
    write_sound(folder / "sound.h5")
    program = (
        "import sys, napari_mmfusion as mmf\n"
        f"mmf.load({str(folder / 'sound.h5')!r})\n"
        f"mmf.inspect({str(folder / 'sound.h5')!r}, statistics=True)\n"
        "assert 'h5py' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
