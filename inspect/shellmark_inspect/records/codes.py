"""Codes of cases: drawn on a pass, void on anything else, one live at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError, RecordsError
from shellmark_inspect.types import Code
from shellmark_trace import (
    LIVE,
    SUSPICIONS,
    GtinError,
    States,
    Suspicion,
    check_gtin,
    check_transition,
    digital_link,
    new_serial,
)

from .ledger import Ledger
from .schema import cases, code_events, codes
from .stock import Stock

ATTEMPTS_USED = "attempts_used"
"""The reason of a void after which the case gets no further code until a supervisor has acted."""


class Moved(RecordsError):
    """Another station changed a code between reading and writing; the transaction can be tried again."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a code take a step: the record, when, who (and who else), the reason in a word, and what proves it."""

    row: int
    at: datetime
    operator: str
    reason: str
    second: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What puts a code in doubt, or takes it out: the record, the failed check, when, who, and the reason in a word."""

    row: int
    check: int
    at: datetime
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a record does to its case's codes: the code it has afterwards, the one that goes, the one that comes."""

    code: Code | None = None
    void: Mapping[str, Any] | None = None
    draw: Mapping[str, Any] | None = None


class Codes:
    """The codes of all cases, on a station's writing connection and within the caller's transaction."""

    def __init__(self, connection: Connection, ledger: Ledger, stock: Stock, *, station: str, host: str) -> None:
        self._connection = connection
        self._ledger = ledger
        self._stock = stock
        self._station = station
        self._host = host

    def hold_case(self, case_id: str) -> bool:
        """Whether a case is known; on a server nobody else writes about it until the transaction ends."""
        query = sa.select(cases.c.case_id).where(cases.c.case_id == case_id).with_for_update()
        return self._connection.scalar(query) is not None

    def after_pass(self, case_id: str, gtin: str | None) -> Change:
        """A pass keeps the case's live code or draws one; without a GTIN there is nothing to draw.

        A live code of another GTIN goes, because its label would name the wrong product. None is drawn when the order
        has all its codes, or when a supervisor has to see the case first.
        """
        found = self._live(case_id)
        if gtin is None or (found is not None and found["gtin"] == gtin):
            return Change(_code(found))
        order = self._stock.current()
        if (order is not None and not order.has_room) or self.is_halted(case_id):
            return Change(void=found)
        ordered = {} if order is None else {"order_no": order.number, "batch": order.batch}
        draw = self._fresh(case_id, gtin) | ordered
        return Change(_code(draw), void=found, draw=draw)

    def after_hold(self, case_id: str) -> Change:
        """Whatever keeps a case back takes its live code."""
        return Change(void=self._live(case_id))

    def unchanged(self, case_id: str) -> Change:
        """The case keeps what it has."""
        return Change(_code(self._live(case_id)))

    def carry_out(self, change: Change, cause: Cause) -> None:
        """Write a change, after the row it comes from.

        Raises:
            Moved: another station was quicker.
        """
        if change.void is not None:
            self.move(change.void, States.VOID, cause)
        if change.draw is not None:
            self._draw(change.draw, cause)

    def draw_again(self, old: Mapping[str, Any], cause: Cause) -> str:
        """Draw another code for the case of one that is void, under the same order; its serial."""
        fresh = self._fresh(old["case_id"], old["gtin"]) | {"order_no": old["order_no"], "batch": old["batch"]}
        self._draw(fresh, cause)
        return str(fresh["serial"])

    def find(self, serial: str) -> dict[str, Any] | None:
        """A code, None where there is no such serial."""
        found = self._connection.execute(sa.select(codes).where(codes.c.serial == serial)).mappings().one_or_none()
        return None if found is None else dict(found)

    def is_halted(self, case_id: str) -> bool:
        """Whether the case's last code went because its attempts were used up, and nobody has acted since."""
        c = code_events.c
        mine = sa.select(codes.c.serial).where(codes.c.case_id == case_id)
        last = sa.select(c.reason).where(c.serial.in_(mine), c.subject == "state").order_by(c.event.desc()).limit(1)
        return self._connection.scalar(last) == ATTEMPTS_USED

    def move(self, found: Mapping[str, Any], after: States, cause: Cause) -> None:
        """Take a code to another state.

        Raises:
            Moved: another station was quicker.
            TransitionError: the life cycle has no such step.
        """
        before = States(found["state"])
        check_transition(before, after)
        c = codes.c
        mine = sa.update(codes).where(c.serial == found["serial"], c.state == str(before))
        if self._connection.execute(mine.values(state=str(after))).rowcount != 1:
            raise Moved(
                "code {serial} is no longer {before}: another station has moved it",
                serial=found["serial"],
                before=before,
            )
        self._note(found, before, after, cause)

    def doubt(self, serial: str, doubt: Doubt) -> None:
        """Put a live code in doubt; one that is in doubt or known to be copied stays so."""
        found = self._suspicion(serial)
        if States(found["state"]) in LIVE and Suspicion.SUSPECT in SUSPICIONS[Suspicion(found["suspicion"])]:
            self.suspect(found, Suspicion.SUSPECT, _of_check(doubt))

    def trust(self, serial: str, doubt: Doubt) -> None:
        """Take a code out of the doubt a check has put it in; a doubt of another origin stays."""
        found = self._suspicion(serial)
        if found["suspicion"] == Suspicion.SUSPECT and self.last_doubt(serial).get("check") == doubt.check:
            self.suspect(found, Suspicion.CLEARED, _of_check(doubt))

    def last_doubt(self, serial: str) -> Mapping[str, Any]:
        """The facts a code was last put in doubt for, {} when it never was."""
        c = code_events.c
        mine = (c.serial == serial, c.subject == "suspicion", c.after == str(Suspicion.SUSPECT))
        return self._connection.scalar(sa.select(c.facts).where(*mine).order_by(c.step.desc()).limit(1)) or {}

    def doubt_itself(self, found: Mapping[str, Any], cause: Cause) -> None:
        """Put a code in doubt for what it did itself; one that is known to be copied stays so.

        One that only a daily check holds in doubt gets a step of its own, so that the check's end does not clear it.
        """
        before = Suspicion(found["suspicion"])
        if Suspicion.SUSPECT in SUSPICIONS[before]:
            self.suspect(found, Suspicion.SUSPECT, cause)
        elif before is Suspicion.SUSPECT and "check" in self.last_doubt(found["serial"]):
            self._note(found, before, before, cause, subject="suspicion")

    def suspect(self, found: Mapping[str, Any], after: Suspicion, cause: Cause) -> None:
        """Change whether a code is in doubt; its state stays.

        Raises:
            Moved: another station was quicker.
        """
        c = codes.c
        mine = sa.update(codes).where(c.serial == found["serial"], c.suspicion == found["suspicion"])
        if self._connection.execute(mine.values(suspicion=str(after))).rowcount != 1:
            raise Moved(
                "code {serial} is no longer {suspicion}: another station has moved it",
                serial=found["serial"],
                suspicion=found["suspicion"],
            )
        self._note(found, found["suspicion"], after, cause, subject="suspicion")

    def _suspicion(self, serial: str) -> dict[str, Any]:
        c = codes.c
        query = sa.select(c.serial, c.gtin, c.text, c.case_id, c.state, c.suspicion).where(c.serial == serial)
        return dict(self._connection.execute(query).mappings().one())

    def _fresh(self, case_id: str, gtin: str) -> dict[str, Any]:
        serial = new_serial()
        text = digital_link(self._host, gtin, serial)
        return {"serial": serial, "gtin": gtin, "text": text, "case_id": case_id, "state": str(States.RESERVED)}

    def _draw(self, fresh: Mapping[str, Any], cause: Cause) -> None:
        values = {**fresh, "suspicion": str(Suspicion.NONE), "station": self._station}
        self._connection.execute(codes.insert(), {**values, "row": cause.row, "drawn_at": cause.at})
        self._note(fresh, None, States.RESERVED, cause)

    def _live(self, case_id: str) -> Mapping[str, Any] | None:
        c = codes.c
        states = sorted(str(state) for state in LIVE)
        query = sa.select(c.serial, c.gtin, c.text, c.case_id, c.state).where(c.case_id == case_id, c.state.in_(states))
        found = self._connection.execute(query).mappings().one_or_none()
        return None if found is None else dict(found)

    def _note(
        self, found: Mapping[str, Any], before: str | None, after: str, cause: Cause, *, subject: str = "state"
    ) -> None:
        """One step: its event, what the outbox is told, and the leaf of the log."""
        c = code_events.c
        serial = found["serial"]
        step = self._connection.scalar(sa.select(sa.func.count()).where(c.serial == serial)) or 0
        change = {"before": None if before is None else str(before), "after": str(after)}
        told_subject = {} if subject == "state" else {"subject": subject}
        who = {"operator": cause.operator, "reason": cause.reason}
        proof = {"second_operator": cause.second, "facts": dict(cause.facts)}
        ordered = {"order": found.get("order_no"), "batch": found.get("batch")}
        place = {"serial": serial, "step": step, "subject": subject, "station": self._station, "row": cause.row}
        self._connection.execute(code_events.insert(), {**place, **change, **who, **proof, "at": cause.at})
        told = {
            "serial": serial,
            "station": self._station,
            "gtin": found["gtin"],
            "text": found["text"],
            "case_id": found["case_id"],
            **change,
            **told_subject,
            **who,
            **{name: value for name, value in (proof | ordered).items() if value},
            "row": cause.row,
            "at": cause.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        key = f"{serial}:{step}:{after}"
        self._ledger.tell("code", key, cause.at, told, row=cause.row, serial=serial)
        self._ledger.log({"kind": "code", **change, **told_subject}, told)


def check_known_gtin(gtin: str | None) -> None:
    """Refuse a GTIN that is none; None is a product without one.

    Raises:
        InputError: it is not 14 digits, or its check digit is wrong.
    """
    if gtin is not None:
        try:
            check_gtin(gtin)
        except GtinError as e:
            raise InputError(str(e)) from e


def _of_check(doubt: Doubt) -> Cause:
    return Cause(doubt.row, doubt.at, doubt.operator, doubt.reason, facts={"check": doubt.check})


def _code(found: Mapping[str, Any] | None) -> Code | None:
    return None if found is None else Code(found["serial"], found["text"], found["state"])
