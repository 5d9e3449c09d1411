"""What the host process must not notice."""

from __future__ import annotations

import importlib.util
import locale
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf

SOLVERS = ("tutorial", "converged", "guided", "matched")


def state_of_the_process() -> dict[str, object]:
    """All that a library could change unnoticed in the program that loads it."""
    handlers = {}
    for number in signal.valid_signals():
        with suppress(ValueError):
            handlers[number] = signal.getsignal(number)
    return {
        "environment": dict(os.environ),
        "warning filters": list(warnings.filters),
        "signal handlers": handlers,
        "NumPy's errors": np.geterr(),
        "floating point": floating_point(),
        "folder": Path.cwd(),
        "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(),
        "switching": sys.getswitchinterval(),
        "random numbers": random.getstate(),
        "NumPy's random numbers": str(np.random.get_state()),  # noqa: NPY002
        "threads": threading.active_count(),
        "excepthook": sys.excepthook,
    }


def floating_point() -> tuple[float, ...]:
    """Results that depend on rounding mode, flushing of denormals and trapping of errors."""
    one, tiny = np.full(4, 1, np.float32), np.full(4, 1e-38, np.float32)
    with np.errstate(all="ignore"):
        values = (one / 3, tiny * np.float32(1e-3), -one / 3, one / 0, one + np.float32(6e-8))
        return tuple(float(value) for array in values for value in array)


@pytest.mark.parametrize("solver", SOLVERS)
def test_nothing_of_the_process_changes(solver: str) -> None:
    before = state_of_the_process()
    data = mmf.simulate("core-shell", shape=(256, 256), counts=5)
    mmf.fuse(data, n_iter=2, threads=3, solver=solver)
    mmf.tv_prox(data.haadf, 0.1, 5, threads=3)
    with pytest.raises(mmf.MMFusionDataError):
        mmf.fuse(data, start={})
    assert state_of_the_process() == before
    assert np.float32(1e-38) * np.float32(1e-3) > 0, "denormal numbers are flushed"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux tells loaded libraries")
def test_no_openmp_runtime_is_loaded() -> None:
    code = (
        "import napari_mmfusion as mmf, pathlib;"
        "mmf.fuse(mmf.simulate('core-shell', shape=(64, 64)), n_iter=1);"
        "print('gomp' in (maps := pathlib.Path('/proc/self/maps').read_text()), 'iomp' in maps)"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.split() == ["False", "False"]


# Work for other threads, during a fusion and after it.
BESIDE = """
import threading
import numpy as np
import napari_mmfusion as mmf
{load}

data = mmf.simulate("core-shell", shape=(256, 256), counts=5)
alone = mmf.fuse(data, n_iter=3, threads=3).costs
square = np.random.default_rng(0).random((400, 400))
product = square @ square
done = threading.Event()
def multiply():
    while not done.is_set():
        assert np.allclose(square @ square, product)
other = threading.Thread(target=multiply)
other.start()
same = [np.array_equal(mmf.fuse(data, n_iter=3, threads=3).costs, alone) for _ in range(10)]
done.set()
other.join()
print(all(same))
"""


@pytest.mark.parametrize("library", ["scipy.linalg", "sklearn.cluster", "torch"])
@pytest.mark.parametrize("first", [True, False], ids=["loaded before", "loaded after"])
def test_threads_of_other_libraries_do_not_matter(library: str, first: bool) -> None:
    if importlib.util.find_spec(library.partition(".")[0]) is None:
        pytest.skip(f"{library} is not installed")
    code = BESIDE.format(load="" if first else f"import {library}")
    if first:
        code = f"import {library}\n{code}"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert output.stdout.split() == ["True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_forked_child_can_fuse(solver: str) -> None:
    """No thread outlives a call, so that a child, which inherits none, waits for none."""
    data = mmf.simulate("core-shell", shape=(256, 256), counts=5)
    expected = mmf.fuse(data, n_iter=2, threads=3, solver=solver).costs
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that hangs ends by this signal
        same = np.array_equal(mmf.fuse(data, n_iter=2, threads=3, solver=solver).costs, expected)
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "drops it"])
def test_a_forked_child_has_an_iterator_half_way(solver: str, goes_on: bool) -> None:
    """Its threads stay with the parent, so the child must wait for none of them."""
    data = mmf.simulate("core-shell", shape=(256, 256), counts=5)
    expected = mmf.fuse(data, n_iter=4, threads=3, solver=solver).costs
    states = mmf.fuse_iter(data, n_iter=4, threads=3, solver=solver)
    half = len(expected) // 2
    costs = [next(states).costs for _ in range(half)]
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that hangs ends by this signal
        rest = [state.costs for state in states] if goes_on else []
        del states
        same = np.array_equal(costs + rest, expected[: len(costs + rest)])
        os._exit(0 if same and len(rest) == half * goes_on else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    costs += [state.costs for state in states]
    np.testing.assert_array_equal(costs, expected)


def costs_of(data: mmf.FusionDataset) -> np.ndarray:
    return mmf.fuse(data, n_iter=2, threads=3).costs


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_children_of_every_kind_can_fuse(method: str) -> None:
    data = mmf.simulate("core-shell", shape=(128, 128), counts=5)
    expected = costs_of(data)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        for costs in pool.map(costs_of, [data] * 4, timeout=120):
            np.testing.assert_array_equal(costs, expected)
