"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import main


@pytest.fixture
def sample(tmp_path) -> Path:
    """A small file to fuse, not square."""
    data = mmf.simulate("core-shell", shape=(48, 64), counts=20, seed=3)
    path = tmp_path / "sample.npz"
    np.savez(path, HAADF=data.haadf, **data.maps, pixel_size=0.1, unit="nm")
    return path


@pytest.fixture
def mmfusion(capsys):
    """Run the program in this process; gives the exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse leaves so
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
