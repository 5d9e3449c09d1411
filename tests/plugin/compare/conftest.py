"""A viewer without a window, with raw and fused layers."""

from __future__ import annotations

import pytest

from fused_layers import fill


@pytest.fixture
def fused():
    components = pytest.importorskip("napari.components")
    return fill(components.ViewerModel())
