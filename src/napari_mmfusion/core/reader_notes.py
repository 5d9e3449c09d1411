"""What a reader guessed, left out or ignored when it made a data set of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.wording import Argument, Text


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class ReaderNotes:
    """What a person should know of the way from a file to a data set.

    Attributes
    ----------
    guessed : mapping of str to str
        Why the element of a map is only a guess, by element.
    left_out : mapping of str to str
        Why an image is not used, by its name in the file.
    ignored : str
        What the file says of the pixel size that could not be used, otherwise empty.

    Examples
    --------
    >>> str(ReaderNotes({"In": "'In' may be a word"}, {"BF": "'BF' is another signal"}))
    "Guessed: In ('In' may be a word). Left out: BF ('BF' is another signal)."
    """

    guessed: Mapping[str, str] = field(default_factory=_nothing)
    left_out: Mapping[str, str] = field(default_factory=_nothing)
    ignored: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, one sentence each; empty if there is nothing to say."""
        lists = (("Guessed", self.guessed), ("Left out", self.left_out))
        lines = [
            f"{what}: {', '.join(f'{name} ({why})' for name, why in names.items())}."
            for what, names in lists
            if names
        ]
        return (*lines, self.ignored) if self.ignored else tuple(lines)

    def __str__(self) -> str:
        """All sentences."""
        return " ".join(self.sentences)

    def __reduce__(self) -> tuple[type[ReaderNotes], tuple[dict[str, str], dict[str, str], str]]:
        """Pickle the mappings as dictionaries."""
        return type(self), (dict(self.guessed), dict(self.left_out), self.ignored)


def require_notes(notes: object) -> ReaderNotes:
    """Notes as given, or none; raise `MMFusionDataError` for anything else."""
    if notes is None:
        return ReaderNotes()
    if not isinstance(notes, ReaderNotes):
        raise MMFusionDataError(
            Text("{} must be ReaderNotes, not {}", Argument("reader_notes"), quote(notes))
        )
    return notes


def checked_sentences(name: str, sentences: object) -> tuple[str, ...]:
    """Sentences as a tuple; raise `MMFusionDataError` for anything else than several texts."""
    if isinstance(sentences, Sequence) and not isinstance(sentences, str | bytes):
        return tuple(map(str, sentences))
    raise MMFusionDataError(
        Text("{} must be a list of sentences, not {}", Argument(name), quote(sentences))
    )
