"""What is saved is what is shown, bit for bit, for any images and names."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import napari_mmfusion as mmf
from attacks.content_attacks import HOSTILE_NAMES
from attacks.figures import FIGURES, attempts
from napari_mmfusion.io.naming import safe_names

EXAMPLES = attempts("ROUND_TRIPS", 1000, 40)

SIDES = st.one_of(st.integers(1, 9), st.sampled_from((1, 63, 64, 65, 511, 512)))
NAMES = st.one_of(
    st.sampled_from(("Co", "O", "Co_K", "co")), st.sampled_from(HOSTILE_NAMES), st.text(max_size=90)
)
# The HAADF image cannot be a map, and surrogates are no text that a file could hold.
ELEMENTS = st.lists(NAMES.filter(lambda n: n != "HAADF"), min_size=1, max_size=4, unique=True)
# Names that are no element have no atomic number to weight with.
UNIT = mmf.FusionParameters(n_iter=2, weighting="unit")
RARE = (0.0, -0.0, 1e-42, -1e-42, 3e38, -3e38, 1 / 3, np.float32(np.pi))


def image(rng: np.random.Generator, shape: tuple[int, int], dtype: str) -> Any:
    """Noise with rare values among it."""
    if dtype == "u2":
        return rng.integers(0, 2**16, shape, dtype=np.uint16)
    values = rng.normal(size=shape).astype(dtype)
    values.flat[rng.integers(0, values.size, len(RARE))] = RARE
    return values


def same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and one.astype("<f4").tobytes() == other.astype("<f4").tobytes()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    shape=st.tuples(SIDES, SIDES),
    dtype=st.sampled_from(("f4", "f8", "u2")),
    elements=ELEMENTS,
    seed=st.integers(0, 2**32 - 1),
    ending=st.sampled_from((".npz", ".h5")),
)
def test_saved_is_shown(
    shape: tuple[int, int], dtype: str, elements: list[str], seed: int, ending: str
) -> None:
    rng = np.random.default_rng(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        data = measured(folder / f"data{ending}", rng, shape, dtype, len(elements))
        data = mmf.FusionDataset(
            data.haadf, dict(zip(elements, data.maps.values(), strict=True)), 0.1, "nm"
        )
        shown = {each: image(rng, shape, "f4") for each in elements}
        result = mmf.FusionResult(
            shown, image(rng, shape, "f4"), rng.random((2, 3)), UNIT,
            data, dict.fromkeys(elements, 1.0), 0.5,
        )  # fmt: skip
        mmf.save(result, folder / "out")
        for each, stored in safe_names(elements, reserved=("haadf",)).items():
            assert same(tifffile.imread(folder / "out" / f"{stored}_signal.tif"), shown[each])
        assert same(tifffile.imread(folder / "out" / "haadf_recon.tif"), result.haadf)
        require_same(mmf.load_result(folder / "out" / "Fused_Reconstruction.h5"), result)
    FIGURES["round trips"] = f"{EXAMPLES} of {EXAMPLES} bit for bit, names as they were"


def measured(
    path: Path, rng: np.random.Generator, shape: tuple[int, int], dtype: str, count: int
) -> mmf.FusionDataset:
    """A data set from a file that another program wrote."""
    symbols = ("Co", "O", "Mn", "Fe")[:count]
    arrays = {name: image(rng, shape, dtype) for name in ("HAADF", *symbols)}
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            for name, values in arrays.items():
                file[name] = values
    data = mmf.load(path)
    assert same(data.haadf, arrays["HAADF"])
    assert all(same(data.maps[name], arrays[name]) for name in symbols)
    return data


def require_same(again: mmf.FusionResult, result: mmf.FusionResult) -> None:
    assert again.data.elements == result.data.elements
    assert same(again.haadf, result.haadf)
    assert same(again.data.haadf, result.data.haadf)
    for name in result.data.elements:
        assert same(again.maps[name], result.maps[name])
        assert same(again.data.maps[name], result.data.maps[name])
    assert np.array_equal(again.costs, result.costs)
