"""Names in the files of a result: those of the published tutorial, and further attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from napari_mmfusion.core.wording import Remedy
from napari_mmfusion.io.naming import safe_names

RECONSTRUCTION: Final = "Fused_Reconstruction.h5"
HAADF_IMAGE: Final = "haadf_recon.tif"
MAP_ENDING: Final = "_signal.tif"

HAADF_NAME: Final = "haadf"
RAW: Final = "raw_"
FUSED: Final = "fused_"
TRUE: Final = "true_"
"""Noiseless maps of simulated data."""
NORMALISED: Final = "normalised_"
"""Images from 0 to 1 as they were fused, where the measured ones in single precision are too coarse
to normalise them."""
COSTS: Final = ("costHAADF", "costChem", "costTV")
LAMBDA_HAADF: Final = "lambdaHAADF"
SCALARS: Final = {"lambdaChem": "lambda_chem", "lambdaTV": "lambda_tv", "gamma": "gamma"}
"""Parameters that are data sets: name of the parameter by name in the file."""

PROGRAM: Final = "napari-mmfusion"
SAVED_BY: Final = Remedy("mmf.save", "mmfusion fuse", "'Save results'")
"""What writes whole results."""
CREATOR: Final = "creator"
VERSION: Final = "version"
ELEMENTS: Final = "elements"
NAMES: Final = "names"
ELEMENT_WEIGHTS: Final = "element_weights"
INPUT_NAME: Final = "input_name"
INPUT_NAME_JSON: Final = "input_name_json"
INPUT_SHA256: Final = "input_sha256"
STOPPED: Final = "stopped"
MASK: Final = "measured_pixels"
"""Data set: 0 where nothing was measured; missing if all was."""
OFFSETS: Final = "offsets"
SCALES: Final = "scales"
"""Minimum and range of every measured image, the HAADF image first, in double precision."""
CALIBRATION_JSON: Final = "calibration_json"
"""Pixel size and unit that a reader of files would not take as they are."""
PROVENANCE: Final = "provenance"
FINDINGS: Final = "findings"
DUALITY_GAP: Final = "duality_gap"
CHOICE: Final = "choice"
BACKGROUNDS: Final = "backgrounds"


def names_in_files(elements: Iterable[str]) -> dict[str, str]:
    """Name of each element in the files of a result.

    Examples
    --------
    >>> names_in_files(["Co", "Co/K", "HAADF"])
    {'Co': 'Co', 'Co/K': 'Co_K', 'HAADF': 'HAADF_2'}
    """
    return safe_names(elements, reserved=(HAADF_NAME,))


def map_files(elements: Iterable[str]) -> dict[str, str]:
    """Name of the TIFF file of each element in the folder of a result.

    Examples
    --------
    >>> map_files(["Co", "O"])
    {'Co': 'Co_signal.tif', 'O': 'O_signal.tif'}
    """
    return {element: name + MAP_ENDING for element, name in names_in_files(elements).items()}


def is_result_file(name: str) -> bool:
    """Whether a file in the folder of a result is one of its images."""
    return name == HAADF_IMAGE or name.endswith(MAP_ENDING)


def result_files(elements: Iterable[str]) -> list[str]:
    """Names of all files in the folder of a result, in the order in which they are written.

    Examples
    --------
    >>> result_files(["Co"])
    ['haadf_recon.tif', 'Co_signal.tif', 'Fused_Reconstruction.h5']
    """
    return [HAADF_IMAGE, *map_files(elements).values(), RECONSTRUCTION]
