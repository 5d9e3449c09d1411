"""What the tests of the search share."""

from __future__ import annotations

import pytest

import napari_mmfusion as mmf


@pytest.fixture(scope="session")
def data() -> mmf.FusionDataset:
    """A lattice with few counts."""
    return mmf.simulate("lattice", shape=(70, 90), counts=10, seed=2)
