"""Labels: the station's panel and the label's page follow the labeller; what people say and decide goes to it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.cases import Cases
from shellmark_gui.desks.count_desk import CountDesk
from shellmark_gui.desks.label_pictures import LabelPictures
from shellmark_gui.desks.person_desk import PersonDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.doors import LabelDoor
from shellmark_gui.keys import Action
from shellmark_gui.labelquestions import (
    labels_on_roll,
    order_batch,
    order_number,
    order_pieces,
    roll_name,
    which_case,
    why_anew,
)
from shellmark_gui.labelwords import (
    LabelKeys,
    LabelLook,
    active_look,
    has_other,
    label_look,
    order_look,
    standing_word,
)
from shellmark_gui.pages.entry_page import EntryPage
from shellmark_gui.pages.label_page import DONE, NONE, ORDER, RECONCILE, RELABEL, ROLL, SUPERVISE, Labelled, LabelPage
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.record_page import RecordPage
from shellmark_gui.pages.station_page import StationPage
from shellmark_inspect.labelling import Labelling, LabelState
from shellmark_inspect.types import Record
from shellmark_trace import States, Suspicion

translate = QCoreApplication.translate
_log = logging.getLogger(__name__)
_S = LabelState

REST_S = 0.7
"""A confirming key rests so long after it came to mean another thing: the press before was for that."""

ACTIVE_S = 2.5
"""A proven label is shown so long, unless somebody has to act."""

OFFERED = 12
"""Labelled cases offered for another label: one page of buttons."""

_ON_WAY = (_S.STICK, _S.READING, _S.STRIP)
"""The states in which a printed label is at hand: it was seen here, so its end is told here."""

REMEMBERED = 200
"""Codes whose standing is remembered, the last ones."""

Standing = tuple[States, Suspicion]
T = TypeVar("T")


class LabelDesk:
    """What the keys and pages for labels do. `changed` is called when it is known anew where a code stands."""

    def __init__(
        self,
        screen: Screen,
        keys: Mapping[Action, str],
        station_page: StationPage,
        record_page: RecordPage,
        changed: Callable[[], None],
    ) -> None:
        self._screen, self._changed = screen, changed
        self._station_page, self._record_page = station_page, record_page
        self.page, self.entry_page = LabelPage(keys), EntryPage(keys)
        self._persons = PersonDesk(screen, self.entry_page)
        self.count = CountDesk(screen, keys, self._persons, self.open)
        self.standings: dict[str, Standing] = {}
        self._serials: dict[str, str] = {}
        self._on_way: set[str] = set()
        self._keys = LabelKeys(keys[Action.LABEL_DONE], keys[Action.LABEL_NONE], keys[Action.LABELS])
        self._pictures = LabelPictures(screen, self.page)
        self._now = Labelling(_S.IDLE)
        self._since: datetime | None = None
        self._rests_until_s = 0.0
        self._active, self._active_until_s = "", 0.0
        self.page.left.connect(screen.home)
        self.page.pressed.connect(self._pressed)
        station_page.label.pressed.connect(self.act)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages, for the window's stack."""
        return (self.page, self.entry_page, self.count.page)

    @property
    def door(self) -> LabelDoor:
        """The labels of the station."""
        return self._screen.station.labels

    @property
    def is_there(self) -> bool:
        """Whether the station prints labels."""
        return self.door.status() is not None

    def open(self) -> None:
        """Show the label's page."""
        if self.is_there:
            self.page.say("")
            self._screen.show_page(self.page)
            self.poll()
            for case in self._screen.cases.newest():  # which of them could be labelled anew
                self.look_up(self.serial_of(case.record))

    def act(self, action: Action) -> None:
        """Do what a key for labels says."""
        if action is Action.LABELS:
            self.open()
        else:
            self._pressed(DONE if action is Action.LABEL_DONE else NONE)

    def poll(self) -> None:
        """Bring panel and page up to date; called a few times a second."""
        door, at_s = self.door, time.monotonic()
        if (now := door.status()) is None:
            return
        self._follow(now, at_s)
        look, rested = self._look(at_s), at_s >= self._rests_until_s
        self._station_page.show_label(look, now, rested=rested)
        if self._screen.page is self.page:
            sight = door.sight()
            shown = Labelled(now, sight, look, door.settings.attempts, door.order())
            self.page.show_labelling(shown, rested=rested)
            self._pictures.show(sight)

    # ── what the labeller does ──────────────────────────────────────────────────────────────────────────────────

    def _follow(self, now: Labelling, at_s: float) -> None:
        """Notice what is new: another thing to do, a printer that went away, a code that is done with."""
        before, self._now = self._now, now
        if (now.state, now.serial) == (before.state, before.serial):
            return
        self._rests_until_s = at_s + REST_S
        if now.serial and now.case_id:
            _keep(self._serials, now.case_id, now.serial)
        if now.state in _ON_WAY:
            self._on_way.add(now.serial)
        if now.state is not _S.OFFLINE:
            self._since = None
        elif self._since is None:
            self._since = datetime.now(UTC)
        for serial in {before.serial, now.serial}:
            self.look_up(serial)

    def look_up(self, serial: str) -> None:
        """Ask the records where a code stands now."""
        if serial and self.is_there:
            self._screen.bridge.ask(partial(self.door.standing, serial), partial(self._known, serial), _log.warning)

    def _known(self, serial: str, standing: Standing) -> None:
        was = self.standings.get(serial)
        _keep(self.standings, serial, standing)
        if serial in self._on_way and standing[0] is States.ACTIVE:
            self._active, self._active_until_s = serial, time.monotonic() + ACTIVE_S
        if standing[0] is not States.SENT:
            self._on_way.discard(serial)
        if standing != was:
            self._put_opened()
            self._changed()

    def opened(self) -> None:
        """Say where the code of the opened case stands: what is known at once, and then what the records say."""
        record = self._record_page.record
        if record is not None and record.code is not None:
            self._put_opened()
            self.look_up(self.serial_of(record))

    def _put_opened(self) -> None:
        record = self._record_page.record
        if record is not None and (standing := self.standing_of(record)) is not None:
            self._record_page.show_standing(*standing_word(*standing))

    def put_history(self, records: Sequence[Record]) -> None:
        """Say where the codes of the last cases stand."""
        standings = [self.standing_of(record) for record in records]
        words = [standing_word(*one, brief=True) if one is not None else ("", "") for one in standings]
        self._station_page.history.show_standings(words)

    def serial_of(self, record: Record) -> str:
        """The newest code of a record's case that is known, "" for none."""
        of_record = record.code.serial if record.code is not None else ""
        return self._serials.get(record.inspection.trigger.case_id, of_record) if of_record else ""

    def standing_of(self, record: Record) -> Standing | None:
        """Where the code of a record's case stands, as far as it is known; None without a code or without labels."""
        if record.code is None or not self.is_there:
            return None
        known = self.standings.get(self.serial_of(record))
        return known or (States(record.code.state), Suspicion.NONE)

    def _look(self, at_s: float) -> LabelLook:
        """What to show: a proven label for a while, or until another is at hand; else what the labeller does."""
        state = self._now.state
        if self._active and (state is _S.IDLE or (state is _S.PRINTING and at_s < self._active_until_s)):
            return active_look(self._active)
        if state is not _S.IDLE and at_s >= self._active_until_s:
            self._active = ""
        order = self.door.order()
        if state is _S.IDLE and order is not None and not order.has_room:
            return order_look(order, self._keys)
        return label_look(self._now, self._keys, self._since)

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def _pressed(self, name: str) -> None:
        here = self._back_here()
        if name in (DONE, NONE):
            self._confirm(name)
        elif name == SUPERVISE:
            self._persons.two(self._supervise, here)
        elif name == RECONCILE:
            self.count.open()
        elif name == RELABEL:
            self._ask_case()
        elif name == ROLL:
            self._persons.named(self._ask_roll, here)
        elif name == ORDER:
            self._persons.named(self._ask_order, here)

    def _back_here(self) -> Callable[[], None]:
        """Where to go back to: the page the key was pressed on."""
        return self.open if self._screen.page is self.page else self._screen.home

    def _confirm(self, name: str) -> None:
        """Say that the label is on or to be read again, that none came, or, in somebody's name, that all are off."""
        state, serial = self._now.state, self._now.serial
        if time.monotonic() < self._rests_until_s:
            return
        if state is _S.STICK:
            said = self.door.stuck if name == DONE else self.door.missing
            self._ask(partial(said, self._screen.operator, serial))
        elif state is _S.STRIP and name == NONE and has_other(self._now):
            self._ask(partial(self.door.stuck, self._screen.operator, serial))
        elif state is _S.STRIP and name == DONE:
            back = self._back_here()
            self._persons.named(partial(self._stripped, serial, back), back)

    def _stripped(self, serial: str, back: Callable[[], None]) -> None:
        if self._screen.page not in (self.page, self._station_page):
            back()
        self._ask(partial(self.door.stripped, self._screen.operator, serial))

    def _supervise(self, first: str, second: str) -> None:
        self._do(partial(self.door.supervise, first, second))

    def _ask_case(self) -> None:
        """Which labelled case gets another label."""
        if found := self._labelled(self._screen.cases):
            self._screen.ask(which_case(found, self._ask_why), self.open)
        else:
            self._screen.say(translate("label", "None of the last cases has an active label"))

    def _labelled(self, cases: Cases) -> list[tuple[str, str]]:
        """(case, serial) of the last cases whose label is active, newest first."""
        found: dict[str, str] = {}
        for case in cases.newest():
            standing = self.standing_of(case.record)
            if standing is not None and standing[0] is States.ACTIVE:
                found.setdefault(case.record.inspection.trigger.case_id, self.serial_of(case.record))
        return list(found.items())[:OFFERED]

    def _ask_why(self, case: str) -> None:
        def two(reason: str) -> None:
            self._persons.two(lambda first, second: self._relabel(case, first, second, reason), self.open)

        self._screen.ask(why_anew(case, two), self.open)

    def _relabel(self, case: str, first: str, second: str, reason: str) -> None:
        self._do(partial(self.door.relabel, case, first=first, second=second, reason=reason))

    def _ask_roll(self) -> None:
        def labels(roll: str) -> None:
            self._persons.ask(labels_on_roll(partial(self._load, roll)), self.open)

        self._persons.ask(roll_name(labels), self.open)

    def _load(self, roll: str, labels: int) -> None:
        self._do(partial(self.door.load_roll, roll, labels, operator=self._screen.operator))

    def _ask_order(self) -> None:
        """The order's number, its pieces, its batch; another number of pieces for the same order needs a second person.

        The station says so itself.
        """

        def pieces(number: str) -> None:
            self._persons.ask(order_pieces(number, partial(batch, number)), self.open)

        def batch(number: str, quantity: int) -> None:
            self._persons.ask(order_batch(number, partial(self._take, number, quantity)), self.open)

        self._persons.ask(order_number(pieces), self.open)

    def _take(self, number: str, quantity: int, batch: str) -> None:
        self._do(partial(self.door.take_order, number, quantity, batch, operator=self._screen.operator))

    # ── small parts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, request: Callable[[], Future[Any]]) -> None:
        """Ask the station for something that was decided on the label's page."""
        self._screen.show_page(self.page)
        self._ask(request)

    def _ask(self, request: Callable[[], Future[Any]]) -> None:
        self.page.show_busy(True)
        self._screen.bridge.ask(request, lambda _: self._answered(), self._refused)

    def _answered(self) -> None:
        self.page.show_busy(False)
        self.page.say("")
        self.poll()

    def _refused(self, why: str) -> None:
        self.page.show_busy(False)
        self._screen.say(why)


def _keep(known: dict[str, T], key: str, value: T) -> None:
    """Remember the last ones."""
    known.pop(key, None)
    known[key] = value
    while len(known) > REMEMBERED:
        del known[next(iter(known))]
