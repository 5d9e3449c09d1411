"""A save that is killed, or finds no room, leaves the old or the whole new file."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import napari_mmfusion as mmf
from attacks.figures import FIGURES, attempts
from attacks.guarded import guarded, started
from attacks.saving import FILES, numbers_in, result, save_for_ever, save_once, strangers_in

TRIALS = attempts("SAVES", 200, 10)
_SAVES_BEFORE_KILL = 3
"""At most; the child counts them, so that a kill hits a later save however slow the machine is."""


def test_killed_while_saving(tmp_path: Path) -> None:
    rng = random.Random(1)
    left, mixed, later = 0, 0, 0
    for trial in range(TRIALS):
        folder = tmp_path / str(trial)
        first, before = result(0), time.perf_counter()
        mmf.save(first, folder)
        one_save = time.perf_counter() - before
        with started(save_for_ever, folder) as (child, pipe):
            saves = trial % (_SAVES_BEFORE_KILL + 1)
            while pipe.recv() < saves:
                pass
            time.sleep(rng.uniform(0, one_save))
            child.kill()
        numbers = numbers_in(folder)
        left += bool(strangers_in(folder))
        later += max(numbers) > 0
        mixed += len(numbers) > 1
        mmf.save(result(0), folder, overwrite=True)
        assert strangers_in(folder) == set(), "the next save leaves nothing behind"
        assert numbers_in(folder) == {0}
    FIGURES["saves killed"] = (
        f"{TRIALS} of {TRIALS} folders hold whole files; {later} of them later ones than at first,"
        f" {left} a hidden folder, gone after the next save, {mixed} files of two saves"
    )
    assert later > TRIALS // 3
    assert left


def test_no_room_for_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    mmf.save(result(0), folder)
    largest = max(path.stat().st_size for path in folder.iterdir())
    FIGURES["saves with a limit on the size of a file"] = _trials(folder, 2 * largest, None)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB, if the system allows one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only an administrator of Linux can make a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_no_room_on_the_disk(small_disk: Path) -> None:
    folder = small_disk / "out"
    mmf.save(result(0), folder)
    filler = small_disk / "filler"
    used = sum(path.stat().st_size for path in folder.iterdir())
    FIGURES["saves on a full disk"] = _trials(folder, 4 * used, filler)


def _trials(folder: Path, most: int, filler: Path | None) -> str:
    """Save with less and less room: in a file without `filler`, else beside it on the disk."""
    rng = random.Random(2)
    number = failed = 0
    for trial in range(1, TRIALS + 1):
        room = rng.randrange(0, most)
        if filler is not None:
            _leave(room, filler)
        outcome = guarded(save_once, folder, trial, room if filler is None else None)
        assert outcome.failure == ""
        if outcome.value:
            failed += 1
            assert "make room or choose another folder" in outcome.value
        else:
            number = trial
        assert strangers_in(folder) == set()
        assert len(list(folder.iterdir())) == len(FILES)
        assert numbers_in(folder) == {number}
    assert failed > TRIALS // 4
    return f"{TRIALS} of {TRIALS} as before or whole, and no stray file; {failed} had no room"


def _leave(room: int, filler: Path) -> None:
    filler.unlink(missing_ok=True)
    disk = os.statvfs(filler.parent)
    filler.write_bytes(bytes(max(0, disk.f_bavail * disk.f_frsize - room)))
