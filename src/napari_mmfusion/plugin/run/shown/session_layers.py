"""The layers of a session: which it reads, which it may write, and which are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.plugin.layers.choice.set_views import SetViews
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.notes import ownership
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.layers.results.kept_results import keep_result
from napari_mmfusion.plugin.run.shown.earlier_outputs import EarlierOutputs
from napari_mmfusion.plugin.run.shown.history import add_history
from napari_mmfusion.plugin.run.shown.outputs import OutputLayers, may_write

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image


class SessionLayers:
    """Keeps the record of layers up to date, and makes those of each run.

    Parameters
    ----------
    viewer, layers, choice
        As of the session.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet, choice: DataChoice) -> None:
        self._viewer = viewer
        self._layers = layers
        self._choice = choice
        self._views = SetViews(viewer, choice.data_sets)
        self._earlier = EarlierOutputs(viewer, choice.data_sets.name, self._place)
        layers.choose(choice.reading)
        self.note()
        choice.changed.connect(self.note)

    def close(self) -> None:
        """Follow the choice no longer, and leave the output layers to others."""
        self._choice.changed.disconnect(self.note)
        ownership.release(self)

    def note(self) -> None:
        """Keep the record of layers up to date; also of fused ones that came from a file."""
        self._adopt_fused()
        haadf = self._choice.haadf
        if haadf is not None:
            self._layers.set_measured(None, haadf)
        for row in self._choice.chosen():
            if row.layer is not None:
                self._layers.set_measured(row.symbol, row.layer)

    def outputs(self, source: Source, haadf: Image) -> OutputLayers:
        """The layers of a run that is about to start; layers of other data sets are hidden."""
        self._views.show_only(source.reading)
        layers = self._layers.of(source.reading)
        return OutputLayers(
            self._viewer, layers, haadf, source.name, self, self._earlier, source.repairs
        )

    def add_history(self, source: Source, history: Mapping[str, FloatImage]) -> Iterator[None]:
        """Add the stacks of iterations of a run."""
        layers = self._layers.of(source.reading)
        yield from add_history(self._viewer, layers, history, self._place)

    def change_data(self, left: str, chosen: str) -> None:
        """Hide the layers of one data set, and show those of another one as they were left."""
        self._views.leave(left)
        self._layers.choose(chosen)
        self._views.enter(chosen)

    def have_outputs(self) -> bool:
        """Whether all output layers are there, as large as the images, and may be written."""
        haadf = self._choice.haadf
        fused = [self._layers.fused(row.symbol) for row in self._choice.chosen()]
        return haadf is not None and all(
            layer is not None and layer.data.shape == haadf.data.shape and may_write(layer, self)
            for layer in fused
        )

    def keep(self, result: FusionResult | None) -> str:
        """Put the layers of a result aside; returns what it is called then.

        Raises
        ------
        MMFusionError
            If there is none.
        """
        if result is None or not self._layers.fused_layers():
            raise MMFusionError("there is no result to keep; press Run first")
        return keep_result(self._layers, result)

    def _adopt_fused(self) -> None:
        """Note the fused layers that came from a file, of the last run of each data set."""
        fused = [(LayerNote.of(layer), layer) for layer in self._viewer.layers]
        fused = [(note, layer) for note, layer in fused if note.is_fused]
        fused.sort(key=lambda pair: pair[0].date or "", reverse=True)
        runs: dict[str, str | None] = {}
        for note, layer in fused:
            reading = self._choice.data_sets.reading_of_output(note)
            if reading is None or self._earlier.is_aside(layer) or not may_write(layer, self):
                continue
            layers = self._layers.of(reading)
            if runs.setdefault(reading, note.run) == note.run and not layers.fused(note.element):
                layers.set_fused(note.element, layer)

    def _place(self, layer: Image, reading: str) -> None:
        self._views.place(layer, reading, self._choice.reading)
