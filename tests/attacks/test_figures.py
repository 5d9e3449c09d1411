"""The figures of several processes are added up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attacks import figures


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "FIGURES", {})
    monkeypatch.setattr(figures, "TALLIES", {})


def test_processes_are_added_up() -> None:
    for seconds, memory in ((0.5, 9.0), (0.25, 30.0)):
        figures.tally("attacks", s_of_computing=seconds, MiB=memory)
    other = {
        "figures": {"saves": "7 of 7"},
        "tallies": {"attacks": {"tried": 3.0, "s_of_computing": 0.75, "MiB": 2.0}},
    }
    figures.take_over(other)
    assert figures.lines() == [
        "attacks: 5 tried; at most 0.75 s of computing; at most 30.00 MiB",
        "saves: 7 of 7",
    ]


def test_a_process_without_figures_adds_none() -> None:
    figures.take_over({})
    figures.take_over(figures.handed_over())
    assert figures.lines() == []


def test_two_workers_report_all_that_was_tried(tmp_path: Path) -> None:
    """As in `make test`: the tests of one file, spread over two processes."""
    pytest.importorskip("xdist")
    folder = Path(figures.__file__).parents[1]
    (tmp_path / "conftest.py").write_text((folder / "conftest.py").read_text())
    (tmp_path / "test_all.py").write_text(
        "import pytest\nfrom attacks.figures import tally\n"
        "@pytest.mark.parametrize('number', range(10))\n"
        "def test(number):\n    tally('attempts', least=number)\n"
    )
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-q", "-p", "xdist", "-n", "2", "-p", "no:cacheprovider"]
    here = ["--rootdir", str(tmp_path), "-o", f"pythonpath={folder}", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *here],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert "attempts: 10 tried; at most 9.00 least" in done.stdout
