"""Ctrl-C ends a fusion of any size within a second, and a program ends quietly during one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core import interruption, native
from napari_mmfusion.core.interruption import AbandonedGroup, Interruption, in_core
from napari_mmfusion.core.suggestion.scorer import Scorer

SECONDS = 1.0
# One iteration takes longer than the second there is. The images are made without random numbers,
# which would take longer than the test.
LARGE = """
import numpy as np, napari_mmfusion as mmf
row = np.linspace(0, 1, 3000, dtype=np.float32)
image = np.multiply.outer(row, row) + row
data = mmf.FusionDataset(image, {"Co": image, "O": image[::-1], "Fe": image.T})
settings = {"n_iter": 10_000, "n_iter_tv": 50, "threads": 1}
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="no signals to send on Windows")


def start(program: str) -> subprocess.Popen[str]:
    """Run a program until it prints a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def interrupt(process: subprocess.Popen[str], after: float) -> tuple[float, str]:
    """Press Ctrl-C; how long the program goes on, in seconds, and what it says."""
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    pressed = time.monotonic()
    _, errors = process.communicate(timeout=60)
    return time.monotonic() - pressed, errors


CALLS = {
    "fuse": "mmf.fuse(data, **settings)",
    "fuse with progress": "mmf.fuse(data, **settings, progress=lambda *_: None)",
    "converged": "mmf.fuse(data, **settings, solver='converged')",
    "guided": "mmf.fuse(data, **settings, solver='guided', gap=1e-6)",
    "matched": "mmf.fuse(data, **settings, solver='matched')",
    "fuse_iter": "list(mmf.fuse_iter(data, **settings))",
    "suggest": "mmf.suggest(data, **settings)",
    "masked": "mmf.fuse(data, **settings, mask=np.ones(data.shape, bool))",
}


def quickest(attempt: Callable[[], float]) -> float:
    """The least time of a few attempts: a busy machine makes any of them slow."""
    seconds = attempt()
    for _ in range(4):
        if seconds >= SECONDS:
            seconds = min(seconds, attempt())
    return seconds


@posix
@pytest.mark.parametrize("what", CALLS)
def test_ctrl_c_ends_a_call(what: str) -> None:
    def attempt() -> float:
        process = start(LARGE + "print('ready', flush=True)\n" + CALLS[what])
        seconds, errors = interrupt(process, after=1.0)
        assert errors.rstrip().endswith("KeyboardInterrupt")
        assert process.returncode == -signal.SIGINT
        return seconds

    assert quickest(attempt) < SECONDS


@posix
@pytest.mark.parametrize("command", ["fuse", "tune"])
def test_ctrl_c_ends_the_command_line(tmp_path: Path, command: str) -> None:
    row = np.linspace(0, 1, 3000, dtype=np.float32)
    image = np.multiply.outer(row, row) + row
    np.savez(tmp_path / "data.npz", HAADF=image, Co=image, O=image[::-1])
    options = ["--n-iter", "10000", "--threads", "1"]
    if command == "fuse":
        options += ["-o", str(tmp_path / "out")]
    arguments = [command, str(tmp_path / "data.npz"), *options]
    program = (
        "import sys\n"
        "from napari_mmfusion.cli import main\n"
        "from napari_mmfusion.core import engine\n"
        "advance = engine.Engine.finish\n"
        "def finish(*arguments):\n"
        "    print('ready', flush=True)\n"
        "    return advance(*arguments)\n"
        "engine.Engine.finish = finish\n"
        f"sys.exit(main({arguments!r}))\n"
    )

    def attempt() -> float:
        process = start(program)
        seconds, errors = interrupt(process, after=0.5)
        assert errors.splitlines()[-1] == "mmfusion: interrupted"  # after notes on the data
        assert process.returncode == 130
        return seconds

    assert quickest(attempt) < SECONDS
    assert not (tmp_path / "out").exists()


THREADS = {
    "fuse_iter": "for _ in mmf.fuse_iter(data, **settings): pass",
    "fuse_iter of small images": "for _ in mmf.fuse_iter(small, n_iter=10_000): pass",
    "fuse": "mmf.fuse(data, **settings)",
    "tv_prox": "while True: mmf.tv_prox(image[:300, :300], 0.1, 50)",
}


@pytest.mark.parametrize("what", THREADS)
@pytest.mark.parametrize("after", [0.0, 0.05, 0.4])
def test_a_program_ends_during_a_fusion_in_a_thread(what: str, after: float) -> None:
    program = LARGE + (
        "import sys, threading, time\n"
        "small = mmf.simulate('core-shell', shape=(64, 64), counts=10, seed=0)\n"
        f"def work():\n    sys.stdout.write('ready\\n'); sys.stdout.flush()\n    {THREADS[what]}\n"
        "for _ in range(3):\n    threading.Thread(target=work, daemon=True).start()\n"
        f"time.sleep({after})\n"
    )
    process = start(program)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


@posix
def test_a_forked_process_does_not_wait_for_threads_of_its_parent() -> None:
    program = LARGE + (
        "import os, threading, time\n"
        "thread = threading.Thread(target=lambda: mmf.fuse(data, **settings), daemon=True)\n"
        "thread.start()\n"
        "time.sleep(0.3)\n"
        "child = os.fork()\n"
        "print('ready', flush=True) if child == 0 else os.waitpid(child, 0)\n"
    )
    process = start(program)
    began = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert time.monotonic() - began < 10


def test_errors_and_values_pass_through() -> None:
    calls = Interruption()
    assert calls.call(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        calls.call(lambda: 1 // 0)
    assert calls.call(threading.current_thread) is not threading.main_thread()
    assert not calls.flag.is_set()


def test_other_threads_compute_themselves() -> None:
    seen: list[bool] = []

    def work() -> None:
        seen.append(Interruption().call(threading.current_thread) is threading.current_thread())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]


@pytest.mark.parametrize("solver", ["tutorial", "converged", "guided", "matched"])
@pytest.mark.parametrize("shape", [(300, 200), (40, 70_000)], ids=["staggered", "strips"])
@pytest.mark.parametrize("threads", [1, 3])
def test_an_abandoned_solver_gives_nothing(
    solver: str, shape: tuple[int, int], threads: int
) -> None:
    data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    if solver == "matched" and shape == (300, 200):  # it would be done before it is abandoned
        shape = (900, 600)
    big = mmf.FusionDataset(
        np.resize(data.haadf, shape),
        {name: np.resize(image, shape) for name, image in data.maps.items()},
    )
    group = AbandonedGroup()

    def work() -> None:
        group.enter()
        settings = {"n_iter": 10_000, "tolerance": 0.0, "gap": 1e-6}
        with pytest.raises(mmf.MMFusionComputeError, match="the fusion was abandoned"):
            mmf.fuse(big, solver=solver, threads=threads, **settings)
        with pytest.raises(mmf.MMFusionComputeError, match="the fusion was abandoned"):
            mmf.fuse(data, solver=solver)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    group.abandon()
    thread.join(10)
    assert not thread.is_alive()


def test_a_search_that_is_left_abandons_its_fusions() -> None:
    data = mmf.simulate("core-shell", shape=(512, 512), counts=10, seed=0)
    params = mmf.FusionParameters(n_iter=10_000)
    began = time.monotonic()
    try:
        with Scorer(data, 0, 2, native.StopFlag()) as scorer:
            scorer._pool.submit(scorer._losses, scorer._holdouts[0], params)
            time.sleep(0.3)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert time.monotonic() - began < 10


def test_the_core_is_left_after_errors() -> None:
    flag = native.StopFlag()
    with pytest.raises(ValueError, match="wrong"), in_core(flag):
        raise ValueError("wrong")
    assert flag not in interruption._running
