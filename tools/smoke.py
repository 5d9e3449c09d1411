"""Try an installed napari-mmfusion: its files, the compiled core and a tiny fusion."""

from importlib.metadata import version
from importlib.resources import files

import numpy as np

import napari_mmfusion as mmf
from napari_mmfusion.core.native import build_info

assert mmf.__version__ == version("napari-mmfusion")
for name in ("napari.yaml", "py.typed", "_native.pyi"):
    assert files(mmf).joinpath(name).is_file(), f"{name} is not in the installed package"

data = mmf.simulate("core-shell", shape=(48, 64), counts=10, seed=0)
result = mmf.fuse(data, n_iter=3)
assert result.costs.shape == (3, 3)
assert np.isfinite(result.costs).all()
assert all(fused.shape == (48, 64) for fused in result.maps.values())
print(f"napari-mmfusion {mmf.__version__} works: {build_info()}")
