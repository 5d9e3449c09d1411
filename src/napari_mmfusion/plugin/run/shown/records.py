"""The last result of each data set, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.layers.data_choice import DataChoice


@dataclass(frozen=True, eq=False)
class Record:
    """A result, and what is said of it.

    Attributes
    ----------
    result : FusionResult
        The result.
    reading : str
        The data set it was made from.
    images : object
        The images it was made from, as `DataChoice.images` tells them apart; None if unknown.
    name : str
        What the data set was called.
    words : str
        The verdict.
    """

    result: FusionResult
    reading: str
    images: object = None
    name: str = ""
    words: str = ""


class Records:
    """The last result of each data set in a viewer."""

    def __init__(self, choice: DataChoice) -> None:
        self._choice = choice
        self._records: dict[str, Record] = {}
        self.last: Record | None = None

    @property
    def now(self) -> Record | None:
        """The result of the chosen data set; the last one of all where no data are left."""
        if self._choice.reading:
            return self._records.get(self._choice.reading)
        return self.last

    def add(self, record: Record) -> None:
        """Keep a result in place of the one before from the same data set."""
        self._records[record.reading] = self.last = record

    def clear(self) -> None:
        """Forget all results."""
        self._records.clear()
        self.last = None

    def describe(self, result: FusionResult, words: str) -> None:
        """Note what was said of a result."""
        record = self.last
        if record is not None and record.result is result:
            self.add(replace(record, words=words))

    def drop_lost(self) -> None:
        """Forget results whose data are gone, except the last one."""
        for reading in list(self._records):
            if reading and self._choice.data_sets.get(reading) is None:
                del self._records[reading]

    def why_stale(self, params: FusionParameters) -> str:
        """How the present choice and parameters differ from those of the result that is shown.

        Empty if they do not, or if there is no result at all.
        """
        record = self.now
        if record is None:
            return "" if self.last is None else f"made from other data ({self.last.name})"
        if record.reading != self._choice.reading:
            return f"made from data that are gone ({record.name})"
        if record.images not in (None, self._choice.images()):
            return "made from other images or elements"
        full = params.replace(**self._choice.overrides())
        changed = [name for name in full.names() if _differ(full, record.result.params, name)]
        if not changed:
            return ""
        labels = [FusionParameters.info(name).label for name in changed]
        return f"made with other settings ({', '.join(labels[:3])})"


def _differ(one: FusionParameters, other: FusionParameters, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
