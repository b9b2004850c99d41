"""Labels: the station's panel and the label's page follow the labeller; what people say and decide goes to it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.bridge import LabelDoor
from shellmark_gui.cases import Cases
from shellmark_gui.desks.label_pictures import LabelPictures
from shellmark_gui.desks.person_desk import PersonDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.keys import Action
from shellmark_gui.labelwords import (
    COUNT_NOTES,
    RELABEL_REASONS,
    LabelKeys,
    LabelLook,
    active_look,
    label_look,
)
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.entry_page import Entry, count_fault
from shellmark_gui.pages.label_page import DONE, NONE, RECONCILE, RELABEL, ROLL, SUPERVISE, Labelled, LabelPage
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

REMEMBERED = 200
"""Codes whose standing is remembered, the last ones."""

Standing = tuple[States, Suspicion]
T = TypeVar("T")


class LabelDesk:
    """What the keys and pages for labels do. `changed` is called when it is known anew where a code stands."""

    def __init__(
        self,
        screen: Screen,
        station_page: StationPage,
        page: LabelPage,
        persons: PersonDesk,
        changed: Callable[[], None],
    ) -> None:
        self._screen, self._station_page, self._page, self._persons = screen, station_page, page, persons
        self._changed = changed
        self.standings: dict[str, Standing] = {}
        self._serials: dict[str, str] = {}
        keys = page.keys
        self._keys = LabelKeys(keys[Action.LABEL_DONE], keys[Action.LABEL_NONE], keys[Action.LABELS])
        self._pictures = LabelPictures(screen, page)
        self._now = Labelling(_S.IDLE)
        self._since: datetime | None = None
        self._rests_until_s = 0.0
        self._active, self._active_until_s = "", 0.0
        page.left.connect(screen.home)
        page.pressed.connect(self._pressed)
        station_page.label.pressed.connect(self.act)

    @property
    def door(self) -> LabelDoor | None:
        """The labels of the station, None where it prints none."""
        return self._screen.station.labels

    def open(self) -> None:
        """Show the label's page."""
        if self.door is not None:
            self._page.say("")
            self._screen.show_page(self._page)
            self.poll()

    def act(self, action: Action) -> None:
        """Do what a key for labels says."""
        if action is Action.LABELS:
            self.open()
        else:
            self._pressed(DONE if action is Action.LABEL_DONE else NONE)

    def poll(self) -> None:
        """Bring panel and page up to date; called a few times a second."""
        if (door := self.door) is None:
            return
        now, at_s = door.status(), time.monotonic()
        self._follow(now, at_s)
        look, rested = self._look(at_s), at_s >= self._rests_until_s
        self._station_page.show_label(look, now.state, rested=rested)
        if self._screen.page is self._page:
            sight = door.sight()
            self._page.show_labelling(Labelled(now, sight, look, door.settings.attempts), rested=rested)
            self._pictures.show(sight)

    # ── what the labeller does ──────────────────────────────────────────────────────────────────────────────────

    def _follow(self, now: Labelling, at_s: float) -> None:
        """Notice what is new: another thing to do, a printer that went away, a code that is done with."""
        before, self._now = self._now, now
        if (now.state, now.serial) == (before.state, before.serial):
            return
        self._rests_until_s = at_s + REST_S
        if now.serial:
            _keep(self._serials, now.case_id, now.serial)
        if now.state is not _S.OFFLINE:
            self._since = None
        elif self._since is None:
            self._since = datetime.now(UTC)
        for serial in {before.serial, now.serial}:
            self.look_up(serial)

    def look_up(self, serial: str) -> None:
        """Ask the records where a code stands now."""
        if serial and (door := self.door) is not None:
            self._screen.bridge.ask(partial(door.standing, serial), partial(self._known, serial), _log.warning)

    def _known(self, serial: str, standing: Standing) -> None:
        was = self.standings.get(serial)
        _keep(self.standings, serial, standing)
        if standing[0] is States.ACTIVE and was is not None and was[0] is not States.ACTIVE:
            self._active, self._active_until_s = serial, time.monotonic() + ACTIVE_S
        if standing != was:
            self._changed()

    def serial_of(self, record: Record) -> str:
        """The newest code of a record's case that is known, "" for none."""
        of_record = record.code.serial if record.code is not None else ""
        return self._serials.get(record.inspection.trigger.case_id, of_record) if of_record else ""

    def standing_of(self, record: Record) -> Standing | None:
        """Where the code of a record's case stands, as far as it is known; None without a code or without labels."""
        if record.code is None or self.door is None:
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
        return label_look(self._now, self._keys, self._since)

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def _pressed(self, name: str) -> None:
        door, here = self.door, self._back_here()
        if door is None:
            return
        if name in (DONE, NONE):
            self._confirm(door, name)
        elif name == SUPERVISE:
            self._persons.two(partial(self._do, door.supervise), here)
        elif name == RECONCILE:
            self._persons.two(self._ask_left, here)
        elif name == RELABEL:
            self._ask_case()
        elif name == ROLL:
            self._persons.named(self._ask_roll, here)

    def _back_here(self) -> Callable[[], None]:
        """Where to go back to: the page the key was pressed on."""
        return self.open if self._screen.page is self._page else self._screen.home

    def _confirm(self, door: LabelDoor, name: str) -> None:
        """Say that the label is on, that none came, or that all are off; the last in somebody's name."""
        state, operator = self._now.state, self._screen.operator
        if time.monotonic() < self._rests_until_s:
            return
        if state is _S.STICK:
            self._ask(partial(door.stuck if name == DONE else door.missing, operator))
        elif state is _S.STRIP and name == DONE:
            back = self._back_here()
            self._persons.named(partial(self._stripped, door, back), back)

    def _stripped(self, door: LabelDoor, back: Callable[[], None]) -> None:
        if self._screen.page not in (self._page, self._station_page):
            back()
        self._ask(partial(door.stripped, self._screen.operator))

    def _ask_left(self, first: str, second: str) -> None:
        """How many labels are left on the roll; nothing where nobody counted."""

        def then(text: str) -> None:
            self._ask_note(first, second, int(text) if text else None)

        words = partial(translate, "label", "How many labels are left on the roll? Nothing when they were not counted")
        example = partial(translate, "label", "such as 640")
        self._persons.ask(Entry(words, example, then, count_fault, empty=True), self.open)

    def _ask_note(self, first: str, second: str, left: int | None) -> None:
        """Where the labels are."""
        door = self.door
        if door is None:
            return
        choices = [Choice(note, partial(translate, "label", said)) for note, said in COUNT_NOTES.items()]
        words = partial(translate, "label", "Where are the labels the count does not fit?")

        def then(note: str) -> None:
            self._do(lambda one, two: door.reconcile(one, two, left=left, note=note), first, second)

        about = translate("label", "Kept with both names: {first}, {second}").format(first=first, second=second)
        self._screen.ask(Question(words, about, choices, then), self.open)

    def _ask_case(self) -> None:
        """Which labelled case gets another label."""
        found = self._labelled(self._screen.cases)
        if not found:
            self._screen.say(translate("label", "None of the last cases has an active label"))
            return
        choices = [Choice(case, partial(str, f"{case}\n…{serial[-6:]}")) for case, serial in found]
        words = partial(translate, "label", "Which case gets another label? Its label becomes void")
        about = translate("label", "strip the old label off and destroy it")
        self._screen.ask(Question(words, about, choices, self._ask_why), self.open)

    def _labelled(self, cases: Cases) -> list[tuple[str, str]]:
        """(case, serial) of the last cases whose label is active, newest first."""
        found: dict[str, str] = {}
        for case in cases.newest():
            standing = self.standing_of(case.record)
            if standing is not None and standing[0] is States.ACTIVE:
                found.setdefault(case.record.inspection.trigger.case_id, self.serial_of(case.record))
        return list(found.items())[:OFFERED]

    def _ask_why(self, case: str) -> None:
        choices = [Choice(reason, partial(translate, "label", said)) for reason, said in RELABEL_REASONS.items()]
        words = partial(translate, "label", "Why does it get another label?")
        self._screen.ask(Question(words, case, choices, partial(self._ask_two, case)), self.open)

    def _ask_two(self, case: str, reason: str) -> None:
        door = self.door
        if door is not None:
            self._persons.two(partial(self._do, lambda one, two: door.relabel(case, one, two, reason)), self.open)

    def _ask_roll(self) -> None:
        words = partial(translate, "label", "Number or name of the new roll; scan it")
        example = partial(translate, "label", "such as R2611-04")
        self._persons.ask(Entry(words, example, self._ask_labels), self.open)

    def _ask_labels(self, roll: str) -> None:
        door = self.door
        if door is None:
            return

        def then(text: str) -> None:
            self._back_to_page()
            self._ask(lambda: door.load_roll(roll, int(text), self._screen.operator))

        words = partial(translate, "label", "How many labels are on the roll?")
        example = partial(translate, "label", "such as 1000")
        self._persons.ask(Entry(words, example, then, count_fault), self.open)

    # ── small parts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _back_to_page(self) -> None:
        self._screen.show_page(self._page)

    def _do(self, request: Callable[[str, str], Future[object]], first: str, second: str) -> None:
        self._back_to_page()
        self._ask(partial(request, first, second))

    def _ask(self, request: Callable[[], Future[object]]) -> None:
        self._page.show_busy(True)
        self._screen.bridge.ask(request, lambda _: self._answered(), self._refused)

    def _answered(self) -> None:
        self._page.show_busy(False)
        self._page.say("")
        self.poll()

    def _refused(self, why: str) -> None:
        self._page.show_busy(False)
        self._screen.say(why)


def _keep(known: dict[str, T], key: str, value: T) -> None:
    """Remember the last ones."""
    known.pop(key, None)
    known[key] = value
    while len(known) > REMEMBERED:
        del known[next(iter(known))]
