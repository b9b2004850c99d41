"""The daily check: masters before the cameras, and what their verdicts mean for the station and its output."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from shellmark_inspect.errors import InputError, RecordsError, ShellmarkError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.loop import StationState
from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.records import Answer, CheckFacts, CheckRecord, Outcome, Suspect
from shellmark_inspect.station.due import Due, due
from shellmark_inspect.station.masters import answer_of, answered, in_order, outcome_of
from shellmark_inspect.station.troubles import Trouble, TroubleCode
from shellmark_inspect.types import Disposition, Inspection, Placed, Record, Versions

if TYPE_CHECKING:
    from shellmark_inspect.station.keeper import Keeper
    from shellmark_inspect.station.station import Station

WORKS = ("lamp", "camera", "cleaning", "other")
"""Work on the station after which masters are due (design: quality.md section 4)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One placing of a master: `number` from 1; `answer` None and `row` None while it was not placed."""

    number: int
    master: MasterSpec
    answer: Answer | None = None
    why: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """A daily check: `outcome` is None while it is open, `suspects` how many inspections it put in doubt."""

    number: int
    sku: str
    operator: str
    begun_at: datetime
    places: tuple[Place, ...]
    outcome: Outcome | None
    suspects: int

    @property
    def next(self) -> Place | None:
        """The first place that wants its master, None when there is none."""
        if self.outcome is not None:
            return None
        return next((one for one in self.places if one.answer in (None, Answer.VOID)), None)


class Checks:
    """The daily checks of the SKU in use. Every call is thread-safe and returns at once unless it says otherwise.

    What comes back as a future fails with `InputError` when it cannot be done now.
    """

    def __init__(self, station: Station, changed: Callable[[], None], now: Callable[[], datetime]) -> None:
        self._station = station
        self._changed = changed
        self._now = now
        self._facts = CheckFacts()
        self._masters: tuple[MasterSpec, ...] = ()
        self._versions: Versions | None = None
        self._sku = ""
        self._busy = Lock()

    # ── what the screen pulls ───────────────────────────────────────────────────────────────────────────────────

    def masters(self) -> tuple[MasterSpec, ...]:
        """The recipe's masters; none means that nothing is checked daily."""
        return self._masters

    def due(self) -> tuple[Due, ...]:
        """Why a check is due, what blocks first; nothing while one is open or without masters."""
        if not self._masters or self._versions is None or self._open() is not None:
            return ()
        return due(self._facts, self._station.config.checks, self._versions, self._now())

    def state(self) -> CheckState | None:
        """The open check, else the last one of the SKU, None when there was none."""
        return self._state(self._facts.last) if self._facts.last else None

    def suspects(self, *, limit: int = 200, all_of: bool = False) -> Sequence[Suspect]:
        """Inspections of the SKU that are in doubt, newest first; reads the database."""
        reader = self._station.reader()
        try:
            return reader.suspects(station=self._station.config.station, sku=self._sku, limit=limit, all_of=all_of)
        finally:
            reader.close()

    def troubles(self) -> Iterator[Trouble]:
        """A check that is open, due or soon will be."""
        last = self._open()
        if last is not None:
            place = self._state(last).next
            values = {"sku": last.sku, "check": str(last.number), "master": place.master.name if place else "-"}
            yield Trouble(TroubleCode.CHECK_OPEN, "check", True, dict(values))
        for one in self.due():
            code = TroubleCode.CHECK_DUE if one.blocks else TroubleCode.CHECK_SOON
            at = f"{one.since.astimezone():%H:%M}" if one.since else ""
            yield Trouble(code, "check", one.blocks, {"sku": self._sku, "why": one.why.replace("_", " "), "at": at})

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, operator: str) -> Future[CheckState]:
        """Begin a check of the SKU in use; automatic mode is refused until it has passed."""

        def do(keeper: Keeper) -> CheckState:
            if not self._masters or self._versions is None:
                raise InputError(
                    "recipe {sku} has no masters: add [[masters]] to it, see docs/daily-check.md", sku=self._sku
                )
            if self._station.status().state is StationState.CONTINUOUS_EXECUTION:
                raise InputError("the station runs by itself: hold it before a daily check")
            wanted = [master.name for master in in_order(self._masters)]
            why = " ".join(one.why for one in self.due())
            keeper.records.checks.begin(self._sku, wanted, self._versions, operator=operator, why=why)
            return self._now_is(keeper)

        return self._station.keep(do)

    def place(self, master: str | None = None) -> Future[CheckState]:
        """Inspect the master that lies before the cameras; None for the next one that is wanted."""
        answer: Future[CheckState] = Future()
        if not self._busy.acquire(blocking=False):
            answer.set_exception(InputError("a master is being inspected: wait for its verdict"))
            return answer
        try:
            placed, case_id = self._placing(master)
        except ShellmarkError as e:
            self._busy.release()
            answer.set_exception(e)
            return answer
        self._station.trigger(case_id, placed=placed).add_done_callback(lambda record: self._tell(record, answer))
        return answer

    def break_off(self, operator: str, reason: str) -> Future[CheckState]:
        """End the open check before every master was placed; a wrong answer fails it all the same."""

        def do(keeper: Keeper) -> CheckState:
            if (found := self._open()) is None:
                raise InputError("no daily check is open")
            if not operator.strip() or not reason.strip():
                raise InputError("breaking off a daily check needs an operator and a reason")
            self._end(keeper, found, operator, reason)
            return self._now_is(keeper)

        return self._station.keep(do)

    def note_work(self, kind: str, operator: str, reason: str) -> Future[None]:
        """Say that lamps, cameras or the like were worked on (`WORKS`): a check of every SKU is due."""

        def do(keeper: Keeper) -> None:
            if kind not in WORKS:
                raise InputError("work {kind!r} is none: give {works}", kind=kind, works=", ".join(WORKS))
            keeper.records.checks.note_work(kind, "", operator=operator, reason=reason)
            self.reread(keeper)
            self._changed()

        return self._station.keep(do)

    def clear(
        self,
        rows: Sequence[int] | None,
        disposition: Disposition,
        *,
        operator: str,
        reason_code: str,
        note: str = "",
    ) -> Future[int]:
        """Decide about suspects, None for every one of the SKU; how many inspections."""
        sku = self._sku

        def do(keeper: Keeper) -> int:
            who = {"operator": operator, "reason_code": reason_code, "note": note}
            return keeper.records.checks.clear(rows, sku if rows is None else None, disposition, **who)

        return self._station.keep(do)

    # ── what the station tells ──────────────────────────────────────────────────────────────────────────────────

    def take(self, keeper: Keeper, inspector: Inspector) -> None:
        """Look after a recipe and its model from now on; a check that is open is ended: it was of another run."""
        self._sku, self._masters = inspector.recipe.sku, inspector.recipe.masters
        self._versions = inspector.versions
        for left in keeper.records.checks.open():
            self._end(keeper, left, left.operator, "the program ended, or what judges was changed")
        self.reread(keeper)

    def answer_of(self, inspection: Inspection) -> tuple[Answer, str] | None:
        """What an inspection of a master says of the station, None for production."""
        placed = inspection.trigger.placed
        master = next((one for one in self._masters if placed is not None and one.name == placed.master), None)
        return None if master is None else answer_of(master, inspection)

    def see(self, record: Record, keeper: Keeper) -> None:
        """A master's record is stored: end the check when it was the last one; on the records thread."""
        try:
            self.reread(keeper)
            if (found := self._open()) is not None and outcome_of(found, ending=False) is not None:
                self._end(keeper, found, found.operator, "")
                self.reread(keeper)
        except RecordsError as e:  # the record is kept, and the check stays open: nothing passes meanwhile
            log.warning("daily check, record %d: %s", record.row, e)

    def reread(self, keeper: Keeper) -> None:
        """Read again what the records say of the SKU's checks."""
        self._facts = keeper.reader.check_facts(self._station.config.station, self._sku)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> CheckRecord | None:
        last = self._facts.last
        return last if last is not None and last.outcome is None else None

    def _placing(self, name: str | None) -> tuple[Placed, str]:
        if (found := self._open()) is None:
            raise InputError("no daily check is open: begin one")
        wanted = [one for one in self._state(found).places if one.answer in (None, Answer.VOID)]
        place = next((one for one in wanted if name in (None, one.master.name)), None)
        if place is None:
            names = ", ".join(dict.fromkeys(one.master.name for one in wanted))
            raise InputError("master {name} is not wanted: {wanted} is", name=name, wanted=names or "none")
        return Placed(found.number, place.master.name, place.number), place.master.case_id

    def _tell(self, stored: Future[Record], answer: Future[CheckState]) -> None:
        self._busy.release()
        if (error := stored.exception()) is not None:
            answer.set_exception(error)
        elif (state := self.state()) is None:
            answer.set_exception(InputError("another SKU was chosen meanwhile"))
        else:
            answer.set_result(state)

    def _end(self, keeper: Keeper, check: CheckRecord, operator: str, note: str) -> None:
        outcome = outcome_of(check, ending=True) or Outcome.BROKEN_OFF
        ended = keeper.records.checks.end(check.number, outcome, operator=operator, note=note)
        log.warning("daily check %d of SKU %s: %s, %d suspects", ended.number, ended.sku, outcome, ended.suspects)

    def _now_is(self, keeper: Keeper) -> CheckState:
        self.reread(keeper)
        self._changed()
        assert self._facts.last is not None
        return self._state(self._facts.last)

    def _state(self, check: CheckRecord) -> CheckState:
        known = {master.name: master for master in self._masters}
        said = answered(check.answers)
        places = [
            Place(number, known.get(name) or MasterSpec(name=name, kind="ok"))
            if (one := said.get(number)) is None
            else Place(number, known.get(name) or MasterSpec(name=name, kind="ok"), one.answer, one.why, one.row)
            for number, name in enumerate(check.masters, 1)
        ]
        return CheckState(
            check.number, check.sku, check.operator, check.begun_at, tuple(places), check.outcome, check.suspects
        )
