"""What was done to the data of a result, and what was found in them, in its HDF5 file."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any, Final, get_args

from napari_mmfusion.core.data_check.finding import Finding, Kind, Severity, WayOut
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io import layout
from napari_mmfusion.io.items import OpenFile
from napari_mmfusion.io.naming import quoted

_MOST_BYTES: Final = 20_000
"""HDF5 keeps at most 64 KiB in an attribute; the findings come with the worst first."""


def history_attributes(data: FusionDataset) -> dict[str, Any]:
    """Provenance and findings, in JSON."""
    return {
        layout.PROVENANCE: _as_json(list(data.provenance)),
        layout.FINDINGS: _as_json([dataclasses.asdict(each) for each in data.findings]),
    }


def read_provenance(file: OpenFile) -> tuple[str, ...]:
    """What was done to the data; nothing in files of older versions.

    Raises
    ------
    MMFusionReadError
        If it is damaged.
    """
    steps = _read(file, layout.PROVENANCE)
    if steps is None:
        return ()
    if not all(isinstance(step, str) for step in steps):
        raise _damaged(layout.PROVENANCE)
    return tuple(steps)


def read_findings(file: OpenFile) -> tuple[Finding, ...] | None:
    """What was found in the data; None in files of older versions.

    Raises
    ------
    MMFusionReadError
        If it is damaged.
    """
    found = _read(file, layout.FINDINGS)
    if found is None:
        return None
    try:
        return tuple(map(_finding, found))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged(layout.FINDINGS) from error


def _finding(stored: dict[str, Any]) -> Finding:
    region, amount = stored["region"], stored["amount"]
    texts = [*stored["images"], stored["fact"], stored["advice"]]
    known = (
        stored["kind"] in get_args(Kind)
        and stored["severity"] in get_args(Severity)
        and stored["remedy"] in (None, *get_args(WayOut))
        and all(isinstance(text, str) for text in texts)
    )
    if not known:
        raise ValueError("a finding of another version")
    return Finding(
        kind=stored["kind"],
        severity=stored["severity"],
        images=tuple(stored["images"]),
        fact=stored["fact"],
        amount=math.nan if amount is None else float(amount),
        remedy=stored["remedy"],
        advice=stored["advice"],
        pixels=int(stored["pixels"]),
        region=None if region is None else tuple(map(int, region)),  # type: ignore[arg-type]  # four
    )


def _as_json(items: list[Any]) -> str:
    kept = list(items)
    while len(text := json.dumps([_plain(item) for item in kept])) > _MOST_BYTES:
        kept.pop()
    return text


def _plain(item: Any) -> Any:
    """JSON has no NaN and no infinity."""
    if not isinstance(item, dict):
        return item
    return {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in item.items()
    }


def _read(file: OpenFile, name: str) -> list[Any] | None:
    text = file.attribute(name)
    if text is None:
        return None
    try:
        items = json.loads(str(text))
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        raise _damaged(name)
    return items


def _damaged(name: str) -> MMFusionReadError:
    return MMFusionReadError(f"attribute {quoted(name)}: is damaged; save the result again")
