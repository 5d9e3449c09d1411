"""Every instruction set this machine can run gives the same result, to 1e-6."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core import native

FUSE = """
import sys
import numpy as np
import napari_mmfusion as mmf
from napari_mmfusion.core import native
result = mmf.fuse(mmf.simulate("lattice", shape=(90, 131), counts=10, seed=1), n_iter=20)
np.savez(sys.argv[1], costs=result.costs, level=native.simd_level(), **result.maps)
"""


def run_at(level: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MMFUSION_SIMD": level}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("level", native.available_simd_levels())
def test_a_level_forced_by_the_environment_gives_the_same(level: str, tmp_path: Path) -> None:
    path = tmp_path / "result.npz"
    done = run_at(level, "-c", FUSE, str(path))
    assert done.returncode == 0, done.stderr
    here = mmf.fuse(mmf.simulate("lattice", shape=(90, 131), counts=10, seed=1), n_iter=20)
    with np.load(path) as there:
        assert str(there["level"]) == level
        np.testing.assert_allclose(there["costs"], here.costs, rtol=1e-6)
        for name, image in here.maps.items():
            difference = np.linalg.norm(there[name] - image)
            assert difference <= 1e-6 * np.linalg.norm(image)


def test_a_level_that_is_not_there_is_refused_by_name() -> None:
    code = "import napari_mmfusion as mmf; mmf.tv_norm([[1, 2]])"
    done = run_at("altivec", "-c", code)
    assert done.returncode != 0
    assert "MMFUSION_SIMD is 'altivec', but this machine runs: " in done.stderr
