"""Zones, fittings and the shell's outline of a view: drawn by taps on the reference picture, in mm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.calibrationwords import shape_name
from shellmark_gui.drawing import Drawing, Drawn
from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.pictures import Picture
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import MUTED, Sizes
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.widgets.zone_canvas import ZoneCanvas, shape_colour
from shellmark_gui.wording import lighting_name, zone_name
from shellmark_inspect.recipe import Point
from shellmark_inspect.types import Matrix
from shellmark_inspect.zoning import polygon_area

translate = QCoreApplication.translate
DRAW, CLOSE, UNDO, DELETE, KIND, FIND, VIEW, SAVE = "draw", "close", "undo", "delete", "kind", "find", "view", "save"
ROWS = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """One view to draw on: its picture (None without one), where its pixels lie in mm, and the drawing."""

    view: str
    picture: Picture | None
    to_mm: Matrix
    light: str
    from_reference: bool
    drawing: Drawing
    default_zone: str


class ZonesPage(WorkPage):
    """One view's drawing. What its buttons do is the desk's, but for closing, taking back and deleting."""

    works = (DRAW, CLOSE, UNDO, DELETE, KIND, FIND, VIEW, SAVE)
    changed = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.canvas, self.list = ZoneCanvas(self), RowList(ROWS, self)
        self.hint, self.place = QLabel(self), QLabel(self)
        self.drawing = Drawing()
        self.sheet: Sheet | None = None
        self._views = 1
        self._busy = False
        self._changed_views: frozenset[str] = frozenset()
        self._at: Point | None = None
        self.canvas.changed.connect(self._drew)
        self.canvas.touched.connect(self._touched)
        self.canvas.refused.connect(self.say)
        self.list.picked.connect(self._pick)
        self.pressed.connect(self._press)
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        self._column = self.beside(self.canvas, 3, 1)
        set_role(self.hint, "about")
        set_role(self.place, "muted")
        self.hint.setWordWrap(True)
        self.place.setWordWrap(True)
        self._column.addWidget(self.hint)
        self._column.addWidget(self.place)
        self._column.addWidget(self.list, 1)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(10))
        self.hint.setMinimumHeight(sizes.px(84))
        self.place.setMinimumHeight(sizes.px(60))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            DRAW: translate("zones", "Draw"),
            CLOSE: translate("zones", "Close"),
            UNDO: translate("zones", "Undo"),
            DELETE: translate("zones", "Delete"),
            KIND: translate("zones", "Kind"),
            FIND: translate("zones", "Find outline"),
            VIEW: translate("zones", "Next view"),
            SAVE: translate("zones", "Save"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("zones", "Zones and ignore areas"))
        parts = []
        if self.sheet is not None:
            parts.append(translate("zones", "view {view}").format(view=zone_name(self.sheet.view)))
            parts.append(translate("zones", "elsewhere zone {zone}").format(zone=self.sheet.default_zone))
        self.about.setText("   ".join(parts))
        self._put()

    def show_loading(self) -> None:
        """Say that the recipe and its picture are being read."""
        self.sheet, self.drawing = None, Drawing()
        self.canvas.show_drawing(self.drawing, np.eye(3))
        self.canvas.show_nothing(translate("record", "Loading..."))
        self._put()

    def show_sheet(self, sheet: Sheet, views: int) -> None:
        """Show one of so many views with what is drawn on it."""
        self.sheet, self.drawing, self._views, self._at = sheet, sheet.drawing, views, None
        self.canvas.show_drawing(sheet.drawing, sheet.to_mm)
        if sheet.picture is None:
            self.canvas.show_nothing(translate("zones", "No reference picture, and no frame yet"))
        else:
            self.canvas.show_picture(sheet.picture, (), None)
        self.put_words()

    def show_changed(self, views: frozenset[str], *, busy: bool) -> None:
        """Say on which views something is drawn that is not saved; `busy` while it is being saved or looked for."""
        self._changed_views, self._busy = views, busy
        self._put()

    def refresh(self) -> None:
        """Show the drawing again after it was changed elsewhere."""
        self.canvas.update()
        self._put()

    def _press(self, name: str) -> None:
        steps = {CLOSE: self._close, UNDO: self.drawing.undo, DELETE: self.drawing.delete}
        if name in steps:
            steps[name]()
            self._drew()

    def _close(self) -> None:
        try:
            self.drawing.close()
        except ValueError as e:
            self.say(str(e))

    def _drew(self) -> None:
        self.canvas.update()
        self._put()
        self.changed.emit()

    def _touched(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._put_place()

    def _pick(self, key: str) -> None:
        self.drawing.choose(int(key))
        self._drew()

    def _put(self) -> None:
        drawing = self.drawing
        rows = [self._row_of(index, shape) for index, shape in enumerate(drawing.shapes)]
        chosen = "" if drawing.chosen is None else str(drawing.chosen)
        self.list.show_rows(rows, chosen, translate("zones", "Nothing is drawn on this view yet"))
        self.hint.setText(self._hint())
        self._put_place()
        if self.sheet is not None:
            reference = self.sheet.from_reference
            source = translate("zones", "reference") if reference else translate("zones", "newest frame")
            self.canvas.set_mark(" · ".join(part for part in (source, lighting_name(self.sheet.light)) if part), MUTED)
        self._enable()

    def _row_of(self, index: int, shape: Drawn) -> Row:
        words = translate("zones", "{corners} corners, {area:.1f} cm²")
        area = polygon_area(np.array(shape.polygon)) / 100
        facts = words.format(corners=len(shape.polygon), area=area)
        mark = {"zone": Shape.DISC, "ignore": Shape.CROSS, "outline": Shape.RING}[shape.kind]
        return Row(str(index), shape_name(shape.kind, shape.name), facts, shape=mark, colour=shape_colour(shape))

    def _hint(self) -> str:
        drawing = self.drawing
        if self._busy:
            return translate("zones", "Please wait...")
        if drawing.begun is not None:
            name = shape_name(drawing.begun.kind, drawing.begun.name)
            if drawing.begun.width_mm is not None:
                words = translate("zones", "{name}: tap along the edge, then Close")
            else:
                words = translate("zones", "{name}: tap its corners one after the other, then Close")
            return words.format(name=name)
        if drawing.picked is not None:
            return translate("zones", "Tap where the corner goes; Delete takes it away")
        if drawing.chosen is not None:
            return translate("zones", "Tap a corner to move it, a small ring to add one")
        return translate("zones", "Draw something, or tap a shape to change it")

    def _put_place(self) -> None:
        parts = []
        if self._at is not None:
            parts.append("x {:.1f}, y {:.1f} mm".format(*self._at))
        if self._changed_views:
            parts.append(translate("zones", "not saved yet"))
        self.place.setText("   ".join(parts))

    def _enable(self) -> None:
        drawing = self.drawing
        idle = self.sheet is not None and self.sheet.picture is not None and not self._busy
        something = drawing.begun is not None or drawing.chosen is not None
        changeable = drawing.chosen is not None and drawing.shapes[drawing.chosen].kind != "outline"
        enabled = {
            DRAW: idle,
            CLOSE: idle and drawing.can_close,
            UNDO: idle and drawing.can_undo,
            DELETE: idle and something,
            KIND: idle and changeable,
            FIND: idle,
            VIEW: self._views > 1 and not self._busy,
            SAVE: idle and bool(self._changed_views) and drawing.begun is None,
        }
        for name, button in self.work_buttons.items():
            button.setEnabled(enabled[name])
