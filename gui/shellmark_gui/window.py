"""The window: which page is shown, what the keys do on it, and what the station is asked."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial

from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from shellmark_gui.bridge import Bridge, StationDoor
from shellmark_gui.cases import Case, Cases
from shellmark_gui.decisions import ASK, decision
from shellmark_gui.keys import Action, keys_with
from shellmark_gui.language import Language
from shellmark_gui.pages.choice_page import ChoicePage, Question
from shellmark_gui.pages.error_page import ErrorPage
from shellmark_gui.pages.operator_page import OperatorPage
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.record_page import RecordPage
from shellmark_gui.pages.station_page import StationPage
from shellmark_gui.pictures import HELD_PX, THUMBNAIL_PX, Picture, Shot, best_shot, load
from shellmark_gui.pulse import Pulse
from shellmark_gui.questions import which_disposition, which_sku, why
from shellmark_gui.theme import Sizes, style_sheet
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.widgets.history import SHOWN, Thumbnail
from shellmark_inspect.loop.status import StationState, Status
from shellmark_inspect.types import Disposition, Record

translate = QCoreApplication.translate
_log = logging.getLogger(__name__)

LIVE_MS = 33
STATUS_MS = 100
HOLD_S = 1.0
"""A verdict is shown at least so long; then the next open case takes it away."""

SAID_MS = 8000
PENDING_THUMBNAILS = 6
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
        self._thumbnails: deque[Future[Picture]] = deque()
        self._smooth: Future[Picture] | None = None
        self._after_sign_in: Callable[[], None] = self._home
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
        self._stack = QStackedWidget(self)
        for page in (
            self.station_page,
            self.record_page,
            self.choice_page,
            self.operator_page,
            self.error_page,
        ):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._connect_pages()

    def _connect_pages(self) -> None:
        self.station_page.pressed.connect(self._pressed)
        self.station_page.decided.connect(self._decided)
        self.station_page.history.chosen.connect(self._open_record)
        self.station_page.live.wanted.connect(self._want_smooth)
        self.record_page.decided.connect(self._decided)
        self.record_page.wanted.connect(self._want_picture)
        self.record_page.stepped.connect(self._step)
        self.record_page.left.connect(self._home)
        self.choice_page.left.connect(self._home)
        self.operator_page.left.connect(self._home)
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
        self._show(self.station_page)
        self._pull_status()
        for case in reversed(self.cases.newest()[:SHOWN]):
            self._want_thumbnail(case)
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
        """Say one line for a while."""
        _log.info("said: %s", text)
        self.station_page.say(text)
        self._said_timer.start()

    def _show(self, page: Page) -> None:
        self._stack.setCurrentWidget(page)
        for action, shortcut in self._shortcuts.items():
            everywhere = action in (Action.LANGUAGE, Action.FULL_SCREEN)
            shortcut.setEnabled(everywhere or page.takes(action))
        page.opened()

    def _home(self) -> None:
        self._after_sign_in = self._home
        self._show(self.station_page)

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
        if status.sku != self._sku:
            self._take_recipe()
        if not self._said_timer.isActive():
            page.say("   ".join(page.lamps.complaints()))
        self._say_the_end(status)
        self._stop_or_go_on(status)

    def _say_the_end(self, status: Status) -> None:
        if status.ended and not self._ended:
            self.say(translate("window", "All cases of the source are through"))
        self._ended = status.ended

    def _stop_or_go_on(self, status: Status) -> None:
        stopped = status.state is StationState.ERROR
        if stopped:
            self.error_page.show_message(status.message)
        if stopped and self.page is not self.error_page:
            self.station_page.show_waiting(busy=False)
            self._show(self.error_page)
        elif not stopped and self.page is self.error_page:
            self.error_page.show_busy(False)
            self._home()

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
        if case.thumbnail is None:
            self._want_thumbnail(case)
        self._put_history()

    def _case_of(self, record: Record | None) -> Case | None:
        return self.cases.of(record) if record is not None else None

    def _put_history(self) -> None:
        self.station_page.history.show_cases([(case.record, case.thumbnail) for case in self.cases.newest()[:SHOWN]])

    # pictures, from the bridge's thread

    def _want_thumbnail(self, case: Case) -> None:
        shot = best_shot(case.record)
        if shot is None:
            return
        while len(self._thumbnails) >= PENDING_THUMBNAILS:
            self._thumbnails.popleft().cancel()
        work = partial(load, shot, THUMBNAIL_PX, self.station.picture)
        self._thumbnails.append(self.bridge.fetch(work, partial(self._got_thumbnail, case)))

    def _got_thumbnail(self, case: Case, picture: Picture) -> None:
        case.thumbnail = picture.image
        self._put_history()

    def _want_smooth(self, shot: Shot) -> None:
        if self._smooth is not None:
            self._smooth.cancel()
        work = partial(load, shot, HELD_PX, self.station.picture)
        self._smooth = self.bridge.fetch(work, partial(self.station_page.live.show_smooth, shot))

    def _want_picture(self, shot: Shot) -> None:
        work = partial(load, shot, HELD_PX, self.station.picture)
        done = partial(self.record_page.show_picture, shot)
        self.bridge.fetch(work, done, partial(self.record_page.show_missing, shot))

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
            Action.OPERATOR: lambda: self._show(self.operator_page),
            Action.LANGUAGE: self._switch_language,
        }[action]()

    def _trigger(self) -> None:
        self.station_page.show_waiting(busy=True)
        self.bridge.ask(self.station.trigger, lambda _record: None, self.say)

    def _run_or_hold(self) -> None:
        if self.station.status().state is StationState.CONTINUOUS_EXECUTION:
            self.station.hold()
        else:
            self.station_page.show_waiting(busy=False)
            self.station.run()

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
            self._show(self.record_page)

    def _step(self, older: int) -> None:
        if self.record_page.record is not None:
            self.record_page.show_record(self.cases.beside(self.record_page.record, older))

    def _switch_language(self) -> None:
        self.language.use(self.language.other())
        self._put_names()

    def _acknowledge(self) -> None:
        self.error_page.show_busy(True)
        self.bridge.ask(self.station.acknowledge, lambda _: self._pull_status(), self._not_acknowledged)

    def _not_acknowledged(self, why: str) -> None:
        self.error_page.show_busy(False)
        self.error_page.show_message(why)

    def _ask(self, question: Question) -> None:
        self.choice_page.ask(question)
        self._show(self.choice_page)

    def _ask_sku(self) -> None:
        chinese = self.language.code == "zh"
        self._ask(which_sku(self.station.skus(), self._sku, chinese=chinese, then=self._select))

    def _select(self, sku: str) -> None:
        self._home()
        self.say(translate("window", "Changing over to {sku}...").format(sku=sku))
        self.bridge.ask(partial(self.station.select, sku), lambda _: self._selected(sku), self.say)

    def _selected(self, sku: str) -> None:
        self.station_page.show_waiting(busy=False)
        self._take_recipe()
        self.say(translate("window", "Changed over to {sku}").format(sku=sku))

    def _signed_in(self, name: str) -> None:
        self.operator = name
        self._put_names()
        again, self._after_sign_in = self._after_sign_in, self._home
        again()

    # deciding about a case

    def _decided(self, action: Action, record: Record) -> None:
        if not self.operator:
            self._after_sign_in = partial(self._decided_by_name, action, record)
            self._show(self.operator_page)
            return
        means = decision(action, record.verdict)
        if means is None:
            self._ask(which_disposition(record, partial(self._ask_why, record)))
        elif means[1] == ASK:
            self._ask_why(record, means[0])
        else:
            self._overrule(record, *means)

    def _decided_by_name(self, action: Action, record: Record) -> None:
        self._home()
        self._decided(action, record)

    def _ask_why(self, record: Record, disposition: Disposition) -> None:
        self._ask(why(record, disposition, partial(self._overrule, record, disposition)))

    def _overrule(self, record: Record, disposition: Disposition, reason_code: str) -> None:
        if self.page is not self.record_page:
            self._home()
        request = partial(
            self.station.overrule, record.row, disposition, operator=self.operator, reason_code=reason_code
        )
        self.bridge.ask(request, self._recorded, self.say)
