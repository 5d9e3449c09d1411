"""Attacks by pixels and names, the same in both formats."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from attacks.attack import SHAPE, Attack, images, member, npy, write_zip

HOSTILE_NAMES = (
    "", " ", ".", "..", "...", "~", "-", "--help", "*", "?", "|", "%s%n", "$(touch x)", "`x`",
    "../../Co", "..\\..\\Co", "/etc/passwd", "//host/x",
    "a;b", "\\\\host\\x", "C:\\Co", "C:Co", "file:Co",
    "a/b", "a\\b", "a:b", "a_b", "A_B", "./a", "a/./b", "a//b", "a/",
    "CON", "con", "NUL.txt", "Aux", "PRN.", "COM1", "LPT\N{SUPERSCRIPT TWO}", "CONIN$",
    ".hidden", ".mmfusion-x", "trailing. .", " leading",
    "a\nb", "a\rb", "a\tb", "\x1b[2J", "\x7f",
    "x" * 300, "\N{MICROSCOPE}" * 80, "e\u0301" * 90, "\u202egnp.exe", "\N{HEBREW LETTER ALEF}Co",
    "\u200b", "\ufeff", "\u00a0", "\N{FULLWIDTH SOLIDUS}etc", "haadf", "HAADF_signal",
)  # fmt: skip
"""Sixty names of maps that lead out of the folder or to another file."""

_VALUES = {
    "NaN": (np.nan, ""),
    "infinity": (np.inf, ""),
    "minus infinity": (-np.inf, ""),
    "beyond single precision": (1e300, "beyond single precision; divide"),
    "a negative pixel": (-1e3, ""),
    "a hot pixel": (1e9, ""),
    "a pixel of 1e-42": (1e-42, ""),
    "a pixel of 1e38": (1e38, ""),
}
_WHOLE = {
    "NaN alone": (np.nan, ""),
    "zeros alone": (0.0, ""),
    "a constant": (7.0, ""),
    "a negative constant": (-7.0, ""),
    "1e-42 alone": (1e-42, ""),
}


def write(path: Path, arrays: dict[str, Any]) -> None:
    """Write a file of either format, with names that no library would accept."""
    if path.suffix == ".npz":
        write_zip(path, [member(f"{name}.npy", npy(values)) for name, values in arrays.items()])
        return
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values


def _with_pixel(value: float) -> dict[str, Any]:
    arrays = images()
    arrays["Co"] = arrays["Co"].astype(np.float64)
    arrays["Co"][3, 4] = value
    return arrays


def _attacks() -> list[Attack]:
    contents = {
        f"map with {name}": (_with_pixel(value), says) for name, (value, says) in _VALUES.items()
    } | {
        f"map of {name}": (images("HAADF") | {"Co": np.full(SHAPE, value)}, says)
        for name, (value, says) in _WHOLE.items()
    }
    return [
        Attack(name, f"data{ending}", partial(write, arrays=arrays), says and f"map 'Co': .*{says}")
        for ending in (".npz", ".h5")
        for name, (arrays, says) in contents.items()
    ]


CONTENT = _attacks()
