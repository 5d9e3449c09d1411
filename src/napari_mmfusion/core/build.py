"""What the compiled core was built with, for bug reports."""

from __future__ import annotations

from napari_mmfusion.core import native


def build_info() -> dict[str, str]:
    """Version, compiler and build type of the compiled core, and its instruction sets.

    Returns
    -------
    dict of str to str
        ``"version"``, ``"compiler"``, ``"build_type"``, ``"pybind11"``; ``"simd_level"``, the
        instruction set in use, and ``"available_simd_levels"``, those this machine can run.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> mmf.build_info()["version"] == mmf.__version__
    True
    """
    return {
        **native.build_info(),
        "simd_level": native.simd_level(),
        "available_simd_levels": ", ".join(native.available_simd_levels()),
    }
