"""What the host process must not notice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf


def test_floating_point_settings_warnings_and_signals_stay_as_they_were() -> None:
    environment, filters = dict(os.environ), list(warnings.filters)
    handler, errors = signal.getsignal(signal.SIGINT), np.geterr()
    mmf.fuse(mmf.simulate("core-shell", shape=(256, 256), counts=5), n_iter=2, threads=2)
    assert np.float32(1e-38) * np.float32(1e-3) > 0, "denormal numbers are flushed"
    assert dict(os.environ) == environment
    assert list(warnings.filters) == filters
    assert signal.getsignal(signal.SIGINT) == handler
    assert np.geterr() == errors


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_can_fuse() -> None:
    data = mmf.simulate("core-shell", shape=(256, 256), counts=5)
    expected = mmf.fuse(data, n_iter=2, threads=2).costs
    child = os.fork()
    if child == 0:
        same = np.array_equal(mmf.fuse(data, n_iter=2, threads=2).costs, expected)
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
