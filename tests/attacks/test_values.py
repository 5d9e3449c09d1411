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

GAPS = {
    "map with NaN": "1 NaN and 0 infinite",
    "map with infinity": "0 NaN and 1 infinite",
    "map with minus infinity": "0 NaN and 1 infinite",
    "map of NaN alone": "holds nothing but NaN or infinite values; leave this element out",
}


@pytest.mark.parametrize("attack", LOADING, ids=lambda attack: attack.name)
def test_no_nan_spreads(attack: Attack, tmp_path: Path) -> None:
    attack.write(tmp_path / attack.file)
    data = mmf.load(tmp_path / attack.file)
    if attack.name in CONSTANT:
        with pytest.raises(mmf.MMFusionDataError, match=r"'Co' is constant .* leave this element"):
            mmf.fuse(data, n_iter=3)
        return
    if attack.name in GAPS:
        with pytest.raises(mmf.MMFusionDataError, match=GAPS[attack.name]):
            mmf.fuse(data, n_iter=3)
        if attack.name == "map of NaN alone":
            with pytest.raises(mmf.MMFusionDataError, match="nothing but gaps"):
                data.masked()
            return
        data = data.masked()
    result = mmf.fuse(data, n_iter=3)
    for image in (result.haadf, *result.maps.values(), result.costs):
        assert np.isfinite(image).all()
