"""Parts of the dock that can be folded away."""

from __future__ import annotations

from qtpy.QtCore import QTimer
from qtpy.QtGui import QIcon
from qtpy.QtWidgets import QScrollArea, QWidget
from superqt import QCollapsible

_STYLE = (
    "QPushButton, QPushButton:checked { text-align: left; border: none; outline: none;"
    " font-weight: bold; background: transparent; padding: 2px; }"
)


def scroll_to(area: QScrollArea, part: QWidget) -> None:
    """Scroll to a part of a scroll area, after Qt has laid out what has just grown."""

    def scroll() -> None:
        column = area.widget()
        if column is not None:
            column.adjustSize()  # otherwise it still has its old height
        area.ensureWidgetVisible(part, 0, 0)

    later = QTimer(area)  # deleted with the area if the window is closed meanwhile
    later.setSingleShot(True)
    later.timeout.connect(scroll)
    later.timeout.connect(later.deleteLater)
    later.start(0)


class Section(QCollapsible):
    """A title that shows or hides what is below it.

    Parameters
    ----------
    title : str
        The title.
    content : QWidget
        What is below it.
    expanded : bool
        Whether the content is shown initially.
    area : QScrollArea, optional
        Scrolls to the section when the user opens it.
    """

    def __init__(
        self,
        title: str,
        content: QWidget,
        *,
        expanded: bool = True,
        area: QScrollArea | None = None,
    ) -> None:
        # The arrow is part of the text: an icon would not follow the colours of napari's themes.
        super().__init__(expandedIcon=QIcon(), collapsedIcon=QIcon())
        self._title = title
        self._area = area
        self.toggleButton().setStyleSheet(_STYLE)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(2)
        self.addWidget(content)
        self.setDuration(0)
        if expanded:
            self.expand(animate=False)
        self._show_arrow(expanded)
        self.toggled.connect(self._on_toggled)

    def _on_toggled(self, expanded: bool) -> None:
        self._show_arrow(expanded)
        if expanded and self._area is not None:
            scroll_to(self._area, self)

    def _show_arrow(self, expanded: bool) -> None:
        arrow = (
            "\N{BLACK DOWN-POINTING TRIANGLE}" if expanded else "\N{BLACK RIGHT-POINTING TRIANGLE}"
        )
        self.setText(f"{arrow}  {self._title}")
