"""Where calibration begins: what can be measured, drawn and checked, and how each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList

translate = QCoreApplication.translate
LENS, SCALE, LIGHT, COLOUR, ZONES, CHECK, DRIFT = "lens", "scale", "light", "colour", "zones", "check", "drift"
ALL = (LENS, SCALE, LIGHT, COLOUR, ZONES, CHECK, DRIFT)


class CalibrationPage(WorkPage):
    """The way to the wizards; each has a number key."""

    works = ALL

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.list = RowList(len(ALL), self)
        self.words = QLabel(self)
        self._rows: tuple[Row, ...] = ()
        self.list.picked.connect(self.pressed)
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        column = self.beside(self.list, 3, 2)
        set_role(self.words, "muted")
        self.words.setWordWrap(True)
        column.addWidget(self.words)
        column.addStretch(1)

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            LENS: translate("calibration", "Lens"),
            SCALE: translate("calibration", "Scale"),
            LIGHT: translate("calibration", "Light"),
            COLOUR: translate("calibration", "Colour"),
            ZONES: translate("calibration", "Zones"),
            CHECK: translate("calibration", "Daily check"),
            DRIFT: translate("calibration", "Drift"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("calibration", "Calibration and checks"))
        self.about.setText(translate("calibration", "millimetres, light, colour, and whether they still hold"))
        self.words.setText(
            translate(
                "calibration",
                "First the lens and the scale, then the light, then the colour: each is measured with the lens, the "
                "height and the lamps it will be used with. A profile is valid for a month, and until something of "
                "the camera or the lamps is changed. Zones are drawn once per recipe. The daily check takes a few "
                "minutes at the start of each shift.",
            )
        )
        self._put()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show how each of them stands."""
        self._rows = tuple(rows)
        self._put()

    def _put(self) -> None:
        self.list.show_rows(self._rows)
