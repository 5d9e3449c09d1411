"""Work in a child process, which may crash, hang or fill its memory."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

resource = pytest.importorskip("resource", reason="no limits for processes on this system")

SECONDS = 10
"""Computing time for one file. It does not pass while the machine does something else."""

_PATIENCE = 120  # for what waits without computing, such as for a pipe
_ADDRESS_SPACE = 6 * 2**30
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024

# Every child is a copy of a process in which everything is imported.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["napari_mmfusion"])


@dataclass(frozen=True)
class Outcome:
    """The outcome of the work.

    Attributes
    ----------
    value : object
        What it returned.
    failure : str
        How it ended instead: a traceback, a signal, a hang.
    last_report : object
        What it reported last.
    seconds : float
        Computing time.
    memory : int
        Bytes taken at most, above those at the start.
    """

    value: Any
    failure: str
    last_report: Any
    seconds: float
    memory: int


def guarded(work: Callable[..., Any], *arguments: Any, seconds: int = SECONDS) -> Outcome:
    """Do `work` in a child with limits on its computing time and memory.

    It is called with a function that takes reports, then with `arguments`.
    """
    report = None
    with started(work, *arguments, seconds=seconds) as (child, pipe):
        try:
            waited = 0
            while waited < _PATIENCE + seconds:
                # Second by second: a pause of the whole machine does not count as a hang.
                if not pipe.poll(1):
                    waited += 1
                    continue
                waited, message = 0, pipe.recv()
                if isinstance(message, Outcome):
                    return message
                report = message
        except EOFError:
            child.join()
            return Outcome(None, f"the process ends with {child.exitcode}", report, 0, 0)
    return Outcome(None, "hangs", report, seconds, 0)


@contextmanager
def started(
    work: Callable[..., Any], *arguments: Any, seconds: int = SECONDS
) -> Iterator[tuple[Any, Any]]:
    """Start `work` in a child that ends with the block; the process, and the pipe it reports to."""
    receiver, sender = _context.Pipe(duplex=False)
    child = _context.Process(target=_run, args=(sender, seconds, work, arguments), daemon=True)
    child.start()
    sender.close()
    try:
        yield child, receiver
    finally:
        child.kill()
        child.join()
        receiver.close()


_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_FORGET_PEAK = "5"


class _Memory:
    """What this process takes at most from now on, above what it takes now.

    The interpreter and the libraries are part of what it takes now: where the system tells, a peak
    before is forgotten, and files mapped into memory do not count.
    """

    def __init__(self) -> None:
        gc.collect()
        with suppress(OSError):
            _CLEAR.write_text(_FORGET_PEAK)
        self._start = _status("VmRSS") if _STATUS.exists() else _peak_of_process()
        self._libraries = _status("RssFile")

    def added(self) -> int:
        peak = _status("VmHWM") if _STATUS.exists() else _peak_of_process()
        return max(0, peak - self._start - max(0, _status("RssFile") - self._libraries))


def _status(name: str) -> int:
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _peak_of_process() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _run(pipe: Any, seconds: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":  # other systems reserve more from the start, or keep no limit
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    started, memory = time.process_time(), _Memory()
    value, failure = None, ""
    try:
        value = work(pipe.send, *arguments)
    except BaseException:
        failure = traceback.format_exc()
    pipe.send(Outcome(value, failure, None, time.process_time() - started, memory.added()))
