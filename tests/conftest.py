"""What all tests share: the tutorial's data, if they are there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import settings

from attacks import figures
from tutorial import TUTORIALS, Tutorial

WHERE = (
    "the tutorial's data are in the folder data/ of the article's repository"
    " (msa-em/fused-multi-modal-em); put the files into one folder and name it in the"
    " environment variable MMFUSION_TUTORIAL_DATA"
)

# The same examples in every run, however busy the machine: only `make fuzz` looks for new ones.
settings.register_profile("repeatable", deadline=None, derandomize=not figures.SHARE)
settings.load_profile("repeatable")


def _data_folder() -> Path:
    named = os.environ.get("MMFUSION_TUTORIAL_DATA")
    return Path(named) if named else Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def tutorial_file() -> Callable[[str], Path]:
    """Path of one of the tutorial's files; without it the test is skipped, or fails if required.

    Continuous integration sets ``MMFUSION_REQUIRE_DATA=1``, so that no test is skipped unnoticed.
    """

    def find(name: str) -> Path:
        path = _data_folder() / name
        if path.is_file():
            return path
        message = f"{name} is not in {_data_folder()}: {WHERE}"
        if os.environ.get("MMFUSION_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)

    return find


@pytest.fixture(scope="session", params=list(TUTORIALS))
def tutorial(request: pytest.FixtureRequest, tutorial_file: Callable[[str], Path]) -> Tutorial:
    """Each of the tutorial's data sets as arrays, read without the package's readers."""
    settings = TUTORIALS[request.param]
    path = tutorial_file(settings.file)
    names = ("HAADF", *settings.atomic_numbers)
    if path.suffix == ".npz":
        with np.load(path) as file:
            images = {name: file[name] for name in names}
    else:
        with h5py.File(path) as file:
            images = {name: file[name][()] for name in names}
    return settings.with_images(images)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass the figures of this process to the one that reports."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput |= figures.handed_over()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the figures of a process that has run its share."""
    figures.take_over(getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of docs/reliability.md that were obtained."""
    if lines := figures.lines():
        terminalreporter.section("figures of reliability")
        for line in lines:
            terminalreporter.line(line)
