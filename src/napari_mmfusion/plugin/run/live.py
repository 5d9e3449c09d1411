"""Live tuning: a changed parameter fuses again at once, and the latest value wins."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QTimer

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.preview_region import MOST_PIXELS, visible_region
from napari_mmfusion.plugin.run.job import Request
from napari_mmfusion.plugin.run.session import Session

_PAUSE = 350  # ms
_NOTHING = "Live waits for a HAADF image and an element that is switched on."


class Live:
    """Fuses again, without showing single iterations, whenever `ask` is called.

    While a fusion runs, changes are not queued: when it is done, the latest values are fused. Of
    images above a megapixel what the canvas shows comes first; the whole follows when no change has
    come for a moment.
    """

    def __init__(
        self, session: Session, choice: DataChoice, params: Callable[[], FusionParameters]
    ) -> None:
        self._session = session
        self._choice = choice
        self._params = params
        self._asked = False
        self._whole_asked = False
        self._previewed = False
        self._choice_before = choice.signature()
        self._rest = QTimer()
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE)
        self._rest.timeout.connect(self._on_rest)
        self._enabled = False
        session.finished.connect(self._go_on)
        choice.changed.connect(self._on_choice)

    @property
    def enabled(self) -> bool:
        """Whether changes are followed."""
        return self._enabled

    @property
    def settled(self) -> bool:
        """Whether nothing is under way or still to be done."""
        waiting = self._asked or self._whole_asked or self._rest.isActive()
        return not waiting and not self._session.busy and not self._session.unsettled

    def enable(self, enabled: bool) -> None:
        """Follow changes, or no longer; a live fusion under way is then given up."""
        self._enabled = enabled
        if enabled:
            self.ask()
        else:
            self._asked = self._whole_asked = False
            self._previewed = False
            self._rest.stop()
            self._session.supersede()
            self._go_on()

    def ask(self) -> None:
        """Something changed: fuse again, if live."""
        if not self._enabled:
            return
        self._asked = True
        self._rest.stop()
        if self._is_large():
            self._whole_asked = False
            self._session.supersede_whole()  # seconds of work on values that are out of date
        self._go_on()

    def close(self) -> None:
        """Do nothing any more; the layers may be gone already."""
        self._enabled = self._asked = self._whole_asked = self._previewed = False
        self._rest.stop()
        self._session.supersede()
        self._session.finished.disconnect(self._go_on)
        self._choice.changed.disconnect(self._on_choice)

    def _go_on(self) -> None:
        if self._session.busy:
            return
        if not self._enabled:
            self._session.settle()
        elif self._asked:
            self._asked = False
            self._fuse(preview=self._is_large() and self._session.has_outputs())
        elif self._whole_asked:
            self._whole_asked = False
            self._fuse(preview=False)
        elif self._previewed or self._session.unsettled:
            self._rest.start()

    def _fuse(self, *, preview: bool) -> None:
        if not self._choice.can_fuse():
            self._previewed = self._whole_asked = False
            self._session.concluded.emit(_NOTHING)  # no notice: layers may be on their way
            self._rest.start()
            return
        haadf = self._choice.haadf
        region = visible_region(haadf) if preview and haadf is not None else None
        if not self._session.start(Request(self._params(), region=region)):
            self._asked = self._whole_asked = preview = False
            self._rest.start()  # an earlier result may still have to be settled
        self._previewed = preview

    def _on_rest(self) -> None:
        """No change has come for a moment: time for what takes longer."""
        if self._previewed:
            self._previewed = False
            self._whole_asked = True
            self._go_on()
        elif not self._session.busy:
            self._session.settle()

    def _is_large(self) -> bool:
        haadf = self._choice.haadf
        return haadf is not None and haadf.data.size > MOST_PIXELS

    def _on_choice(self) -> None:
        now = self._choice.signature()
        if now != self._choice_before:
            self._choice_before = now
            self.ask()
