"""Odd values that load are fused to finite maps or refused with a helpful message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import napari_mmfusion as mmf
from attacks.attack import Attack
from attacks.content_attacks import CONTENT

LOADING = [attack for attack in CONTENT if not attack.says and attack.file.endswith(".npz")]
CONSTANT = {"map of zeros alone", "map of a constant", "map of a negative constant"} | {
    "map of 1e-42 alone"
}


@pytest.mark.parametrize("attack", LOADING, ids=lambda attack: attack.name)
def test_no_nan_spreads(attack: Attack, tmp_path: Path) -> None:
    attack.write(tmp_path / attack.file)
    data = mmf.load(tmp_path / attack.file)
    if attack.name in CONSTANT:
        with pytest.raises(mmf.MMFusionDataError, match=r"'Co' is constant .* leave this element"):
            mmf.fuse(data, n_iter=3)
        return
    result = mmf.fuse(data, n_iter=3)
    for image in (result.haadf, *result.maps.values(), result.costs):
        assert np.isfinite(image).all()
