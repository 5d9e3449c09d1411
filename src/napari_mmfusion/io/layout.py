"""Names in the files of a result: those of the published tutorial, and our attributes."""

from __future__ import annotations

from typing import Final

RECONSTRUCTION: Final = "Fused_Reconstruction.h5"
HAADF_IMAGE: Final = "haadf_recon.tif"
MAP_ENDING: Final = "_signal.tif"

HAADF_NAME: Final = "haadf"
RAW: Final = "raw_"
FUSED: Final = "fused_"
COSTS: Final = ("costHAADF", "costChem", "costTV")
LAMBDA_HAADF: Final = "lambdaHAADF"
SCALARS: Final = {"lambdaChem": "lambda_chem", "lambdaTV": "lambda_tv", "gamma": "gamma"}
"""Parameters kept as data sets: name in the file to name of the parameter."""

OURS: Final = "napari-mmfusion"
CREATOR: Final = "creator"
ELEMENTS: Final = "elements"
NAMES: Final = "names"
