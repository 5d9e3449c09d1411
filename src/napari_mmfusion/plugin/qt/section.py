"""Parts of the dock that can be folded away."""

from __future__ import annotations

from qtpy.QtCore import QTimer, Signal  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

_STYLE = (
    "QPushButton, QPushButton:checked { text-align: left; border: none;"
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


class Section(QWidget):
    """A title that shows or hides what is below it.

    The content is shown or hidden as a whole: its layout alone decides how high it is, whatever
    comes into it later.

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

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        content: QWidget,
        *,
        expanded: bool = True,
        area: QScrollArea | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._area = area
        self._content = content
        # The arrow is part of the text: an icon would not follow the colours of napari's themes.
        self._button = QPushButton()
        self._button.setCheckable(True)
        self._button.setChecked(expanded)
        self._button.setStyleSheet(_STYLE)
        self._button.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._button)
        layout.addWidget(content)
        self._show_content(expanded)
        self._button.toggled.connect(self._on_toggled)

    def toggleButton(self) -> QPushButton:  # noqa: N802 - as in superqt's QCollapsible
        """The title, which is a button."""
        return self._button

    def text(self) -> str:
        """The title with its arrow."""
        return self._button.text()

    def isExpanded(self) -> bool:  # noqa: N802 - as in superqt's QCollapsible
        """Whether the content is shown."""
        return self._button.isChecked()

    def expand(self) -> None:
        """Show the content."""
        self._button.setChecked(True)

    def collapse(self) -> None:
        """Hide the content."""
        self._button.setChecked(False)

    def _on_toggled(self, expanded: bool) -> None:
        self._show_content(expanded)
        if expanded and self._area is not None:
            scroll_to(self._area, self)
        self.toggled.emit(expanded)

    def _show_content(self, expanded: bool) -> None:
        self._content.setVisible(expanded)
        down, right = "\N{BLACK DOWN-POINTING TRIANGLE}", "\N{BLACK RIGHT-POINTING TRIANGLE}"
        self._button.setText(f"{down if expanded else right}  {self._title}")
        self._button.setToolTip(f"{'Hide' if expanded else 'Show'} this part of the dock.")
