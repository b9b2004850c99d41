"""Why the station may not work by itself, over the station's page: the reason, what to do, and the way there."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from shellmark_gui.calibrationwords import trouble_sentence
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, REVIEW_COLOUR, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.widgets.state_tile import StateTile
from shellmark_inspect.station import Trouble

translate = QCoreApplication.translate
HEIGHT_PX = 104.0


class Banner(Fitted):
    """The worst trouble, hidden where there is none. `wanted` carries its lamp: where to go."""

    wanted = pyqtSignal(str)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = StateTile(HEIGHT_PX, self)
        self.button = ActionButton(key=key, role="primary", least_width_px=220, parent=self)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.troubles: tuple[Trouble, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.tile, 1)
        self._row.addWidget(self.button)
        self.button.clicked.connect(self._go)
        self.hide()

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._row.setSpacing(sizes.px(24))
        self._row.setContentsMargins(0, sizes.px(10), 0, 0)  # as far from the row above as buttons are from each other
        self.setFixedHeight(max(sizes.px(HEIGHT_PX), sizes.touch(81)) + sizes.px(10))

    def put_words(self) -> None:
        """Put the words again."""
        self._put()

    def show_troubles(self, troubles: Sequence[Trouble]) -> None:
        """Show the worst of the troubles, and how many more there are."""
        if tuple(troubles) != self.troubles:
            self.troubles = tuple(troubles)
            self._put()

    def _go(self) -> None:
        if self.troubles:
            self.wanted.emit(self.troubles[0].lamp)

    def _put(self) -> None:
        self.setVisible(bool(self.troubles))
        if not self.troubles:
            return
        worst = self.troubles[0]
        word = (
            translate("banner", "Automatic mode is off") if worst.blocks else translate("banner", "Please look at this")
        )
        if len(self.troubles) > 1:
            word += "  " + translate("banner", "(and {count} more)").format(count=len(self.troubles) - 1)
        shape, colour = (Shape.BAR, FAIL_COLOUR) if worst.blocks else (Shape.TRIANGLE, REVIEW_COLOUR)
        self.tile.show_state(shape, word, trouble_sentence(worst), colour)
        go = {"check": translate("calibration", "Daily check"), "light": translate("calibration", "Drift")}
        self.button.setVisible(worst.lamp != "log")  # nothing on the screen mends a log
        self.button.setText(go.get(worst.lamp, translate("calibration", "Calibrate")))
