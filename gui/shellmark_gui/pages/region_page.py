"""Where the defect is that the model missed: a person draws it on the case's frames, so that it can be taught."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, QSize, pyqtSignal
from PyQt6.QtGui import QPolygonF
from PyQt6.QtWidgets import QWidget

from shellmark_gui.keys import Action
from shellmark_gui.lessons import Drawn
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.pictures import Picture, Shot, best_shot, shots
from shellmark_gui.theme import MUTED
from shellmark_gui.widgets.region_canvas import RegionCanvas
from shellmark_gui.wording import lighting_name, zone_name
from shellmark_inspect.types import Record

translate = QCoreApplication.translate
SHAPE, CLOSE, UNDO, VIEW, QUEUE = "shape", "close", "undo", "view", "queue"


class RegionPage(WorkPage):
    """A missed case. `wanted` asks for a shot's picture, `drawn` carries (record, view to `Drawn`)."""

    works = (SHAPE, CLOSE, UNDO, VIEW, QUEUE)
    wanted = pyqtSignal(object)
    drawn = pyqtSignal(object, object)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.canvas = RegionCanvas(self)
        self.record: Record | None = None
        self._shots: list[Shot] = []
        self._at = 0
        self._regions: dict[str, list[QPolygonF]] = {}
        self._frame_sizes: dict[str, QSize] = {}
        self.canvas.changed.connect(self._enable)
        self.pressed.connect(self._press)
        self.frame(self.canvas)
        self.put_words()

    def work_word(self, name: str) -> str:
        """The word on a button."""
        shape = translate("region", "Polygon") if self.canvas.polygons else translate("region", "Rectangle")
        return {
            SHAPE: shape,
            CLOSE: translate("region", "Close the polygon"),
            UNDO: translate("region", "Undo"),
            VIEW: translate("region", "Next picture"),
            QUEUE: translate("region", "Teach this"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("region", "Where is the missed defect?"))
        self.about.setText(
            translate("region", "Tap its corners one after the other")
            if self.canvas.polygons
            else translate("region", "Tap two opposite corners, or pull a frame over it")
        )
        self._put_mark()
        self._enable()

    def show_record(self, record: Record) -> None:
        """Begin with a case, at its most telling frame."""
        self.record = record
        self._shots = [shot for shot in shots(record) if shot.kind == "frame"]
        best = best_shot(record)
        self._at = self._shots.index(best) if best in self._shots else 0
        self._regions, self._frame_sizes = {}, {}
        self.say("")
        self._show_shot()

    def show_picture(self, shot: Shot, picture: Picture) -> None:
        """Take the picture that was asked for."""
        if self._shots and shot is self._shots[self._at]:
            self._frame_sizes[shot.view] = picture.source
            self.canvas.show_picture(picture, (), None)
            self.canvas.show_regions(self._regions.setdefault(shot.view, []))
            self._enable()

    def show_missing(self, shot: Shot, why: str) -> None:
        """Say that a picture could not be had, and why."""
        if self._shots and shot is self._shots[self._at]:
            self.canvas.show_nothing(why)

    def _show_shot(self) -> None:
        self.put_words()
        if self._shots:
            self.canvas.show_nothing(translate("record", "Loading..."))
            self.canvas.show_regions([])
            self.wanted.emit(self._shots[self._at])
        else:
            self.canvas.show_nothing(translate("record", "No picture of this case was kept"))

    def _put_mark(self) -> None:
        if self._shots:
            shot = self._shots[self._at]
            parts = (f"{self._at + 1}/{len(self._shots)}", zone_name(shot.view), lighting_name(shot.light))
            self.canvas.set_mark(" · ".join(part for part in parts if part), MUTED)

    def _press(self, name: str) -> None:
        if name == SHAPE:
            self.canvas.polygons = not self.canvas.polygons
            self.canvas.corners = []
            self.canvas.update()
            self.put_words()
        elif name == CLOSE:
            self.canvas.close_polygon()
        elif name == UNDO:
            self.canvas.undo()
        elif name == VIEW and self._shots:
            self._at = (self._at + 1) % len(self._shots)
            self._show_shot()
        elif name == QUEUE and self.record is not None:
            self.drawn.emit(self.record, self._drawn())

    def _drawn(self) -> dict[str, Drawn]:
        return {
            view: Drawn(self._frame_sizes[view], tuple(regions)) for view, regions in self._regions.items() if regions
        }

    def _enable(self) -> None:
        canvas = self.canvas
        enabled = {
            SHAPE: True,
            CLOSE: canvas.polygons and len(canvas.corners) > 2,
            UNDO: bool(canvas.corners or canvas.regions),
            VIEW: len(self._shots) > 1,
            QUEUE: any(self._regions.values()),
        }
        for name, button in self.work_buttons.items():
            button.setEnabled(enabled[name])
