"""One case opened: all its pictures, all its reasons, what judged it, and the keys that decide about it."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shellmark_gui.decisions import decision
from shellmark_gui.keys import Action
from shellmark_gui.pages.page import Page
from shellmark_gui.pictures import Picture, Shot, best_shot, shots
from shellmark_gui.shapes import VERDICT_COLOURS, Shape
from shellmark_gui.theme import FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.canvas import Canvas, outlines_of
from shellmark_gui.widgets.code_panel import CodePanel
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.reason_card import ReasonCard, defect_of, reasons_of
from shellmark_gui.widgets.verdict_panel import VerdictPanel
from shellmark_gui.wording import action_word, label_name, lighting_name, zone_name
from shellmark_inspect.types import Record

translate = QCoreApplication.translate
CARDS = 4
DECIDING = (Action.OK, Action.NG, Action.FALSE_ALARM, Action.MORE)


class RecordPage(Page):
    """A record.

    `wanted` asks for a shot's picture, `heat_wanted` for a map of scores, `decided` carries (action, record), `lesson`
    the record that is to be taught, `stepped` how many cases older.
    """

    wanted = pyqtSignal(object)
    heat_wanted = pyqtSignal(object)
    lesson = pyqtSignal(object)
    decided = pyqtSignal(object, object)
    stepped = pyqtSignal(int)
    left = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.record: Record | None = None
        self.canvas, self.verdict, self.code = Canvas(self), VerdictPanel(self), CodePanel(self)
        self.cards = [ReasonCard(self) for _ in range(CARDS)]
        self.facts, self.fate = QLabel(self), QLabel(self)
        self.further = ActionButton(role="quiet", parent=self)
        self._shots: list[Shot] = []
        self._maps: dict[str, Shot] = {}
        self._at = self._first = 0
        self._make_buttons()
        self._lay_out()
        self.put_words()

    def _make_buttons(self) -> None:
        marks = {
            Action.OK: (Shape.CIRCLE, PASS_COLOUR),
            Action.NG: (Shape.CROSS, FAIL_COLOUR),
            Action.FALSE_ALARM: (Shape.TRIANGLE, REVIEW_COLOUR),
        }
        for action in (Action.BACK, Action.NEWER, Action.OLDER, Action.NEXT_VIEW, *DECIDING):
            shape, colour = marks.get(action, (None, PASS_COLOUR))
            self.buttons[action] = ActionButton(
                key=self.keys[action], role="decide", shape=shape, colour=colour, parent=self
            )
        self.buttons[Action.BACK].clicked.connect(self.left)
        self.buttons[Action.NEWER].clicked.connect(lambda: self.stepped.emit(-1))
        self.buttons[Action.OLDER].clicked.connect(lambda: self.stepped.emit(1))
        self.buttons[Action.NEXT_VIEW].clicked.connect(self._next_shot)
        for action in (Action.HEAT, Action.LESSON):
            self.buttons[action] = ActionButton(key=self.keys[action], role="quiet", parent=self)
        self.buttons[Action.HEAT].setCheckable(True)
        self.buttons[Action.HEAT].clicked.connect(self._want_heat)
        self.buttons[Action.LESSON].clicked.connect(lambda: self.lesson.emit(self.record))
        self.further.clicked.connect(self._turn)
        for action in DECIDING:
            self.buttons[action].clicked.connect(lambda _=False, what=action: self._decide(what))

    def _lay_out(self) -> None:
        page = QVBoxLayout(self)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.canvas, 1)
        self._column = QVBoxLayout()
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.code, 1)
        set_role(self.fate, "about")
        self.fate.hide()
        self._column.addWidget(self.fate)
        for card in self.cards:
            self._column.addWidget(card, 1)
        self._column.addWidget(self.further)
        self._tools = QHBoxLayout()
        for action in (Action.HEAT, Action.LESSON):
            self._tools.addWidget(self.buttons[action], 1)
        self._column.addLayout(self._tools)
        set_role(self.facts, "muted")
        self.facts.setWordWrap(True)
        self._column.addWidget(self.facts)
        self._middle.addLayout(self._column)
        page.addLayout(self._middle, 1)
        self._foot = QHBoxLayout()
        for action, button in self.buttons.items():
            if action not in (Action.HEAT, Action.LESSON):
                self._foot.addWidget(button, 1)
        page.addLayout(self._foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self.layout(), sizes, 20, 20)
        self._middle.setSpacing(sizes.px(24))
        self._foot.setSpacing(sizes.px(24))
        self._tools.setSpacing(sizes.px(24))
        self._column.setSpacing(sizes.px(12))
        self.verdict.setFixedSize(sizes.px(700), sizes.px(200))
        for part in (*self.cards, self.code, self.facts):
            part.setFixedWidth(sizes.px(700))

    def put_words(self) -> None:
        """Put the words again."""
        for action, button in self.buttons.items():
            button.setText(action_word(action))
        if self.record is not None:
            self._put_reasons()
            self._put_facts(self.record)
            self._put_mark()

    def show_record(self, record: Record) -> None:
        """Open a record at its most telling picture, or stay where it is open."""
        same = self.record is not None and self.record.row == record.row
        found = shots(record)
        self.record, self._shots = record, [shot for shot in found if shot.kind != "map"]
        self._maps = {shot.view: shot for shot in found if shot.kind == "map"}
        if not same:
            best = best_shot(record)
            self._at, self._first = (self._shots.index(best) if best in self._shots else 0), 0
        self._at = min(self._at, max(len(self._shots) - 1, 0))
        self.verdict.show_record(record)
        self.code.show_code(record.code)
        self.fate.hide()
        self.put_words()
        self._show_shot()
        for action in DECIDING:
            means = action is Action.MORE or decision(action, record.verdict) is not None
            self.buttons[action].setEnabled(means)
        self.buttons[Action.NEXT_VIEW].setEnabled(len(self._shots) > 1)
        self.buttons[Action.HEAT].setEnabled(bool(self._maps))

    def show_standing(self, words: str, colour: str) -> None:
        """Say where the case's code stands; a void one has no symbol."""
        self.code.show_standing(words, colour)
        self.fate.setText(translate("record", "Label: {standing}").format(standing=words))
        self.fate.setVisible(bool(words) and self.code.code is None)

    def offer_lesson(self, *, offered: bool) -> None:
        """Offer to teach what a person decided against the machine, or take the offer away."""
        self.buttons[Action.LESSON].setEnabled(offered)

    def show_heat(self, shot: Shot, heat: QImage) -> None:
        """Take the map of scores that was asked for."""
        if self._shots and self._maps.get(self._shots[self._at].view) is shot and self.buttons[Action.HEAT].isChecked():
            self.canvas.show_heat(heat)

    def show_picture(self, shot: Shot, picture: Picture) -> None:
        """Take a picture that was asked for: on the canvas, or into the card of its defect."""
        if self.record is None or shot not in self._shots:
            return
        if shot.defect is not None:
            self._fill_card(shot, picture)
        if shot is self._shots[self._at]:
            self._draw(shot, picture)

    def show_missing(self, shot: Shot, why: str) -> None:
        """Say that a picture could not be had, and why."""
        if self._shots and shot is self._shots[self._at]:
            self.canvas.show_nothing(why)

    def _draw(self, shot: Shot, picture: Picture) -> None:
        if self.record is None:
            return
        outlines = outlines_of(self.record.inspection, shot.view) if shot.kind == "frame" else ()
        self.canvas.show_picture(picture, outlines, VERDICT_COLOURS[self.record.verdict])
        self._want_heat()

    def _want_heat(self) -> None:
        """Ask for the map of the frame on the canvas, or take it away."""
        shot = self._shots[self._at] if self._shots else None
        laid = shot is not None and shot.kind == "frame" and self.buttons[Action.HEAT].isChecked()
        one = self._maps.get(shot.view) if shot is not None and laid else None
        if one is None:
            self.canvas.show_heat(None)
        else:
            self.heat_wanted.emit(one)

    def _fill_card(self, shot: Shot, picture: Picture) -> None:
        for card in self.cards:
            if self.record is None or card.reason is None or card.reason.defect != shot.defect:
                continue
            defect = defect_of(self.record, card.reason)
            if defect is not None and defect.crop is None:
                share = picture.image.width() / max(1, picture.source.width())
                card.show_crop(picture.image, defect.crop_px_per_mm * share)

    def _show_shot(self) -> None:
        self._put_mark()
        if self._shots:
            self.canvas.show_nothing(translate("record", "Loading..."))
            self.wanted.emit(self._shots[self._at])
        else:
            self.canvas.show_nothing(translate("record", "No picture of this case was kept"))

    def _next_shot(self) -> None:
        if self._shots:
            self._at = (self._at + 1) % len(self._shots)
            self._show_shot()

    def _turn(self) -> None:
        count = len(self.record.inspection.reasons) if self.record is not None else 0
        self._first = self._first + CARDS if self._first + CARDS < count else 0
        self.put_words()

    def _put_reasons(self) -> None:
        if self.record is None:
            return
        reasons = reasons_of(self.record)
        room = CARDS - 2 if self.record.code is not None else CARDS
        for place, card in enumerate(self.cards):
            at = self._first + place
            reason = reasons[at] if place < room and at < len(reasons) else None
            defect = defect_of(self.record, reason) if reason else None
            card.show_reason(reason, defect)
            card.setVisible(place < room)
            if reason is not None and defect is not None and defect.crop is None:
                for shot in self._shots:
                    if shot.kind == "crop" and shot.defect == reason.defect:
                        self.wanted.emit(shot)
        pages = -(-len(reasons) // CARDS)
        self.further.setVisible(pages > 1)
        words = translate("record", "Further reasons ({page} of {pages})")
        self.further.setText(words.format(page=self._first // CARDS + 1, pages=pages))

    def _put_facts(self, record: Record) -> None:
        inspection, versions = record.inspection, record.inspection.versions
        words = translate(
            "record", "{time}   SKU {sku}   record {row}\nmodel {model}   recipe {recipe}   program {program}"
        )
        self.facts.setText(
            words.format(
                time=record.recorded_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
                sku=inspection.sku,
                row=record.row,
                model=versions.model or "-",
                recipe=versions.recipe,
                program=versions.program,
            )
        )

    def _put_mark(self) -> None:
        if not self._shots:
            self.canvas.set_mark("", MUTED)
            return
        shot = self._shots[self._at]
        kinds = {
            "frame": translate("record", "frame"),
            "crop": translate("record", "crop"),
        }
        what = [
            f"{self._at + 1}/{len(self._shots)}",
            kinds.get(shot.kind, shot.kind),
            zone_name(shot.view),
            lighting_name(shot.light),
        ]
        if shot.defect is not None and self.record and shot.defect < len(self.record.inspection.defects):
            what.append(label_name(self.record.inspection.defects[shot.defect].label))
        self.canvas.set_mark(" · ".join(part for part in what if part), MUTED)

    def _decide(self, action: Action) -> None:
        if self.record is not None:
            self.decided.emit(action, self.record)
