"""Deciding about a case: what a key means, the questions that go with it, and what may be taught of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.decisions import ASK, decision
from shellmark_gui.desks.screen import Screen
from shellmark_gui.keys import Action
from shellmark_gui.lessons import Drawn, lesson_of, masks_of
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.region_page import RegionPage
from shellmark_gui.pictures import HELD_PX, Shot, load
from shellmark_gui.questions import which_disposition, why
from shellmark_inspect.types import Disposition, Mask, Record

translate = QCoreApplication.translate


class DecisionDesk:
    """Decisions and their lessons. `kept` hears every record a decision made; `stays` is a page that stays open."""

    def __init__(self, screen: Screen, regions: RegionPage, stays: Page, kept: Callable[[Record], None]) -> None:
        self._screen, self._regions, self._stays, self._kept = screen, regions, stays, kept
        self._queued: set[int] = set()
        regions.left.connect(screen.home)
        regions.wanted.connect(self._want_picture)
        regions.drawn.connect(self._queue_missed)

    def decide(self, action: Action, record: Record) -> None:
        """Do what a key means for a record; asks for the operator and the reason where they are missing."""
        if not self._screen.operator:
            self._screen.who(partial(self._decide_at_home, action, record))
            return
        means = decision(action, record.verdict)
        if means is None:
            self._screen.ask(which_disposition(record, partial(self.ask_why, record)))
        elif means[1] == ASK:
            self.ask_why(record, means[0])
        else:
            self._overrule(record, *means)

    def ask_why(self, record: Record, disposition: Disposition) -> None:
        """Ask for the reason of a disposition."""
        self._screen.ask(why(record, disposition, partial(self._overrule, record, disposition)))

    def _decide_at_home(self, action: Action, record: Record) -> None:
        self._screen.home()
        self.decide(action, record)

    def _overrule(self, record: Record, disposition: Disposition, reason_code: str) -> None:
        screen = self._screen
        if screen.page is not self._stays:
            screen.home()
        request = partial(
            screen.station.overrule, record.row, disposition, operator=screen.operator, reason_code=reason_code
        )
        screen.bridge.ask(request, self._kept, screen.say)

    # what may be taught of it

    def offers(self, record: Record | None) -> bool:
        """Whether a record can teach something and was not queued yet."""
        return record is not None and record.row not in self._queued and lesson_of(record) is not None

    def teach(self, record: Record | None) -> None:
        """Queue what a decided record teaches; for a missed defect ask first where it is."""
        if record is None or not self.offers(record):
            return
        if lesson_of(record) == "missed":
            self._regions.show_record(record)
            self._screen.show_page(self._regions)
        else:
            self._correct(record, {})

    def _queue_missed(self, record: Record, drawn: Mapping[str, Drawn]) -> None:
        self._screen.home()
        self._screen.bridge.fetch(partial(masks_of, drawn), partial(self._correct, record), self._screen.say)

    def _correct(self, record: Record, masks: Mapping[str, Mask]) -> None:
        kind = lesson_of(record)
        if kind is None:
            return
        self._queued.add(record.row)
        workshop = self._screen.station.workshop
        request = partial(workshop.correct, record.row, kind, masks or None)
        self._screen.bridge.ask(request, lambda _: self._said(record), partial(self._not_queued, record))

    def _said(self, record: Record) -> None:
        words = translate("lesson", "Case {case} waits for the next teaching")
        self._screen.say(words.format(case=record.inspection.trigger.case_id))
        self._kept(record)

    def _not_queued(self, record: Record, why_not: str) -> None:
        self._queued.discard(record.row)
        self._screen.say(why_not)

    def _want_picture(self, shot: Shot) -> None:
        work = partial(load, shot, HELD_PX, self._screen.station.picture)
        done = partial(self._regions.show_picture, shot)
        self._screen.bridge.fetch(work, done, partial(self._regions.show_missing, shot))
