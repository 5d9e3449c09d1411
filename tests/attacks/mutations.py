"""Files with random damage, the same for the same seed, and reading them in a child."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from attacks.attack import archive, member
from attacks.pointers import structures_of
from attacks.reading import messages
from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, lookup3

_EXTREMES = (0x00, 0x01, 0x7F, 0x80, 0xFF)
_MOST_MOVED = 64
_SHARE_MISLED = 4
# Most descriptions of a file are at its start or at its end.
_NEAR = 3000


def mutated(content: bytes, seed: int) -> bytes:
    """`content` with one to sixteen pieces of damage."""
    rng = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        rng.choice(_DAMAGES)(damaged, rng)
        damaged = damaged or bytearray(b"\0")
    return bytes(damaged)


def misled(content: bytes, seed: int) -> bytes:
    """`content` with one to four pointers set to other structures of the file.

    Checksums of the structures that hold them are made right again, so that the reader has to find
    the fault in what it is led to.
    """
    rng = random.Random(seed)
    pointers, spans = structures_of(content)
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        place, width, _ = rng.choice(pointers)
        damaged[place : place + width] = rng.choice(pointers).value.to_bytes(width, "little")
    for start, end in spans:
        right = lookup3(bytes(damaged[start:end]))
        damaged[end : end + CHECKSUM_BYTES] = right.to_bytes(CHECKSUM_BYTES, "little")
    return bytes(damaged)


def mutated_inside(content: bytes, seed: int) -> bytes:
    """An archive with damage to one array and a checksum that fits it."""
    with zipfile.ZipFile(io.BytesIO(content)) as sound:
        members = {name: sound.read(name) for name in sound.namelist()}
    victim = random.Random(seed).choice(list(members))
    members[victim] = mutated(members[victim], seed)
    return archive(member(name, values) for name, values in members.items())


def mutation(samples: list[bytes], ending: str, seed: int) -> bytes:
    """The damaged file of the seed."""
    content = samples[seed % len(samples)]
    if seed // len(samples) % _SHARE_MISLED == 0:
        return misled(content, seed)
    inside = ending == ".npz" and seed // len(samples) % 2
    return mutated_inside(content, seed) if inside else mutated(content, seed)


def read_mutations(
    report: Callable[..., None], samples: list[bytes], ending: str, seeds: range, folder: Path
) -> tuple[int, int]:
    """Read the mutation of every seed in every way; how many load, and how many are refused."""
    loaded = 0
    path = folder / f"mutated{ending}"
    for seed in seeds:
        report(seed)
        path.write_bytes(mutation(samples, ending, seed))
        loaded += messages(path, {})["load"] == ""
    return loaded, len(seeds) - loaded


def _place(content: bytearray, rng: random.Random) -> int:
    where = rng.randrange(len(content))
    return rng.choice((where, where % _NEAR, len(content) - 1 - where % min(_NEAR, len(content))))


def _flip(content: bytearray, rng: random.Random) -> None:
    content[_place(content, rng)] ^= 1 << rng.randrange(8)


def _set_byte(content: bytearray, rng: random.Random) -> None:
    content[_place(content, rng)] = rng.choice(_EXTREMES)


def _set_number(content: bytearray, rng: random.Random) -> None:
    where, width = _place(content, rng), rng.choice((2, 4, 8))
    extreme = rng.choice((0, 1, 2 ** (8 * width - 1) - 1, 2 ** (8 * width) - 1, len(content)))
    content[where : where + width] = (extreme % 2 ** (8 * width)).to_bytes(width, "little")


def _delete(content: bytearray, rng: random.Random) -> None:
    where = _place(content, rng)
    del content[where : where + rng.randrange(1, _MOST_MOVED)]


def _copy(content: bytearray, rng: random.Random) -> None:
    source, target = _place(content, rng), _place(content, rng)
    piece = content[source : source + rng.randrange(1, _MOST_MOVED)]
    if rng.random() < 0.5:
        content[target : target + len(piece)] = piece
    else:
        content[target:target] = piece


def _cut(content: bytearray, rng: random.Random) -> None:
    del content[max(1, _place(content, rng)) :]


_DAMAGES = (
    _flip,
    _flip,
    _flip,
    _set_byte,
    _set_byte,
    _set_number,
    _set_number,
    _delete,
    _copy,
    _cut,
)
