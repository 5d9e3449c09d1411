"""A fusion as a script that runs without napari."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io.formats import FORMATS

_HEAD = '''"""Fused multi-modal electron microscopy, as set up in napari."""

import napari_mmfusion as mmf
'''


def script(params: FusionParameters, file: str, elements: Sequence[str]) -> str:
    """Python code that fuses the maps of `elements` in `file` with these parameters.

    If the data did not come from a file, comments in the script say how to supply them.
    """
    lines = [_HEAD]
    if Path(file).suffix.lower() in FORMATS:
        lines.append(f"data = mmf.load({file!r}, elements={list(elements)!r})")
    else:
        lines.append("# The layers were not opened from a file: name one here, or build the data")
        lines.append("# with mmf.FusionDataset(haadf, {'Sc': map_of_sc, ...}).")
        lines.append(f"data = mmf.load('dataset.npz', elements={list(elements)!r})")
    lines.append("params = mmf.FusionParameters(")
    lines.extend(f"    {name}={value!r}," for name, value in params.as_dict().items())
    lines.append(")")
    lines.append("result = mmf.fuse(data, params)")
    lines.append("print(result.verdict)")
    lines.append("mmf.save(result, 'fused', overwrite=True)")
    return "\n".join(lines) + "\n"
