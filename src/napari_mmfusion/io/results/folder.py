"""Saves a result to a folder, with the file names of the published tutorial, and loads it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from napari_mmfusion._version import __version__
from napari_mmfusion.core.call_checks import check_flag
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.resumption import require_result as require_fusion_result
from napari_mmfusion.core.wording import Text
from napari_mmfusion.io import layout
from napari_mmfusion.io.atomic_write import explain_failure, stage_files
from napari_mmfusion.io.formats import checked_path, open_file
from napari_mmfusion.io.naming import printable, safe_name
from napari_mmfusion.io.results.parameters import read_parameters
from napari_mmfusion.io.results.reader import read_result, require_result
from napari_mmfusion.io.results.writer import write_result_file
from napari_mmfusion.io.tiff import Channel, write_tiff


def save(result: FusionResult, folder: str | os.PathLike[str], overwrite: bool = False) -> Path:
    """Write a result: a TIFF for each fused image and an HDF5 file with everything.

    ``haadf_recon.tif`` and ``<El>_signal.tif`` open in ImageJ with their pixel size;
    ``Fused_Reconstruction.h5`` holds the measured and the fused images, the costs, the
    parameters, what a choice of method found, the origin of the data, what was done to them and
    what `check` found in them, and `load_result` reads it back. Either all files are written
    completely, or nothing changes.

    Parameters
    ----------
    result : FusionResult
        The result to save.
    folder : str or path
        Folder to write to; created if missing.
    overwrite : bool
        Whether to replace existing files, whose mode and owner stay; read-only files are not
        replaced. Maps of an earlier result in the folder that this one does not have are removed.

    Returns
    -------
    Path
        The folder; pass it to `load_result` to read the result back.

    Raises
    ------
    MMFusionParameterError
        If `result` is no result, or `overwrite` neither true nor false.
    MMFusionReadError
        If `folder` is no path.
    MMFusionWriteError
        If files exist and `overwrite` is false, or if writing fails; existing files are unchanged.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> mmf.save(result, "fused")  # doctest: +SKIP
    """
    require_fusion_result(result)
    folder = Path(checked_path(folder, "folder"))
    overwrite = check_flag("overwrite", overwrite)
    data = result.data
    images = {layout.HAADF_IMAGE: Channel("HAADF model", result.haadf)} | {
        file: Channel(f"{element} fused", result.maps[element])
        for element, file in layout.map_files(data.elements).items()
    }
    files = layout.result_files(data.elements)
    obsolete = _obsolete(folder, files) if overwrite else []
    pixel_size = None if data.pixel_size is None else (data.pixel_size, data.pixel_size)
    info = f"{layout.PROGRAM} {__version__} {json.dumps(result.params.as_dict())}"
    with (
        explain_failure(str(folder), "files that were there are unchanged"),
        stage_files(folder, files, overwrite=overwrite, obsolete=obsolete) as staging,
    ):
        for file, channel in images.items():
            write_tiff(staging / file, [channel], pixel_size=pixel_size, unit=data.unit, info=info)
        write_result_file(staging / layout.RECONSTRUCTION, result)
    return folder


def earlier_files(folder: str | os.PathLike[str]) -> list[str]:
    """The files of the result in a folder that are there; none if there is no readable result."""
    folder = Path(folder)
    try:
        with open_file(folder / layout.RECONSTRUCTION) as file:
            stored = [each.path for each in file.items if each.path.startswith(layout.FUSED)]
    except (MMFusionReadError, OSError):
        return []
    names = [path.removeprefix(layout.FUSED) for path in stored]
    maps = [
        name + layout.MAP_ENDING
        for name in names
        if name != layout.HAADF_NAME and name == safe_name(name)
    ]
    every = (layout.HAADF_IMAGE, *maps, layout.RECONSTRUCTION)
    return [name for name in every if os.path.lexists(folder / name)]


def _obsolete(folder: Path, files: Iterable[str]) -> list[str]:
    """Files of the earlier result that the new one does not write."""
    written = {name.casefold() for name in files}  # some file systems ignore case
    return [name for name in earlier_files(folder) if name.casefold() not in written]


def load_result(path: str | os.PathLike[str]) -> FusionResult:
    """Read a whole result: the inverse of `save`.

    The result is equal to the one saved, bit for bit, so that a fusion of the same data can go on
    from it: ``fuse(data, resume=load_result(folder), n_iter=100)``. Not saved are the notes of the
    reader and, of a very long history, its end.

    Parameters
    ----------
    path : str or path
        A folder that `save` wrote, or the ``Fused_Reconstruction.h5`` in it, which may be renamed.

    Returns
    -------
    FusionResult

    Raises
    ------
    MMFusionReadError
        If the file does not exist, was not written by `save`, or is damaged; the message names the
        file and the item, and says what to do.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> folder = mmf.save(result, "fused")  # doctest: +SKIP
    >>> mmf.load_result(folder) == result  # doctest: +SKIP
    True
    """
    with open_file(_result_file(path)) as file:
        return read_result(file)


def load_parameters(path: str | os.PathLike[str]) -> FusionParameters:
    """Read only the parameters of a result, from the same paths as `load_result`.

    Raises
    ------
    MMFusionReadError
        If the file cannot be read, or its parameters are missing or damaged.
    """
    with open_file(_result_file(path)) as file:
        require_result(file)
        return read_parameters(file)


def _result_file(path: str | os.PathLike[str]) -> Path:
    path = Path(checked_path(path))
    if not path.is_dir():
        return path
    if not (path / layout.RECONSTRUCTION).exists():
        raise MMFusionReadError(
            Text(
                "{}: is a folder without {}; give a folder that {} wrote, or a file",
                printable(path.name or str(path)),
                layout.RECONSTRUCTION,
                layout.SAVED_BY,
            )
        )
    return path / layout.RECONSTRUCTION
