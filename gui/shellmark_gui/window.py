"""The window: which page is shown, what the keys do on it, and what the station is asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from shellmark_gui.bridge import Bridge
from shellmark_gui.calibrationwords import trouble_sentence
from shellmark_gui.cases import Case, Cases
from shellmark_gui.desks.decision_desk import DecisionDesk
from shellmark_gui.desks.engineer import Engineer
from shellmark_gui.desks.label_desk import LabelDesk
from shellmark_gui.desks.picture_desk import PictureDesk
from shellmark_gui.doors import StationDoor
from shellmark_gui.keys import Action, keys_with
from shellmark_gui.language import Language
from shellmark_gui.pages.choice_page import ChoicePage, Question
from shellmark_gui.pages.error_page import ErrorPage
from shellmark_gui.pages.operator_page import OperatorPage
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.record_page import RecordPage
from shellmark_gui.pages.region_page import RegionPage
from shellmark_gui.pages.station_page import StationPage
from shellmark_gui.pulse import Pulse
from shellmark_gui.questions import which_sku
from shellmark_gui.theme import Sizes, style_sheet
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.widgets.history import SHOWN, Thumbnail
from shellmark_gui.wording import line
from shellmark_inspect.loop.status import StationState, Status
from shellmark_inspect.types import Record

translate = QCoreApplication.translate
_log = logging.getLogger(__name__)

LIVE_MS = 33
STATUS_MS = 100
HOLD_S = 1.0
"""A verdict is shown at least so long; then the next open case takes it away."""

SAID_MS = 8000
LEAST_WINDOW = (960, 540)


def _nothing() -> None:
    """Nothing has to be done."""


class StationWindow(QWidget):
    """The station's screen. Close it to leave; the station itself is closed by whoever opened it."""

    def __init__(
        self,
        station: StationDoor,
        language: Language,
        keys: Mapping[str, str] | None = None,
        operator: str = "",
    ) -> None:
        super().__init__()
        self.setWindowTitle("shellmark")
        self.setMinimumSize(*LEAST_WINDOW)  # without it the layout would not let a large window become smaller
        self.language = language
        self.keys = keys_with(keys)
        self.bridge = Bridge(station, self)
        self.station = station
        self.cases = Cases(station.records())
        self.operator = operator
        self.pulse = Pulse(self)
        self._shown_at = 0.0
        self._ended = False
        self._after_sign_in: Callable[[], None] = self.home
        self._back: Callable[[], None] = self.home
        self.before_closing: Callable[[], None] = _nothing
        self._make_pages()
        self._make_keys()
        self._make_timers()
        self.bridge.recorded.connect(self._recorded)
        self._start()

    def _make_pages(self) -> None:
        self.station_page = StationPage(self.keys)
        self.record_page = RecordPage(self.keys)
        self.choice_page = ChoicePage(self.keys)
        self.operator_page = OperatorPage(self.keys)
        self.error_page = ErrorPage(self.keys)
        self.region_page = RegionPage(self.keys)
        self.engineer = Engineer(self, self.keys)
        self.pictures = PictureDesk(self, self.station_page, self.record_page, self._put_history)
        self.decisions = DecisionDesk(self, self.region_page, self.record_page, self._recorded)
        self.labels = LabelDesk(self, self.keys, self.station_page, self.record_page, self._put_history)
        self._stack = QStackedWidget(self)
        own = (self.station_page, self.record_page, self.choice_page, self.operator_page, self.error_page)
        for page in (*own, self.region_page, *self.labels.pages, *self.engineer.pages):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._connect_pages()

    def _connect_pages(self) -> None:
        self.station_page.pressed.connect(self._pressed)
        self.station_page.decided.connect(self.decisions.decide)
        self.station_page.history.chosen.connect(self._open_record)
        self.station_page.banner.wanted.connect(self._look_at_trouble)
        self.station_page.live.lesson.connect(lambda: self.decisions.teach(self.station_page.target))
        self.record_page.decided.connect(self.decisions.decide)
        self.record_page.lesson.connect(self.decisions.teach)
        self.record_page.stepped.connect(self._step)
        self.record_page.left.connect(self.home)
        self.choice_page.left.connect(self._go_back)
        self.operator_page.left.connect(self._go_back)
        self.operator_page.named.connect(self._signed_in)
        self.error_page.acknowledged.connect(self._acknowledge)
        self.error_page.language.connect(self._switch_language)

    def _make_keys(self) -> None:
        self._shortcuts: dict[Action, QShortcut] = {}
        for action, key in self.keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)  # a pedal held down is one trigger
            shortcut.activated.connect(partial(self._key, action))
            self._shortcuts[action] = shortcut

    def _make_timers(self) -> None:
        self._live_timer = QTimer(self)
        self._live_timer.setInterval(LIVE_MS)
        self._live_timer.timeout.connect(self._pull_live)
        self._status_timer = QTimer(self)
        self._status_timer.setInterval(STATUS_MS)
        self._status_timer.timeout.connect(self._pull_status)
        self._said_timer = QTimer(self)
        self._said_timer.setSingleShot(True)
        self._said_timer.setInterval(SAID_MS)
        self._said_timer.timeout.connect(self._pull_status)

    def _start(self) -> None:
        self._take_recipe()
        self.show_page(self.station_page)
        self._pull_status()
        for case in reversed(self.cases.newest()[:SHOWN]):
            self.pictures.want_thumbnail(case)
        self._put_history()
        self._live_timer.start()
        self._status_timer.start()

    # what the window shows

    @property
    def page(self) -> Page:
        """The page on the screen."""
        page = self._stack.currentWidget()
        if not isinstance(page, Page):
            raise TypeError(f"{page} is no page")
        return page

    def say(self, text: str) -> None:
        """Say one line for a while, on whatever page."""
        _log.info("said: %s", text)
        self.station_page.say(text)
        if self.page is not self.station_page:
            self.page.say(text)
        self._said_timer.start()

    def show_page(self, page: Page) -> None:
        """Bring a page on the screen, with the keys it takes."""
        self._stack.setCurrentWidget(page)
        for action, shortcut in self._shortcuts.items():
            everywhere = action in (Action.LANGUAGE, Action.FULL_SCREEN)
            shortcut.setEnabled(everywhere or page.takes(action))
        page.opened()

    def home(self) -> None:
        """Bring the station's page on the screen."""
        self._after_sign_in = self._back = self.home
        self.show_page(self.station_page)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Give every part the new scale."""
        super().resizeEvent(event)
        sizes = Sizes.of_window(self.width(), self.height())
        self.setStyleSheet(style_sheet(sizes))
        for part in self.findChildren(QWidget):
            if isinstance(part, (Fitted, ActionButton, Thumbnail)):
                part.fit(sizes)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 - Qt's name
        """Let go of the station."""
        before_closing, self.before_closing = self.before_closing, _nothing
        before_closing()
        self._live_timer.stop()
        self._status_timer.stop()
        self._said_timer.stop()
        self.pulse.stop()
        self.bridge.close()
        super().closeEvent(event)

    # what the station says

    def _pull_live(self) -> None:
        if self.page is self.station_page:
            self.station_page.live.show_live(self.station.live())

    def _pull_status(self) -> None:
        status = self.station.status()
        page = self.station_page
        held_long = time.monotonic() - self._shown_at > HOLD_S
        if page.verdict.record is not None and status.open_cases > 0 and held_long:
            page.show_waiting(busy=True)
        page.show_status(status)
        page.banner.show_troubles(self.station.clearance.troubles())
        if status.sku != self._sku:
            self._take_recipe()
        if not self._said_timer.isActive():
            page.say("   ".join(page.lamps.complaints()))
        self._say_the_end(status)
        self._stop_or_go_on(status)
        self.engineer.poll()
        self.labels.poll()

    def _say_the_end(self, status: Status) -> None:
        if status.ended and not self._ended:
            self.say(translate("window", "All cases of the source are through"))
        self._ended = status.ended

    def _stop_or_go_on(self, status: Status) -> None:
        stopped = status.state is StationState.ERROR
        if stopped:
            self.error_page.show_message(line(status.message))
        if stopped and self.page is not self.error_page:
            self.station_page.show_waiting(busy=False)
            self.show_page(self.error_page)
        elif not stopped and self.page is self.error_page:
            self.error_page.show_busy(False)
            self.home()

    def _take_recipe(self) -> None:
        recipe = self.station.recipe()
        self._sku = self.station.status().sku or recipe.sku
        self.station_page.live.set_views([view.name for view in recipe.views])
        self._put_names()

    def _put_names(self) -> None:
        names = {
            sku: (name_zh if self.language.code == "zh" and name_zh else name)
            for sku, name, name_zh in self.station.skus()
        }
        self.station_page.show_names(names.get(self._sku, self._sku), self.operator)

    def _recorded(self, record: Record) -> None:
        shown, opened = self._case_of(self.station_page.target), self._case_of(self.record_page.record)
        case = self.cases.add(record)
        if record.disposition is None:
            self._shown_at = time.monotonic()
            self.station_page.show_record(case.record)
        elif shown is case:
            self.station_page.show_decision(case.record)
        if opened is case:
            self.record_page.show_record(case.record)
            self.labels.opened()
        self._offer_lessons()
        if case.thumbnail is None:
            self.pictures.want_thumbnail(case)
        self._put_history()

    def _offer_lessons(self) -> None:
        """Offer to teach what a person decided against the machine, where that teaches something."""
        self.station_page.live.offer_lesson(offered=self.decisions.offers(self.station_page.target))
        self.record_page.offer_lesson(offered=self.decisions.offers(self.record_page.record))

    def _case_of(self, record: Record | None) -> Case | None:
        return self.cases.of(record) if record is not None else None

    def _put_history(self) -> None:
        last = self.cases.newest()[:SHOWN]
        self.station_page.history.show_cases([(case.record, case.thumbnail) for case in last])
        self.labels.put_history([case.record for case in last])

    # what a person does

    def _key(self, action: Action) -> None:
        if self.page.takes(action):
            self.page.act(action)
        elif action is Action.LANGUAGE:
            self._switch_language()
        elif action is Action.FULL_SCREEN:
            self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _pressed(self, action: Action) -> None:
        {
            Action.TRIGGER: self._trigger,
            Action.RUN: self._run_or_hold,
            Action.RECORDS: self._open_newest,
            Action.SKU: self._ask_sku,
            Action.OPERATOR: lambda: self.who(self.home),
            Action.MODELS: self.engineer.open,
            Action.CHECK: self.engineer.calibration.check.open,
            Action.LANGUAGE: self._switch_language,
        }[action]()

    def _trigger(self) -> None:
        self.station_page.show_waiting(busy=True)
        self.bridge.ask(self.station.trigger, lambda _record: None, self.say)

    def _run_or_hold(self) -> None:
        if self.station.status().state is StationState.CONTINUOUS_EXECUTION:
            self.station.hold()
        elif self.station.status().blocked:
            self._say_what_blocks()
        else:
            self.station_page.show_waiting(busy=False)
            self.station.run()

    def _say_what_blocks(self) -> None:
        blocking = [trouble_sentence(one) for one in self.station.clearance.troubles() if one.blocks]
        self.say(next(iter(blocking or map(line, self.station.status().blocked)), ""))

    def _look_at_trouble(self, lamp: str) -> None:
        calibration = self.engineer.calibration
        ways = {"check": calibration.check.open, "light": calibration.drift.open, "label": self.labels.open}
        ways.get(lamp, calibration.open)()

    def _open_newest(self) -> None:
        shown = self.station_page.target
        cases = self.cases.newest()
        if shown is not None:
            self._open_record(shown)
        elif cases:
            self._open_record(cases[0].record)
        else:
            self.say(translate("window", "There is no case yet"))

    def _open_record(self, record: Record | None) -> None:
        if record is not None:
            self.record_page.show_record(record)
            self.labels.opened()
            self._offer_lessons()
            self.show_page(self.record_page)

    def _step(self, older: int) -> None:
        if self.record_page.record is not None:
            self.record_page.show_record(self.cases.beside(self.record_page.record, older))
            self.labels.opened()
            self._offer_lessons()

    def _switch_language(self) -> None:
        self.language.use(self.language.other())
        self._put_names()

    def _acknowledge(self) -> None:
        self.error_page.show_busy(True)
        self.bridge.ask(self.station.acknowledge, lambda _: self._pull_status(), self._not_acknowledged)

    def _not_acknowledged(self, why: str) -> None:
        self.error_page.show_busy(False)
        self.error_page.show_message(why)

    def ask(self, question: Question, back: Callable[[], None] | None = None) -> None:
        """Ask a question; `back` is where to go when nobody chooses, None: home."""
        self._back = back or self.home
        self.choice_page.ask(question)
        self.show_page(self.choice_page)

    def who(self, then: Callable[[], None], back: Callable[[], None] | None = None) -> None:
        """Ask who works here, then go on; `back` is where to go when nobody says, None: home."""
        self._after_sign_in, self._back = then, back or self.home
        self.show_page(self.operator_page)

    def _go_back(self) -> None:
        back, self._back = self._back, self.home
        back()

    def _ask_sku(self) -> None:
        chinese = self.language.code == "zh"
        self.ask(which_sku(self.station.skus(), self._sku, chinese=chinese, then=self._select))

    def _select(self, sku: str) -> None:
        self.home()
        self.say(translate("window", "Changing over to {sku}...").format(sku=sku))
        self.bridge.ask(partial(self.station.select, sku), lambda _: self._selected(sku), self.say)

    def _selected(self, sku: str) -> None:
        self.station_page.show_waiting(busy=False)
        self._take_recipe()
        self.say(translate("window", "Changed over to {sku}").format(sku=sku))

    def _signed_in(self, name: str) -> None:
        self.operator = name
        self._put_names()
        again, self._after_sign_in = self._after_sign_in, self.home
        again()
