"""Reads files in a process whose openings of files are watched; run as a program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

MARK = "mmfusion-reading-starts"
_OPENING = re.compile(r'\b(?:open|openat|openat2|execve|creat)\((?:AT_FDCWD, )?"([^"]*)"')
_OPTIONS = (
    "-f",
    "-s",
    "4096",
    "-e",
    "trace=open,openat,openat2,creat,execve,access,faccessat,faccessat2",
)
_TESTS = Path(__file__).parents[1]
_MINUTES = 5


@lru_cache
def tracer() -> str:
    """What watches: ``"strace"``, which sees every call, or ``"Python"`` where that may not run."""
    path = shutil.which("strace")
    command = [path or "strace", *_OPTIONS, sys.executable, "-c", ""]
    if path is None or subprocess.run(command, capture_output=True, check=False).returncode:
        return "Python"
    return "strace"


def openings_while_reading(warm_up: list[Path], files: list[Path]) -> list[str]:
    """Names of all files that are opened, and programs started, while `files` are read.

    Everything is first read of the files in `warm_up`, so that what is imported on first use is.
    """
    program = [sys.executable, __file__, *map(str, warm_up), "--", *map(str, files)]
    environment = os.environ | {"PYTHONPATH": str(_TESTS), "HDF5_PLUGIN_PATH": str(files[0].parent)}
    record = files[0].parent / "record"
    if tracer() == "strace":
        program = ["strace", *_OPTIONS, "-o", str(record), *program]
    done = subprocess.run(
        program,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * _MINUTES,
        check=True,
        cwd=files[0].parent,
    )
    if tracer() != "strace":
        return [str(name) for name in json.loads(done.stdout)]
    calls = record.read_text(errors="replace")
    assert calls.count(MARK) == 1
    return _OPENING.findall(calls[calls.index(MARK) :])


def _read(files: list[str]) -> None:
    from attacks.reading import messages

    for name in files:
        messages(Path(name), {})


def _main(arguments: list[str]) -> None:
    split = arguments.index("--")
    opened: list[str] = []
    _read(arguments[:split])
    sys.addaudithook(lambda event, what: opened.append(str(what[0])) if event == "open" else None)
    os.access(MARK, os.F_OK)
    _read(arguments[split + 1 :])
    names = list(opened)
    print(json.dumps(names))


if __name__ == "__main__":
    _main(sys.argv[1:])
