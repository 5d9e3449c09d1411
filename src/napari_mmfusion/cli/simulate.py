"""Simulate the measurement of a specimen whose composition is known, or list the specimens.

The file NAME.npz in the folder holds the HAADF image and the maps as measured, and the same
command writes the same file again.
"""

from __future__ import annotations

import argparse
from inspect import signature
from pathlib import Path
from typing import Any, Final

import numpy as np

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.dialect import option_of
from napari_mmfusion.cli.output_options import add_output, require_room
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.io.atomic_write import stage_files
from napari_mmfusion.io.endings import NPZ
from napari_mmfusion.simulate import PHANTOMS, simulate

_NUMBERS: Final = {
    "counts": "expected counts where a map is 1",
    "haadf_counts": "expected counts where the HAADF image is brightest",
    "background_counts": "counts added everywhere to every map",
    "gamma": "exponent of the HAADF image; 1 is linear",
    "haadf_ramp": "background that rises to this part of the maximum at the right",
    "haadf_offset": "constant background, as a part of the maximum",
    "haadf_blur": "pixels by which the HAADF image is less sharp than the maps",
    "haadf_drift": "pixels by which its last row lies further right than its first",
    "haadf_jitter": "pixels by which its rows are displaced at random",
}
_WHOLE_NUMBERS: Final = {
    "seed": "seed of the noise",
    "haadf_shift": "pixels by which the HAADF image lies too far right",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion simulate``."""
    defaults = {name: each.default for name, each in signature(simulate).parameters.items()}
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the specimen; left out, all are listed"
    )
    add_output(parser, default=Path())
    shape = defaults["shape"]
    parser.add_argument(
        "--shape",
        nargs=2,
        type=int,
        metavar=("ROWS", "COLUMNS"),
        default=shape,
        help=f"pixels (default: {shape[0]} {shape[1]})",
    )
    for kind, options in ((float, _NUMBERS), (int, _WHOLE_NUMBERS)):
        for name, text in options.items():
            default = defaults[name]
            parser.add_argument(
                option_of(name),
                type=kind,
                metavar="X",
                default=default,
                help=f"{text} (default: {default:g})",
            )
    weighting = defaults["weighting"]
    parser.add_argument(
        "--weighting",
        default=weighting,
        help=f"weights of the elements in the HAADF image, z or z^1.7 (default: {weighting})",
    )


def run(arguments: argparse.Namespace) -> None:
    """Simulate and save, or list the specimens."""
    if arguments.name is None:
        for name, phantom in PHANTOMS.items():
            say(f"{name:<14}{phantom.title} ({', '.join(phantom.elements)})")
        return
    if arguments.name not in PHANTOMS:
        raise MMFusionParameterError(
            f"there is no specimen {arguments.name!r}; there are: {', '.join(PHANTOMS)}"
        )
    file = f"{arguments.name}{NPZ}"
    require_room(arguments, (file,))
    options: dict[str, Any] = {
        name: getattr(arguments, name)
        for name in (*_NUMBERS, *_WHOLE_NUMBERS, "shape", "weighting")
    }
    data = simulate(arguments.name, **options)
    folder: Path = arguments.output
    with stage_files(folder, [file], overwrite=arguments.overwrite) as staging:
        np.savez_compressed(staging / file, **arrays(data))
    say(f"Saved {folder / file}: {', '.join(data.elements)}, {data.shape[0]} x {data.shape[1]}.")


def arrays(data: FusionDataset) -> dict[str, Any]:
    """What a file of a data set holds."""
    return {
        HAADF: data.haadf,
        **data.maps,
        "pixel_size": np.float64(data.pixel_size or 0),
        "unit": np.str_(data.unit),
    }
