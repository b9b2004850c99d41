"""Teaching: which goods, how it goes on, and what it says of them. What comes out is a candidate, never in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from shellmark_gui.goods import remark_words, tiles_of
from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.tiles import PictureTiles
from shellmark_gui.workwords import bound_sentence, family_name, stage_name, time_left
from shellmark_inspect.station.workshop import ModelVersion, TeachRequest
from shellmark_inspect.teaching.report import GoodsReport

translate = QCoreApplication.translate
START, CANCEL, AGAIN, GATE, ANEW = "start", "cancel", "again", "gate", "anew"
REMARKS = 3


@dataclass(slots=True)
class Wishes:
    """What a person has set so far."""

    goods: Path | None = None
    labelled: Path | None = None
    family: str | None = None
    goes_on: bool = False
    corrections: bool = False
    without: tuple[str, ...] = ()


class TeachPage(WorkPage):
    """Three states: what to teach, teaching, what came of it.

    `folder` asks for a folder ("goods" or "labelled"), `started` carries a `TeachRequest`, `cancelled` stops it,
    `wanted` the case whose picture is due, `gated` the new version that is to go through the gate.
    """

    works = (START, CANCEL, AGAIN, GATE, ANEW)
    folder = pyqtSignal(str)
    started = pyqtSignal(object)
    cancelled = pyqtSignal()
    wanted = pyqtSignal(str)
    gated = pyqtSignal(str)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.wishes = Wishes()
        self.families: tuple[str, ...] = ()
        self.active: ModelVersion | None = None
        self.report: GoodsReport | None = None
        self.version: ModelVersion | None = None
        self.running = self._cancelling = False
        self._stage, self._fraction, self._elapsed_s = "", 0.0, 0.0
        self.choices = {
            name: ActionButton(role="quiet", parent=self) for name in ("goods", "labelled", "family", "on", "queue")
        }
        self.captions = {name: QLabel(self) for name in self.choices}
        self.stage, self.left_words, self.summary = QLabel(self), QLabel(self), QLabel(self)
        self.bar = QProgressBar(self)
        self.remarks = [QLabel(self) for _ in range(REMARKS)]
        self.tiles = PictureTiles(checkable=True, parent=self)
        self._connect()
        self._lay_out()
        self.put_words()

    def _connect(self) -> None:
        self.choices["goods"].clicked.connect(lambda: self.folder.emit("goods"))
        self.choices["labelled"].clicked.connect(self._labelled)
        self.choices["family"].clicked.connect(self._next_family)
        self.choices["on"].clicked.connect(lambda: self._turn("goes_on"))
        self.choices["queue"].clicked.connect(lambda: self._turn("corrections"))
        self.tiles.wanted.connect(self.wanted)
        self.tiles.checked.connect(self._enable)
        self.pressed.connect(self._press)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        for card in (self._setting(), self._going(), self._done()):
            self._stack.addWidget(card)
        self.frame(self._stack)

    def _setting(self) -> QWidget:
        card = QWidget(self)
        self._grid = QGridLayout(card)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for row, (name, button) in enumerate(self.choices.items()):
            set_role(self.captions[name], "about")
            self._grid.addWidget(self.captions[name], row, 0)
            self._grid.addWidget(button, row, 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 2)
        self._grid.setRowStretch(len(self.choices), 1)
        return card

    def _going(self) -> QWidget:
        card = QWidget(self)
        column = QVBoxLayout(card)
        set_role(self.stage, "title")
        set_role(self.left_words, "about")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        column.addStretch(1)
        for part in (self.stage, self.bar, self.left_words):
            column.addWidget(part)
        column.addStretch(2)
        self._column = column
        return card

    def _done(self) -> QWidget:
        card = QWidget(self)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        set_role(self.summary, "about")
        self.summary.setWordWrap(True)
        column.addWidget(self.summary)
        for label in self.remarks:
            set_role(label, "muted")
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self.tiles, 1)
        return card

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._grid.setVerticalSpacing(sizes.px(24))
        self._grid.setHorizontalSpacing(sizes.px(24))
        self._column.setSpacing(sizes.px(32))
        self.bar.setFixedHeight(sizes.px(48))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            START: translate("teach", "Start"),
            CANCEL: translate("teach", "Cancel"),
            AGAIN: translate("teach", "Leave out {count}, teach again").format(count=len(self.tiles.chosen)),
            GATE: translate("teach", "To the gate"),
            ANEW: translate("teach", "Teach others"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("teach", "Teach from good shells"))
        self.about.setText(translate("teach", "A candidate comes of it; nothing uses it before the gate"))
        self._put_choices()
        self._put_progress()
        self._put_report()
        self._enable()

    def show_folder(self, which: str, path: Path) -> None:
        """Take a folder that was chosen."""
        if which == "goods":
            self.wishes.goods, self.wishes.without = path, ()
        else:
            self.wishes.labelled = path
        self.put_words()

    def show_models(self, families: tuple[str, ...], active: ModelVersion | None) -> None:
        """Take the families there are, and the version that judges now."""
        self.families, self.active = families, active
        self.put_words()

    def show_progress(self, stage: str, fraction: float, elapsed_s: float) -> None:
        """Say how far it is."""
        self.running = True
        self._stage, self._fraction, self._elapsed_s = stage, fraction, elapsed_s
        self._stack.setCurrentIndex(1)
        self._put_progress()
        self._enable()

    def show_cancelling(self) -> None:
        """Say that it is being stopped."""
        self._cancelling = True
        self._put_progress()
        self._enable()

    def show_result(self, version: ModelVersion | None, report: GoodsReport | None, fault: str = "") -> None:
        """Show what came of it: a candidate or a fault, and what is to be said of the goods."""
        self.running = self._cancelling = False
        self.version, self.report = version, report
        self._stack.setCurrentIndex(2 if version is not None or report is not None else 0)
        self.say(fault)
        self.put_words()

    def show_setting(self) -> None:
        """Back to what to teach."""
        self._stack.setCurrentIndex(0)
        self.say("")
        self._enable()

    def forget(self) -> None:
        """Forget every wish and what came of them: another SKU has other goods."""
        self.wishes, self.version, self.report = Wishes(), None, None
        self._stack.setCurrentIndex(0)
        self.say("")
        self.put_words()

    def request(self) -> TeachRequest:
        """What the station is asked for."""
        one = self.wishes
        base = self.active.version if one.goes_on and self.active is not None else None
        return TeachRequest(one.goods, one.family, base, one.labelled, one.corrections, one.without)

    def _press(self, name: str) -> None:
        if name == START:
            self.started.emit(self.request())
        elif name == CANCEL:
            self.cancelled.emit()
        elif name == AGAIN:
            self.wishes.without = tuple(sorted({*self.wishes.without, *self.tiles.chosen}))
            self.started.emit(self.request())
        elif name == GATE and self.version is not None:
            self.gated.emit(self.version.version)
        elif name == ANEW:
            self.wishes.without = ()
            self.show_setting()

    def _labelled(self) -> None:
        if self.wishes.labelled is None:
            self.folder.emit("labelled")
        else:
            self.wishes.labelled = None
            self.put_words()

    def _next_family(self) -> None:
        order = (None, *self.families)
        at = order.index(self.wishes.family) if self.wishes.family in order else 0
        self.wishes.family = order[(at + 1) % len(order)]
        self.put_words()

    def _turn(self, wish: str) -> None:
        setattr(self.wishes, wish, not getattr(self.wishes, wish))
        self.put_words()

    def _put_choices(self) -> None:
        one, active = self.wishes, self.active
        captions = {
            "goods": translate("teach", "Folder of good shells"),
            "labelled": translate("teach", "Folder of named defects (not needed)"),
            "family": translate("teach", "Kind of model"),
            "on": translate("teach", "Begin from"),
            "queue": translate("teach", "Corrections people queued"),
        }
        own = active.version if active is not None else "-"
        values = {
            "goods": _path(one.goods) or translate("teach", "choose..."),
            "labelled": _path(one.labelled) or translate("teach", "none"),
            "family": family_name(one.family) if one.family else translate("teach", "as the recipe wants"),
            "on": translate("teach", "version {version}, and learn further").format(version=own)
            if one.goes_on
            else translate("teach", "nothing: learn anew"),
            "queue": translate("teach", "learn them, too")
            if one.corrections
            else translate("teach", "leave them queued"),
        }
        for name, button in self.choices.items():
            self.captions[name].setText(captions[name])
            button.setText(values[name])

    def _put_progress(self) -> None:
        words = translate("teach", "Cancelling...") if self._cancelling else stage_name(self._stage)
        self.stage.setText(words)
        self.bar.setValue(round(1000 * self._fraction))
        gone = translate("teach", "{seconds} s so far").format(seconds=round(self._elapsed_s))
        left = "" if self._cancelling else time_left(self._fraction, self._elapsed_s)
        self.left_words.setText("   ".join(part for part in (f"{self._fraction:.0%}", gone, left) if part))

    def _put_report(self) -> None:
        one, report = self.version, self.report
        said = []
        if one is not None:
            words = translate("teach", "Version {version} is taught, a candidate: {promise}")
            promise = bound_sentence(one.false_reject_bound, one.goods)
            said.append(words.format(version=one.version, promise=promise))
        if self.wishes.without:
            said.append(translate("teach", "{count} left out").format(count=len(self.wishes.without)))
        self.summary.setText("   ".join(said))
        remarks = report.remarks if report is not None else ()
        for place, label in enumerate(self.remarks):
            label.setText(remark_words(remarks[place]) if place < len(remarks) else "")
            label.setVisible(place < len(remarks))
        self.tiles.show_tiles(
            tiles_of(report) if report is not None else [],
            translate("teach", "Nothing is known of the goods") if self.version is not None else "",
        )
        self.tiles.put_words()

    def _enable(self) -> None:
        state = self._stack.currentIndex()
        self.put_word(AGAIN)
        shown = {START: state == 0, CANCEL: state == 1, AGAIN: state == 2, GATE: state == 2, ANEW: state == 2}
        enabled = {
            START: self.wishes.goods is not None or self.wishes.corrections,
            CANCEL: not self._cancelling,
            AGAIN: bool(self.tiles.chosen),
            GATE: self.version is not None,
            ANEW: True,
        }
        for name, button in self.work_buttons.items():
            button.setVisible(shown[name])
            button.setEnabled(enabled[name])
        self.choices["on"].setEnabled(self.active is not None)


def _path(path: Path | None, most: int = 60) -> str:
    """A path as it fits a button: its end."""
    text = str(path) if path is not None else ""
    return text if len(text) <= most else f"…{text[-most:]}"
