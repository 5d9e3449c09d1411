"""The values that are in use although nobody typed them: weights, and the HAADF weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]  # qtpy makes it

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import HaadfModel, element_weights, haadf_model
from napari_mmfusion.plugin.layers.data_choice import DataChoice, Row
from napari_mmfusion.plugin.qt.work.task import Task

_FITTED: Final = ("z/fitted", "z^1.7")
_PAUSE: Final = 200
"""Milliseconds without a change before a model is fitted."""


class ModelInUse(QObject):
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

    changed = Signal()

    def __init__(self, choice: DataChoice, params: FusionParameters) -> None:
        super().__init__()
        self._choice = choice
        self._params = params
        self._fitted: HaadfModel | None = None
        self._key: object = None
        self._fitting: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._fit)
        self.task = Task(self, daemon=True)
        self.task.done.connect(self._on_fitted)
        choice.changed.connect(self.follow)
        self.follow()

    def close(self) -> None:
        """Follow nothing any more."""
        self._choice.changed.disconnect(self.follow)
        self._timer.stop()
        self.task.close()

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

    def _fit(self) -> None:
        if self._key is None or self._fitted is not None:
            return
        if self.task.busy:  # what it fits is out of date
            self._timer.start()
            return
        try:
            source = self._choice.source()
        except MMFusionError:
            return  # there is nothing to fit yet
        # Typed weights replace those of the model one by one, where they are shown.
        overrides = self._choice.overrides() | {"weights": None}
        params = self._params.replace(lambda_haadf=None, **overrides)
        self._fitting = self._key
        self.task.start(lambda _: haadf_model(source.dataset(), params))

    def _on_fitted(self, outcome: object) -> None:
        if isinstance(outcome, HaadfModel) and self._fitting == self._key:
            self._fitted = outcome
            self.changed.emit()
