"""The station's picture: live while nothing is judged, the judged frame with its defects until the next trigger."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from shellmark_gui.heat import heat_image
from shellmark_gui.keys import Action
from shellmark_gui.pictures import Picture, Shot, shots, zero_copy
from shellmark_gui.shapes import VERDICT_COLOURS
from shellmark_gui.theme import ACCENT, MUTED, REVIEW_COLOUR, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.canvas import Canvas, outlines_of
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import action_word, lighting_name, verdict_word, zone_name
from shellmark_inspect.types import Frame, Record

translate = QCoreApplication.translate

STILL_AFTER_NS = 2_000_000_000


class LivePanel(Fitted):
    """One canvas, a tab per view, and a switch of light while a judged case is held.

    `wanted` asks for the smooth picture of a shot that came on the canvas; `show_smooth` brings it.
    """

    wanted = pyqtSignal(object)
    lesson = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = Canvas(self)
        self.light_button = ActionButton(key=keys[Action.NEXT_LIGHT], role="quiet", least_width_px=150, parent=self)
        self.light_button.clicked.connect(self.next_light)
        self.heat_button = ActionButton(key=keys[Action.HEAT], role="quiet", least_width_px=150, parent=self)
        self.heat_button.setCheckable(True)
        self.heat_button.clicked.connect(self._put_heat)
        self.lesson_button = ActionButton(key=keys[Action.LESSON], role="quiet", least_width_px=150, parent=self)
        self.lesson_button.clicked.connect(self.lesson)
        self.offer_lesson(offered=False)
        self._tabs: dict[str, ActionButton] = {}
        self._view_key = keys[Action.NEXT_VIEW]
        self._view = ""
        self._held: Record | None = None
        self._shots: list[Shot] = []
        self._maps: dict[str, Shot] = {}
        self._shot: Shot | None = None
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._side = QVBoxLayout()
        self._side.addStretch(1)
        for button in (self.lesson_button, self.heat_button, self.light_button):
            self._side.addWidget(button)
        row.addLayout(self._side)
        row.addWidget(self.canvas, 1)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._side.setSpacing(sizes.px(24))
        for button in (*self._tabs.values(), self.lesson_button, self.heat_button, self.light_button):
            button.fit(sizes)

    def put_words(self) -> None:
        """Put the words again."""
        self.light_button.setText(action_word(Action.NEXT_LIGHT))
        self.light_button.setVisible(len(self._lights()) > 1)
        self.lesson_button.setText(action_word(Action.LESSON))
        self.heat_button.setText(action_word(Action.HEAT))
        self.heat_button.setVisible(self._view in self._maps)
        for view, button in self._tabs.items():
            button.setText(zone_name(view))
        self._mark()

    @property
    def held(self) -> Record | None:
        """The record whose judged frames are shown, or None while the picture is live."""
        return self._held

    @property
    def view(self) -> str:
        """The view on the canvas."""
        return self._view

    def set_views(self, views: list[str]) -> None:
        """Take the recipe's views; one alone needs no tab."""
        if views == list(self._tabs):
            return
        for button in self._tabs.values():
            self._side.removeWidget(button)
            button.deleteLater()
        self._tabs = {view: self._tab(place, view) for place, view in enumerate(views)}
        self.show_view(views[0] if views else "")
        self.put_words()
        self.fit(self.sizes)

    def _tab(self, place: int, view: str) -> ActionButton:
        button = ActionButton(key=self._view_key if place == 0 else "", role="quiet", least_width_px=150, parent=self)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.show_view(view))
        self._side.insertWidget(place, button)
        return button

    def show_view(self, view: str) -> None:
        """Bring a view on the canvas."""
        self._view = view
        for name, button in self._tabs.items():
            button.setChecked(name == view)
            button.setVisible(len(self._tabs) > 1)
        if self._held is not None:
            self._show_shot(self._lights()[0] if self._lights() else None)

    def next_view(self) -> None:
        """Bring the next view on the canvas."""
        views = list(self._tabs)
        if self._view in views:
            self.show_view(views[(views.index(self._view) + 1) % len(views)])

    def next_light(self) -> None:
        """Show the held view under its next light."""
        lights = self._lights()
        if self._shot in lights:
            self._show_shot(lights[(lights.index(self._shot) + 1) % len(lights)])

    def offer_lesson(self, *, offered: bool) -> None:
        """Offer to teach what a person decided against the machine, or take the offer away."""
        self.lesson_button.setVisible(offered)
        self.lesson_button.setEnabled(offered)

    def toggle_heat(self) -> None:
        """Lay the map of scores over the judged frame, or take it away; it stays so for the cases that follow."""
        if self._view in self._maps:
            self.heat_button.click()

    def _put_heat(self) -> None:
        shot = self._maps.get(self._view) if self.heat_button.isChecked() and self._shot is not None else None
        heat = heat_image(shot.pixels) if shot is not None and shot.pixels is not None else None
        self.canvas.show_heat(heat)

    def show_live(self, frames: Mapping[str, Frame]) -> None:
        """Show the newest frame of the view, unless a judged case is held."""
        if self._held is not None:
            return
        frame = frames.get(self._view)
        if frame is None:
            self.canvas.show_nothing(translate("live", "No picture yet"))
        else:
            self.canvas.show_frame(frame)
        self._mark(frame)

    def hold(self, record: Record, first: Shot | None) -> None:
        """Hold a judged case, its most telling picture first."""
        found = shots(record)
        self._held, self._shots = record, [shot for shot in found if shot.kind == "frame"]
        self._maps = {shot.view: shot for shot in found if shot.kind == "map" and shot.pixels is not None}
        if first is not None and first.view in self._tabs:
            self._view = first.view
        self.show_view(self._view)
        if first in self._shots:
            self._show_shot(first)

    def release(self) -> None:
        """Go live again."""
        if self._held is None:
            return
        self._held, self._shots, self._shot, self._maps = None, [], None, {}
        self.canvas.show_nothing(translate("live", "No picture yet"))
        self.put_words()

    def show_smooth(self, shot: Shot, picture: Picture) -> None:
        """Show a shot's smooth picture, if the shot is still the one on the canvas."""
        if shot is self._shot and self._held is not None:
            self._draw(picture)

    def _lights(self) -> list[Shot]:
        return [shot for shot in self._shots if shot.view == self._view]

    def _show_shot(self, shot: Shot | None) -> None:
        self._shot = shot
        if shot is None:
            self.canvas.show_nothing(translate("live", "No picture of this view was kept"))
        elif shot.pixels is not None:
            image = zero_copy(shot.pixels)
            self._draw(Picture(image, image.size()))
        if shot is not None:
            self.wanted.emit(shot)
        self._put_heat()
        self.put_words()

    def _draw(self, picture: Picture) -> None:
        if self._held is None:
            return
        outlines = outlines_of(self._held.inspection, self._view)
        self.canvas.show_picture(picture, outlines, VERDICT_COLOURS[self._held.verdict])

    def _mark(self, frame: Frame | None = None) -> None:
        if self._held is not None:
            light = f" · {lighting_name(self._shot.light)}" if self._shot is not None and self._shot.light else ""
            words = translate("live", "JUDGED: {case} {verdict}").format(
                case=self._held.inspection.trigger.case_id, verdict=verdict_word(self._held.verdict)
            )
            self.canvas.set_mark(words + light, VERDICT_COLOURS[self._held.verdict])
        elif frame is None:
            self.canvas.set_mark(translate("live", "NO PICTURE"), MUTED)
        else:
            self._mark_live(frame)

    def _mark_live(self, frame: Frame) -> None:
        age_ns = time.monotonic_ns() - frame.taken_ns
        if age_ns < STILL_AFTER_NS:
            self.canvas.set_mark(translate("live", "LIVE"), ACCENT)
        else:
            words = translate("live", "STILL, {seconds} s old").format(seconds=age_ns // 1_000_000_000)
            self.canvas.set_mark(words, REVIEW_COLOUR)
