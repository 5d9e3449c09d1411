"""The values that are in use although nobody typed them: weights, and the HAADF weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import HaadfModel, element_weights, haadf_model
from napari_mmfusion.plugin.dock.images_work import ImagesWork
from napari_mmfusion.plugin.layers.data_choice import DataChoice, Row
from napari_mmfusion.plugin.layers.notes.source import Source

_FITTED: Final = ("z/fitted", "z^1.7")
_PAUSE: Final = 200
"""Milliseconds without a change before a model is fitted."""


class ModelInUse(ImagesWork):
    """The HAADF model of the chosen layers and the parameters shown.

    Weightings that are fitted to the images are fitted in a thread; `changed` follows, as it
    follows every other change of the model.

    Parameters
    ----------
    choice : DataChoice
        The layers.
    params : FusionParameters
        The parameters shown.
    """

    def __init__(self, choice: DataChoice, params: FusionParameters) -> None:
        super().__init__(choice, _PAUSE)
        self._params = params
        self._fitted: HaadfModel | None = None
        self.follow()

    def set_parameters(self, params: FusionParameters) -> None:
        """Follow other parameters."""
        self._params = params
        self.follow()

    def follow(self) -> None:
        """Work out the model again if anything it depends on has changed."""
        params = self._params
        key = None
        if params.weighting in _FITTED:
            images = [id(row.layer.data) for row in self._choice.chosen() if row.layer is not None]
            key = (self._choice.signature(), images, params.weighting, params.gamma)
        if key != self._key:
            self._key, self._fitted = key, None
        if key is not None and self._fitted is None:
            self._timer.start()
        self.changed.emit()

    def weights(self) -> Mapping[int, float]:
        """The computed weight of each row, by the row's `id`; rows without one are left out."""
        rows = [row for row in self._choice.chosen() if self._is_known(row)]
        if self._params.weighting in _FITTED:
            fitted = {} if self._fitted is None else self._fitted.weights
            return {id(row): fitted[row.symbol] for row in rows if row.symbol in fitted}
        if not rows:
            return {}
        numbers = [row.number or 1 for row in rows]
        weights = element_weights(numbers, self._params.weighting, self._params.gamma).tolist()
        return {id(row): weight for row, weight in zip(rows, weights, strict=True)}

    def lambda_haadf(self) -> float | None:
        """The HAADF weight in use while it is left out; None if it is not known yet."""
        if self._params.weighting == "z/fitted":
            return None if self._fitted is None else self._fitted.lambda_haadf
        n = sum(1 for _ in self._choice.chosen())
        return 1 / n if n else None

    def _is_known(self, row: Row) -> bool:
        return row.number is not None or self._params.weighting == "unit"

    def _is_needed(self) -> bool:
        return self._key is not None and self._fitted is None

    def _work(self, source: Source) -> Callable[[StopFlag], object]:
        # Typed weights replace those of the model one by one, where they are shown.
        overrides = self._choice.overrides() | {"weights": None}
        params = self._params.replace(lambda_haadf=None, **overrides)
        return lambda _: haadf_model(source.dataset(), params)

    def _take(self, outcome: object) -> None:
        if isinstance(outcome, HaadfModel):
            self._fitted = outcome
            self.changed.emit()
