"""Every hostile file is refused with a helpful message, or loads if it is harmless."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from attacks.attack import Attack
from attacks.content_attacks import CONTENT
from attacks.figures import tally
from attacks.guarded import Outcome, guarded
from attacks.hdf5_attacks import H5
from attacks.hdf5_structure_attacks import STRUCTURE
from attacks.npz_attacks import NPZ
from attacks.reading import read_in_every_way

ATTACKS = [*NPZ, *H5, *STRUCTURE, *CONTENT]
MOST_MEMORY = 200 * 2**20
# The advice is a clause of the message, after a semicolon or a comma.
ADVICE = re.compile(
    r"[;,] (?:or )?(?:ask|check|choose|close|copy|correct|crop|divide|export|give|leave|name"
    r"|replace|resample|save|write)\b"
)


def read(attack: Attack, path: Path) -> Outcome:
    attack.write(path)
    outcome = guarded(read_in_every_way, path, attack.options)
    memory = (outcome.memory - path.stat().st_size) / 2**20
    tally("attacks by files", s_of_computing=outcome.seconds, MiB_of_memory_above_the_file=memory)
    return outcome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files that must not be opened: opening a pipe blocks for ever."""
    os.mkfifo(tmp_path / "trap.h5")
    return tmp_path


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: f"{a.file[5:]}-{ascii(a.name)[1:-1]}")
def test_attack(attack: Attack, folder: Path) -> None:
    path = folder / attack.file
    outcome = read(attack, path)
    assert outcome.failure == ""
    assert outcome.memory - path.stat().st_size < MOST_MEMORY
    assert re.search(attack.says, outcome.value) if attack.says else outcome.value == ""
    assert not attack.says or ADVICE.search(outcome.value), "the message does not say what to do"
    assert "does not fit in memory" not in outcome.value
    assert {entry.name for entry in folder.iterdir()} == {"trap.h5", attack.file}
