"""The line stands still: why, in one line, and the key that starts it again. Nothing else can be seen or done."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.page import Page
from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import FAIL_COLOUR, LIGHT_TEXT, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.wording import action_word

translate = QCoreApplication.translate


class ErrorPage(Page):
    """The stop. `acknowledged` says that a person wants to go on."""

    acknowledged = pyqtSignal()
    language = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.title, self.message, self.advice = QLabel(self), QLabel(self), QLabel(self)
        self.buttons[Action.ACKNOWLEDGE] = ActionButton(key=keys[Action.ACKNOWLEDGE], role="decide", parent=self)
        self.buttons[Action.LANGUAGE] = ActionButton(key=keys[Action.LANGUAGE], role="quiet", parent=self)
        self.buttons[Action.ACKNOWLEDGE].clicked.connect(self.acknowledged)
        self.buttons[Action.LANGUAGE].clicked.connect(self.language)
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        set_role(self, "stop-page")
        set_role(self.title, "stop")
        for label in (self.title, self.message, self.advice):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        set_role(self.message, "stop-text")
        set_role(self.advice, "stop-text")
        page = QVBoxLayout(self)
        page.addStretch(4)
        for label in (self.title, self.message, self.advice):
            page.addWidget(label)
        page.addStretch(2)
        self._foot = QHBoxLayout()
        self._foot.addStretch(1)
        self._foot.addWidget(self.buttons[Action.LANGUAGE], 1)
        self._foot.addWidget(self.buttons[Action.ACKNOWLEDGE], 2)
        self._foot.addStretch(1)
        page.addLayout(self._foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self.layout(), sizes, 64, 32)
        self._foot.setSpacing(sizes.touch(24))

    def put_words(self) -> None:
        """Put the words again."""
        self.title.setText(translate("stop", "LINE STOP"))
        self.advice.setText(
            translate("stop", "Nothing is judged. Hold back every case, put the cause right, then acknowledge.")
        )
        self.buttons[Action.ACKNOWLEDGE].setText(action_word(Action.ACKNOWLEDGE))
        self.buttons[Action.LANGUAGE].setText(translate("action", "中文"))

    def show_message(self, message: str) -> None:
        """Say why."""
        self.message.setText(message)

    def show_busy(self, busy: bool) -> None:
        """Rest the key while the station is built again."""
        self.buttons[Action.ACKNOWLEDGE].setEnabled(not busy)

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Fill the page with the colour of a stop, and draw the bar of it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(FAIL_COLOUR))
        side = self.height() * 0.26
        place = QRectF((self.width() - side) / 2, self.height() * 0.05, side, side)
        paint_shape(painter, place, Shape.RING, LIGHT_TEXT)
        paint_shape(painter, place.adjusted(side * 0.2, side * 0.2, -side * 0.2, -side * 0.2), Shape.BAR, LIGHT_TEXT)
        painter.end()
