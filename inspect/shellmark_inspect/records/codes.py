"""Codes of cases: drawn on a pass, void on anything else, one live at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.types import Code
from shellmark_trace import LIVE, SUSPICIONS, States, Suspicion, check_transition, digital_link, new_serial

from .ledger import Ledger
from .schema import code_events, codes


class Moved(RecordsError):
    """Another station changed a code between reading and writing; the transaction can be tried again."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a code take a step: the record, when, who, and the reason in a word."""

    row: int
    at: datetime
    operator: str
    reason: str


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

    def __init__(self, connection: Connection, ledger: Ledger, *, station: str, host: str) -> None:
        self._connection = connection
        self._ledger = ledger
        self._station = station
        self._host = host

    def after_pass(self, case_id: str, gtin: str | None) -> Change:
        """A pass keeps the case's live code or draws one; without a GTIN there is nothing to draw.

        A live code of another GTIN goes, because its label would name the wrong product.
        """
        found = self._live(case_id)
        if gtin is None or (found is not None and found["gtin"] == gtin):
            return Change(_code(found))
        serial = new_serial()
        text = digital_link(self._host, gtin, serial)
        draw = {"serial": serial, "gtin": gtin, "text": text, "case_id": case_id, "state": str(States.RESERVED)}
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
            self._move(change.void, States.VOID, cause)
        if change.draw is not None:
            values = {**change.draw, "suspicion": str(Suspicion.NONE), "station": self._station}
            self._connection.execute(codes.insert(), {**values, "row": cause.row, "drawn_at": cause.at})
            self._note(change.draw, None, States.RESERVED, cause)

    def doubt(self, serial: str, doubt: Doubt) -> None:
        """Put a live code in doubt; one that is in doubt or known to be copied stays so."""
        found = self._suspicion(serial)
        if States(found["state"]) in LIVE and Suspicion.SUSPECT in SUSPICIONS[Suspicion(found["suspicion"])]:
            self._suspect(found, Suspicion.SUSPECT, doubt)

    def trust(self, serial: str, doubt: Doubt) -> None:
        """Take a code out of the doubt a check has put it in; a doubt of another origin stays."""
        found = self._suspicion(serial)
        c = code_events.c
        last = (
            sa.select(c.facts)
            .where(c.serial == serial, c.subject == "suspicion", c.after == str(Suspicion.SUSPECT))
            .order_by(c.step.desc())
            .limit(1)
        )
        facts = self._connection.scalar(last)
        if found["suspicion"] == Suspicion.SUSPECT and facts and facts.get("check") == doubt.check:
            self._suspect(found, Suspicion.CLEARED, doubt)

    def _suspicion(self, serial: str) -> dict[str, Any]:
        c = codes.c
        query = sa.select(c.serial, c.gtin, c.text, c.case_id, c.state, c.suspicion).where(c.serial == serial)
        return dict(self._connection.execute(query).mappings().one())

    def _suspect(self, found: Mapping[str, Any], after: Suspicion, doubt: Doubt) -> None:
        c = codes.c
        mine = sa.update(codes).where(c.serial == found["serial"], c.suspicion == found["suspicion"])
        if self._connection.execute(mine.values(suspicion=str(after))).rowcount != 1:
            raise Moved(f"code {found['serial']} is no longer {found['suspicion']}: another station has moved it")
        cause = Cause(doubt.row, doubt.at, doubt.operator, doubt.reason)
        self._note(found, found["suspicion"], after, cause, subject="suspicion", facts={"check": doubt.check})

    def _move(self, found: Mapping[str, Any], after: States, cause: Cause) -> None:
        before = States(found["state"])
        check_transition(before, after)
        c = codes.c
        mine = sa.update(codes).where(c.serial == found["serial"], c.state == str(before))
        if self._connection.execute(mine.values(state=str(after))).rowcount != 1:
            raise Moved(f"code {found['serial']} is no longer {before}: another station has moved it")
        self._note(found, before, after, cause)

    def _live(self, case_id: str) -> Mapping[str, Any] | None:
        c = codes.c
        states = sorted(str(state) for state in LIVE)
        query = sa.select(c.serial, c.gtin, c.text, c.case_id, c.state).where(c.case_id == case_id, c.state.in_(states))
        found = self._connection.execute(query).mappings().one_or_none()
        return None if found is None else dict(found)

    def _note(
        self,
        found: Mapping[str, Any],
        before: str | None,
        after: str,
        cause: Cause,
        *,
        subject: str = "state",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        c = code_events.c
        serial = found["serial"]
        step = self._connection.scalar(sa.select(sa.func.count()).where(c.serial == serial)) or 0
        change = {"before": None if before is None else str(before), "after": str(after)}
        told_subject = {} if subject == "state" else {"subject": subject}
        who = {"operator": cause.operator, "reason": cause.reason}
        place = {"serial": serial, "step": step, "subject": subject, "station": self._station, "row": cause.row}
        self._connection.execute(
            code_events.insert(),
            {**place, **change, **who, "at": cause.at, "second_operator": "", "facts": dict(facts or {})},
        )
        told = {
            "serial": serial,
            "station": self._station,
            "gtin": found["gtin"],
            "text": found["text"],
            "case_id": found["case_id"],
            **change,
            **told_subject,
            **who,
            "row": cause.row,
            "at": cause.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        key = f"{serial}:{step}:{after}"
        self._ledger.tell("code", key, cause.at, told, row=cause.row, serial=serial)
        self._ledger.log({"kind": "code", **change, **told_subject}, told)


def _code(found: Mapping[str, Any] | None) -> Code | None:
    return None if found is None else Code(found["serial"], found["text"], found["state"])
