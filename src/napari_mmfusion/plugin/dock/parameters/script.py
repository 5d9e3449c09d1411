"""A fusion as a script that runs without napari."""

from __future__ import annotations

from pathlib import Path

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io.formats import FORMATS
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layers.notes.source import Source

_HEAD = '''"""Fused multi-modal electron microscopy, as set up in napari."""

import napari_mmfusion as mmf
'''
_GIVEN = ("normalisation", "atomic_numbers", "weights")
"""Parameters that are given, too, where the method is automatic."""
_DEFAULTS = FusionParameters().as_dict()


def script(params: FusionParameters, source: Source, *, automatic: bool = False) -> str:
    """Python code that fuses the images of `source` with these parameters.

    If the method is automatic and still to be found, the code finds it.

    Images of several files are put together; where some did not come from a file that `load` reads,
    comments in the script say how to supply them.
    """
    lines = [_HEAD, *_data_lines(source)]
    lines += [f"data = data.{repair}()" for repair in source.repairs]
    if automatic:
        given = {n: v for n, v in params.as_dict().items() if n in _GIVEN and v != _DEFAULTS[n]}
        changes = "".join(f", {name}={value!r}" for name, value in given.items())
        lines.append(f'result = mmf.fuse(data, solver="auto"{changes})')
    else:
        lines.append("params = mmf.FusionParameters(")
        lines.extend(f"    {name}={value!r}," for name, value in params.as_dict().items())
        lines.append(")")
        lines.append("result = mmf.fuse(data, params)")
    lines.append("print(result.verdict)")
    lines.append(f"mmf.save(result, {folder_name(source.name)!r}, overwrite=True)")
    return "\n".join(lines) + "\n"


def folder_name(data: str) -> str:
    """The name of a folder for the results of a data set, given its file or name.

    Examples
    --------
    >>> folder_name("scans/Co3O4.h5"), folder_name("")
    ('Co3O4_fused', 'fused')
    """
    stem = safe_name(Path(data).stem) if data else ""
    return f"{stem}_fused" if stem else "fused"


def _data_lines(source: Source) -> list[str]:
    elements = list(source.maps)
    files = {key: source.files.get(key) or source.name for key in (None, *elements)}
    if not all(Path(file).suffix.lower() in FORMATS for file in files.values()):
        return [
            "# The layers were not all opened from such files: name one here, or build the data",
            "# with mmf.FusionDataset(haadf, {'Sc': map_of_sc, ...}).",
            f"data = mmf.load('dataset.npz', elements={elements!r})",
        ]
    if len(set(files.values())) == 1:
        return [f"data = mmf.load({files[None]!r}, elements={elements!r})"]
    lines = [f"# {' '.join(source.name.split())}", "maps = {"]
    lines += [f"    {e!r}: mmf.load({files[e]!r}, elements=[{e!r}]).maps[{e!r}]," for e in elements]
    calibration = "" if source.pixel_size is None else f", {source.pixel_size!r}, {source.unit!r}"
    return [
        *lines,
        "}",
        f"haadf = mmf.load({files[None]!r}).haadf",
        f"data = mmf.FusionDataset(haadf, maps{calibration})",
    ]
