"""A refused file leaves no layer in napari, but a message that says what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import napari_mmfusion as mmf
from attacks.content_attacks import CONTENT
from attacks.hdf5_attacks import H5
from attacks.hdf5_structure_attacks import STRUCTURE
from attacks.npz_attacks import NPZ
from napari_plugins import discover_plugins

components = pytest.importorskip("napari.components")
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")


@pytest.mark.parametrize(
    "attacks", [NPZ, H5, STRUCTURE + CONTENT], ids=["npz", "h5", "structure and values"]
)
def test_no_layer(tmp_path: Path, attacks: list) -> None:
    discover_plugins()
    viewer = components.ViewerModel()
    os.mkfifo(tmp_path / "trap.h5")
    refused = [attack for attack in attacks if attack.says and not attack.options]
    assert len(refused) > 9
    for attack in refused:
        path = tmp_path / attack.file
        attack.write(path)
        with pytest.raises(mmf.MMFusionReadError, match=attack.says):
            viewer.open(os.fspath(path), plugin="napari-mmfusion")
        assert len(viewer.layers) == 0
