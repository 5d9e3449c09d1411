"""The number of threads."""

from __future__ import annotations

import os

import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.threads import VARIABLE, thread_count


def test_an_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "5")
    assert thread_count(3) == 3
    assert thread_count() == 5


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (3, 2), (8, 7), (1000, 256)])
def test_the_default_leaves_the_interface_a_core(
    cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert thread_count() == threads


@pytest.mark.parametrize("bad", [0, -1, 257, 1.5, True, "two"])
def test_bad_numbers_are_refused(bad: int) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="threads must be a whole number"):
        thread_count(bad)


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "many")
    with pytest.raises(mmf.MMFusionParameterError, match=f"{VARIABLE} must be .* not 'many'"):
        thread_count()
