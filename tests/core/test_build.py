"""What the compiled core reports about its build."""

from __future__ import annotations

import napari_mmfusion as mmf


def test_the_build_is_described():
    info = mmf.build_info()
    assert info["version"] == mmf.__version__
    assert info["simd_level"] in info["available_simd_levels"].split(", ")
    assert all(isinstance(value, str) and value for value in info.values())
    assert {"compiler", "build_type", "pybind11"} <= info.keys()
