"""The options that mend data before a fusion, and the words on what is wrong with them."""

from __future__ import annotations

import argparse
from collections.abc import Collection

from napari_mmfusion.cli.console import complain
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.core.data_check.finding import MENDING, Kind
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.wording import Text


def add_repairs(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options that mend the data."""
    parser.add_argument(
        "--crop",
        action="store_true",
        help="cut off rims of NaN, zeros or a fill value, as registrations leave",
    )
    parser.add_argument(
        "--mask-nan",
        action="store_true",
        help="leave out pixels that are NaN, infinite or a fill value such as 1e20 or -9999",
    )
    parser.add_argument(
        "--replace-spikes",
        action="store_true",
        help="replace hot pixels, blocks and lines by the median of their neighbours",
    )


def mended(
    data: FusionDataset, arguments: argparse.Namespace, *, unsaid: Collection[Kind] = ()
) -> FusionDataset:
    """The data after the ways out that `arguments` ask for; says what was done and what is wrong.

    Parameters
    ----------
    data : FusionDataset
        As loaded.
    arguments : Namespace
        With the options of `add_repairs`.
    unsaid : collection of str
        Kinds of findings that are said elsewhere.

    Raises
    ------
    MMFusionDataError
        If the data cannot be fused and an option is a way out.
    """
    for option, wanted, mend, none in (
        ("--crop", arguments.crop, FusionDataset.cropped, "rim to cut off"),
        ("--mask-nan", arguments.mask_nan, FusionDataset.masked, "pixel to leave out"),
        ("--replace-spikes", arguments.replace_spikes, FusionDataset.without_spikes, "spike"),
    ):
        before = data
        if wanted and (data := mend(before)) is before:
            complain(f"note: {option} found no {none}")
    for step in data.provenance:
        complain(f"note: {step}")
    for finding in data.findings:
        if finding.severity == "error" and finding.remedy in MENDING:
            raise MMFusionDataError(Text("{}; {}", finding.fact, finding.advice))
        if finding.severity != "error" and finding.kind not in unsaid:
            complain(f"{finding.severity}: {in_options(finding)}")
    return data
