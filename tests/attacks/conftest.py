"""Prints the figures that were obtained."""

from __future__ import annotations

from attacks.figures import FIGURES


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("figures of the attacks")
        for what, figure in sorted(FIGURES.items()):
            terminalreporter.line(f"{what}: {figure}")
