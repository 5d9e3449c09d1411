"""The folder of a result, with the file names of the published tutorial."""

from __future__ import annotations

import json
import os
from pathlib import Path

from napari_mmfusion._version import __version__
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io import layout
from napari_mmfusion.io.atomic_write import stage_files
from napari_mmfusion.io.naming import printable, safe_names
from napari_mmfusion.io.results.writer import write_result_file
from napari_mmfusion.io.tiff import write_tiff


def save(result: FusionResult, folder: str | os.PathLike[str], overwrite: bool = False) -> Path:
    """Write a result: one TIFF for each image and one HDF5 file with everything.

    ``haadf_recon.tif`` and ``<El>_signal.tif`` open in ImageJ with their pixel size;
    ``Fused_Reconstruction.h5`` holds the measured and the fused images, the costs, the
    parameters and where the data came from, and can be loaded again. Either all files are
    written and complete, or nothing changes.

    Parameters
    ----------
    result : FusionResult
        What `fuse` returned.
    folder : str or path
        Folder to write to; made if missing.
    overwrite : bool
        Whether to replace files of these names.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    MMFusionWriteError
        If files are there already and `overwrite` is false, or writing fails; files that were
        there are as before.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> mmf.save(result, "fused")  # doctest: +SKIP
    """
    folder = Path(folder)
    names = safe_names(result.data.elements, reserved=(layout.HAADF_NAME,))
    images = {layout.HAADF_IMAGE: ("HAADF model", result.haadf)} | {
        name + layout.MAP_ENDING: (f"{element} fused", result.maps[element])
        for element, name in names.items()
    }
    info = f"{layout.OURS} {__version__} {json.dumps(result.params.as_dict())}"
    try:
        with stage_files(folder, [*images, layout.RECONSTRUCTION], overwrite=overwrite) as staging:
            for file, (label, image) in images.items():
                write_tiff(
                    staging / file,
                    image,
                    pixel_size=result.data.pixel_size,
                    unit=result.data.unit,
                    label=printable(label),
                    info=info,
                )
            write_result_file(staging / layout.RECONSTRUCTION, result, names)
    except MMFusionWriteError:
        raise
    except Exception as error:
        reason = printable(str(error) or type(error).__name__, 200)
        raise MMFusionWriteError(
            f"{printable(str(folder), 200)}: could not be written ({reason}); files that were"
            " there are unchanged; make room or choose another folder"
        ) from error
    return folder
