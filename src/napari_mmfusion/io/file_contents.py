"""The contents of a file: a description of each array, and a table of all arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.elements import atomic_number
from napari_mmfusion.core.names.reading import symbol_in
from napari_mmfusion.core.noise_model import NoiseModel
from napari_mmfusion.core.reader_notes import ReaderNotes
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Text, joined
from napari_mmfusion.io.calibration import PIXEL_SIZE, UNIT
from napari_mmfusion.io.naming import printable, sized

NO_IMAGE: Final = "not a two-dimensional image"
"""The problem of an array that is not an image; the table shows it by the shape."""

_LONGEST: Final = 1000
"""Letters of a finding; names of maps can be long."""
_NOTHING: Final = "-"
_HEADINGS: Final = ("name", "used as", "Z", "shape", "type")
_STATISTICS: Final = ("min", "max", "mean", "zeros", "NaN", "inf")
_LEFT_ALIGNED: Final = ("name", "used as", "because")


@dataclass(frozen=True)
class ItemStatistics:
    """The values of an image.

    Attributes
    ----------
    minimum, maximum, mean : float
        Of the finite values; NaN if there are none.
    zeros : float
        Fraction of pixels that are 0.
    nan, infinite : int
        Number of pixels that are not finite.
    """

    minimum: float
    maximum: float
    mean: float
    zeros: float
    nan: int
    infinite: int


@dataclass(frozen=True)
class ItemSummary:
    """One array of a file.

    Attributes
    ----------
    name : str
        Path of the group and name.
    shape : tuple of int, or None
        None if it is unknown.
    dtype : str
        Type of the values, such as ``float32``.
    role : str or None
        ``"HAADF"``, the name of the chemical map (usually an element symbol), or None if
        `load` ignores the array.
    reason : str
        Why it has this role.
    problem : str
        Why it cannot be used, otherwise empty.
    pixel_size : float or None
        Width of a pixel in `unit`, if the file states it.
    unit : str
        Unit of `pixel_size`; ``"pixel"`` if the file states none.
    statistics : ItemStatistics or None
        Statistics of an image, if requested. None once the images up to this one would unpack to
        far more bytes than the file holds.
    """

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    role: str | None
    reason: str
    problem: str
    pixel_size: float | None
    unit: str
    statistics: ItemStatistics | None = None


@dataclass(frozen=True)
class FileContents:
    """The contents of a file; ``str`` gives a table of its arrays.

    Attributes
    ----------
    name : str
        Name of the file.
    items : tuple of ItemSummary
        The arrays, in the order of the file.
    pixel_size : float or None
        Width of a pixel of the images, if the file states it.
    unit : str
        Unit of `pixel_size`.
    conclusion : str
        What `load` would take from the file, or why it cannot be fused without changes.
    reader_notes : ReaderNotes
        What `load` would guess, leave out or ignore.
    findings : tuple of Finding
        What `check` says about what `load` would take, if the images were read.
    noise : mapping of str to NoiseModel
        What kind of map each one that `load` would take is, if the images were read.
    """

    name: str
    items: tuple[ItemSummary, ...]
    pixel_size: float | None
    unit: str
    conclusion: str
    reader_notes: ReaderNotes = field(default_factory=ReaderNotes)
    findings: tuple[Finding, ...] = ()
    noise: Mapping[str, NoiseModel] = field(default_factory=FrozenMapping)

    def __repr__(self) -> str:
        """Name, number of arrays and conclusion in one line."""
        return (
            f"FileContents({printable(self.name)!r}, {len(self.items)} arrays; {self.conclusion})"
        )

    def __str__(self) -> str:
        """A table of the arrays, their problems, the findings and the conclusion."""
        return str(self.text)

    @property
    def text(self) -> Text:
        """The same, to be said in the words of the command line or the window."""
        # Pixel size and unit are part of the conclusion.
        items = [item for item in self.items if item.name not in (PIXEL_SIZE, UNIT)]
        with_statistics = any(item.statistics is not None for item in items)
        headings = _HEADINGS + (_STATISTICS if with_statistics else ("because",))
        rows = [_cells(item, with_statistics) for item in items]
        problems = [
            Text("{}: {}", printable(item.name), item.problem)
            for item in items
            if item.problem not in ("", NO_IMAGE)
        ]
        findings = [
            Text("{}: {}", finding.severity.capitalize(), finding.text.cleaned(printable, _LONGEST))
            for finding in self.findings
        ]
        noise = [f"{printable(name)}: {model}" for name, model in self.noise.items()]
        lines = [
            printable(self.name),
            "",
            *_table(headings, rows),
            "",
            *problems,
            *noise,
            *findings,
        ]
        lines += [*self.reader_notes.sentences, self.conclusion]
        return joined("\n", lines)


def _cells(item: ItemSummary, with_statistics: bool) -> tuple[str, ...]:
    symbol = symbol_in(item.role or "")
    cells = (
        printable(item.name),
        printable(item.role or _NOTHING),
        _NOTHING if symbol is None else str(atomic_number(symbol)),
        _NOTHING if item.shape is None else sized(item.shape),
        item.dtype,
    )
    if not with_statistics:
        return (*cells, item.reason)
    values = item.statistics
    if values is None:
        return cells
    numbers = (f"{value:.4g}" for value in (values.minimum, values.maximum, values.mean))
    return (*cells, *numbers, f"{values.zeros:.1%}", str(values.nan), str(values.infinite))


def _table(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[str]:
    filled = [tuple(headings), *(row + ("",) * (len(headings) - len(row)) for row in rows)]
    columns = [
        [cell.ljust(width) if heading in _LEFT_ALIGNED else cell.rjust(width) for cell in column]
        for heading, column in zip(headings, zip(*filled, strict=True), strict=True)
        for width in [max(map(len, column))]
    ]
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
