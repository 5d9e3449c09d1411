"""The note in ``layer.metadata["mmfusion"]``: what a layer is, and what made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from napari_mmfusion._version import __version__
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.masks import run_lengths
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.wording import Text
from napari_mmfusion.plugin.layers.names import HAADF_MODEL
from napari_mmfusion.plugin.layers.notes.note_values import (
    read_count,
    read_counts,
    read_flag,
    read_floats,
    read_mapping,
    read_number,
    read_numbers,
    read_sequence,
    read_text,
    read_texts,
)

METADATA_KEY: Final = "mmfusion"


class Role(StrEnum):
    """What the image of a layer is."""

    MEASURED = "measured"
    FUSED = "fused"
    HISTORY = "history"
    """Every iteration of one map."""
    COMPARISON = "comparison"
    """Made by a mode of the Compare section, and removed with it."""
    TRUST = "trust"
    """Made by one of the trust tools."""
    KEPT = "kept"
    """A fused map or HAADF model of an earlier run, put aside; no run writes it again."""
    UNKNOWN = "unknown"
    """Made by this plugin, but the note does not say what it is."""


@dataclass(frozen=True)
class LayerNote:
    """What a layer records about itself; all fields are empty for layers of other plugins.

    Attributes
    ----------
    role : Role or None
        What the image is; None where a layer has no note.
    element : str or None
        The map's element; None for the HAADF image, its model and pictures of either.
    file : str
        The file or data set with the measured images.
    sha256 : str or None
        Checksum of that file.
    reading : str or None
        Identifies the data set: the same for all layers that were read together, and for what was
        computed from them.
    run : str or None
        Identifies the run that made a fused layer.
    kept : str or None
        What a kept result is called: its settings in a few words.
    version : str or None
        Version of this package that made the image.
    parameters : mapping of str to value, or None
        Fields of the `FusionParameters`; see `fusion_parameters`.
    weights : mapping of str to float, or None
        Weight of every element in the HAADF model.
    lambda_haadf : float or None
        The lambda of the HAADF term that was used.
    costs : sequence of (float, float, float), or None
        The three costs after every iteration, unchecked.
    stopped : bool or None
        Whether the fusion was stopped before its last iteration.
    gap : float or None
        Duality gap of the guided solver.
    left_out : tuple of int, or None
        The pixels left out, if any; see `run_lengths`.
    repairs : sequence of str, or None
        How the measured images, which the layers show as they are, were mended for the fusion.
    offsets, scales : mapping of str to float, or None
        ``offsets[name] + scales[name] * image`` is in measured units.
    iterations : int or None
        Number of iterations done.
    partial : bool or None
        As `stopped`, in layers of a run in napari.
    verdict : str or None
        Whether the costs have settled, in words.
    date : str or None
        When a run in napari ended, in UTC as in ISO 8601.
    tool : str or None
        Key of the trust tool.
    lambda_tv : tuple of float, or None
        Lambda of each image in a stack of the TV explorer.

    Examples
    --------
    >>> note = LayerNote(Role.MEASURED, "Sc", "scan.h5")
    >>> note.to_metadata()
    {'mmfusion': {'file': 'scan.h5', 'sha256': None, 'element': 'Sc'}}
    >>> LayerNote.of(note.to_metadata()) == note
    True
    >>> LayerNote.of({"mmfusion": "anything"}) == LayerNote()
    True
    """

    role: Role | None = None
    element: str | None = None
    file: str = ""
    sha256: str | None = None
    reading: str | None = None
    run: str | None = None
    kept: str | None = None
    version: str | None = None
    parameters: Mapping[str, Any] | None = None
    weights: Mapping[str, float] | None = None
    lambda_haadf: float | None = None
    costs: Sequence[Sequence[float]] | None = None
    stopped: bool | None = None
    gap: float | None = None
    left_out: tuple[int, ...] | None = None
    repairs: tuple[str, ...] | None = None
    offsets: Mapping[str, float] | None = None
    scales: Mapping[str, float] | None = None
    iterations: int | None = None
    partial: bool | None = None
    verdict: str | None = None
    date: str | None = None
    tool: str | None = None
    lambda_tv: tuple[float, ...] | None = None

    @classmethod
    def of(cls, source: object) -> Self:
        """Read the note of a layer, of the attributes of a layer or of its metadata.

        Never raises: values of the wrong type are left out, and a note with an invalid element
        counts as missing.
        """
        stored = _find_note(source)
        element = stored.get("element")
        if not stored or not isinstance(element, str | None):
            return cls()
        values = {name: read(stored[name]) for name, read in _READERS.items() if name in stored}
        file = read_text(stored.get("file")) or ""
        return cls(_read_role(stored), element, file, **values)

    @classmethod
    def of_dataset(
        cls, data: FusionDataset, file: str | None = None, reading: str | None = None
    ) -> Self:
        """Describe the measured layers of a data set; `file` is by default the name of the data."""
        return cls(
            Role.MEASURED,
            file=file or data.name,
            sha256=data.source_sha256,
            reading=reading,
            left_out=_runs_of(data),
        )

    @classmethod
    def of_result(cls, result: FusionResult, file: str | None = None) -> Self:
        """Describe the fused layers of a result.

        With the measured images it is enough to make the `FusionResult` again.
        """
        return cls(
            Role.FUSED,
            file=file or result.data.name,
            sha256=result.data.source_sha256,
            version=__version__,
            parameters=result.params.as_dict(),
            weights=dict(result.weights),
            lambda_haadf=result.lambda_haadf,
            costs=result.costs.tolist(),
            stopped=result.stopped,
            gap=result.gap,
            left_out=_runs_of(result.data),
        )

    @classmethod
    def of_run(cls, result: FusionResult, file: str, repairs: Sequence[str] = ()) -> Self:
        """Describe the fused layers of a run that has just ended, and how it went."""
        return replace(
            cls.of_result(result, file),
            repairs=tuple(repairs) or None,
            offsets=dict(result.offsets),
            scales=dict(result.scales),
            iterations=len(result.costs),
            partial=result.stopped,
            verdict=str(result.verdict),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    @property
    def is_measured(self) -> bool:
        """Whether the layer holds a measured image, as a reader noted."""
        return self.role is Role.MEASURED

    @property
    def is_fused(self) -> bool:
        """Whether the layer holds a fused map or the HAADF model."""
        return self.role is Role.FUSED

    @property
    def is_result(self) -> bool:
        """Whether the layer holds a fused map or the HAADF model, of whatever run."""
        return self.role in (Role.FUSED, Role.KEPT)

    @property
    def is_output(self) -> bool:
        """Whether the layer was computed from others, and is not to be fused."""
        return self.role not in (None, Role.MEASURED)

    def for_element(self, element: str | None) -> Self:
        """The same note for the layer of another element."""
        return replace(self, element=element)

    def without_costs(self) -> Self:
        """The note without the costs, which are too long for a note in a file."""
        return replace(self, costs=None)

    def fusion_parameters(self) -> FusionParameters:
        """The parameters that made the layer.

        Raises
        ------
        MMFusionError
            If the layer carries none, or damaged ones.
        """
        if self.parameters is None:
            raise MMFusionError(
                "this layer carries no parameters; select a layer that a fusion made, such as"
                f" {HAADF_MODEL!r}"
            )
        try:
            return FusionParameters(**self.parameters)
        except (TypeError, ValueError) as error:
            raise MMFusionError(
                Text("the parameters of this layer are damaged: {}", error)
            ) from error

    def as_dict(self) -> dict[str, Any]:
        """The note in plain values; empty without a role.

        File, checksum and element are always there. Measured layers have no ``"role"``, as in
        all versions of this plugin.
        """
        if self.role is None:
            return {}
        values: dict[str, Any] = {"file": self.file, "sha256": self.sha256}
        if not self.is_measured:
            values["role"] = self.role.value
        values["element"] = self.element
        for name in _READERS:
            value = getattr(self, name)
            if value is not None:
                values[name] = list(value) if isinstance(value, tuple) else value
        return values

    def to_metadata(self) -> dict[str, Any]:
        """The note as the metadata of a layer; empty without a role."""
        note = self.as_dict()
        return {METADATA_KEY: note} if note else {}


_READERS: Final[Mapping[str, Callable[[object], Any]]] = MappingProxyType(
    {
        "sha256": read_text,
        "reading": read_text,
        "run": read_text,
        "kept": read_text,
        "version": read_text,
        "parameters": read_mapping,
        "weights": read_numbers,
        "lambda_haadf": read_number,
        "costs": read_sequence,
        "stopped": read_flag,
        "gap": read_number,
        "left_out": read_counts,
        "repairs": read_texts,
        "offsets": read_numbers,
        "scales": read_numbers,
        "iterations": read_count,
        "partial": read_flag,
        "verdict": read_text,
        "date": read_text,
        "tool": read_text,
        "lambda_tv": read_floats,
    }
)
"""How each field that may be missing is read."""


def _runs_of(data: FusionDataset) -> tuple[int, ...] | None:
    return None if data.mask is None else tuple(run_lengths(data.mask))


def _find_note(source: object) -> Mapping[str, Any]:
    metadata = getattr(source, "metadata", None)
    if metadata is None and isinstance(source, Mapping):
        is_metadata = METADATA_KEY in source
        metadata = source if is_metadata else source.get("metadata")
    note = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return note if isinstance(note, Mapping) else {}


def _read_role(stored: Mapping[str, Any]) -> Role:
    try:
        role = Role(stored.get("role", Role.MEASURED))
    except ValueError:  # of a later version
        return Role.UNKNOWN
    is_of_an_element = role in (Role.MEASURED, Role.FUSED)
    return Role.UNKNOWN if is_of_an_element and "element" not in stored else role
