"""A viewer without a window, with raw and fused layers."""

from __future__ import annotations

import pytest

from fused_layers import fill


@pytest.fixture
def viewer():
    return pytest.importorskip("napari.components").ViewerModel()


@pytest.fixture
def fused(viewer):
    return fill(viewer)
