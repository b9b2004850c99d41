"""Labels on their way onto cases: sent once, counted, proven or replaced; each step one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from shellmark_inspect.errors import InputError, WrongState
from shellmark_inspect.said import Said
from shellmark_inspect.types import Pixels
from shellmark_trace import LIVE, States, Suspicion
from shellmark_trace.readback import UEC_LEAST

from . import rows
from .codes import ATTEMPTS_USED, Cause
from .label_tables import odometers
from .label_values import Halted, LastReading, Proof, Waiting
from .life import IN_HOUSE, Life, need_reason
from .schema import code_events, codes, images, inspections
from .stock import two_persons

ATTEMPTS = 8
"""Serials a case may use up before a supervisor has to act."""

VIEW = "label"
_S = States


class Labels(Life):
    """The codes of one station on their way. Call it on the records thread.

    A serial's one print command takes three calls in this order, each committed before the next begins: `send` (the
    code is SENT before a byte leaves), `count` (the odometer's reading), and only then the job goes to the printer.
    A code that is found SENT is never printed again: `activate` with the whole proof, or `replace`.

    Every step is conditional on the state it starts from and raises `WrongState` otherwise.
    """

    # ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────

    def waiting(self, limit: int = 100) -> list[Waiting]:
        """Codes of this station that have no proven label: SENT ones first, then RESERVED ones as they were drawn."""
        on_way = codes.c.state.in_([str(_S.RESERVED), str(_S.SENT)])
        found: list[Waiting] = self._write("look for codes that wait", lambda: self._waiting(limit, on_way))
        return found

    def halted(self) -> list[Halted]:
        """Cases of this station whose attempts are used up."""
        c, e = codes.c, code_events.c
        query = (
            sa.select(c.case_id, c.serial)
            .join(code_events, e.serial == c.serial)
            .where(c.station == self._station, c.state == str(_S.VOID), e.reason == ATTEMPTS_USED)
            .order_by(e.event)
        )

        def do() -> list[Halted]:
            found = [Halted(*row) for row in self._connection.execute(query)]
            return [one for one in found if self._codes.is_halted(one.case_id) and self._is_good(one.case_id)]

        halted: list[Halted] = self._write("look for halted cases", do)
        return list({one.case_id: one for one in halted}.values())

    def left_open(self) -> Waiting | None:
        """A code that went void while its label was on its way and nobody has stripped it since; None for none."""

        def do() -> Waiting | None:
            serial = self._stock.left_open()
            return None if serial is None else next(iter(self._waiting(1, codes.c.serial == serial)), None)

        found: Waiting | None = self._write("look for a label that was left", do)
        return found

    def state(self, serial: str) -> States:
        """The state of a code.

        Raises:
            InputError: there is no such serial.
        """
        found: States = self._write(Said("look at {serial}", serial=serial), lambda: States(self._get(serial)["state"]))
        return found

    def standing(self, serial: str) -> tuple[States, Suspicion]:
        """Where a code stands, and whether it is in doubt.

        Raises:
            InputError: there is no such serial.
        """

        def do() -> tuple[States, Suspicion]:
            found = self._get(serial)
            return States(found["state"]), Suspicion(found["suspicion"])

        standing: tuple[States, Suspicion] = self._write(Said("look at {serial}", serial=serial), do)
        return standing

    def last_reading(self) -> LastReading | None:
        """The last kept reading of the odometer, which the printer has to show before the next job."""
        found: LastReading | None = self._write("read the last odometer value", self._stock.last_reading)
        return found

    # ── printing and proving ────────────────────────────────────────────────────────────────────────────────────

    def send(self, serial: str) -> None:
        """RESERVED → SENT; committed when this returns, and before a byte may leave."""
        self._step(serial, _S.SENT, (_S.RESERVED,), reason="send")

    def count(self, serial: str, odometer: int | None) -> None:
        """Keep the odometer's reading of a SENT code; committed when this returns, and before its one print command.

        Raises:
            WrongState: the code is not SENT, or its reading is kept: its command may have been given.
        """

        def do() -> None:
            found = self._get(serial, _S.SENT)
            if self._stock.before(serial) is not None:
                raise WrongState(
                    "code {serial} was counted before: it is never printed again, replace it", serial=found["serial"]
                )
            self._stock.note_reading("before", serial, odometer, datetime.now(UTC))

        self._write(Said("count {serial}", serial=serial), do)

    def counted_after(self, serial: str, odometer: int | None) -> None:
        """Keep the reading after a job whose code went some other way (its case failed meanwhile)."""

        def do() -> None:
            if self._stock.before(serial) is not None:
                self._stock.note_reading("after", serial, odometer, datetime.now(UTC))

        self._write(Said("count after {serial}", serial=serial), do)

    def activate(
        self,
        serial: str,
        proof: Proof,
        picture: Pixels | None = None,
        *,
        view: str = VIEW,
        uec_least: float = UEC_LEAST,
    ) -> None:
        """SENT → ACTIVE, and the read-back picture becomes one of the case's pictures (kind "label").

        Raises:
            InputError: the proof does not hold: another text, a poor label, an odometer that did not go on by 1.
        """
        at = datetime.now(UTC)
        kept = None if picture is None else self._pictures.enrol(picture, view, at)

        def do() -> None:
            found = self._get(serial, _S.SENT)
            before = self._stock.before(serial)
            if why := _unproven(found["text"], proof, before, uec_least):
                raise InputError("code {serial} cannot become ACTIVE: {why}", serial=serial, why=why)
            assert before is not None
            facts: dict[str, Any] = {"text": proof.text, "uec": round(proof.uec, 4), "uec_least": uec_least}
            facts["odometer"] = [before.value, proof.odometer]
            if kept is not None:
                facts["picture"] = kept.refs[0].digest
                if proof.corners_px:
                    facts["corners_px"] = [list(corner) for corner in proof.corners_px]
                self._enrol(found["row"], rows.image_rows(found["row"], kept.refs, self._pictures.folder))
            self._stock.note_reading("after", serial, proof.odometer, at)
            self._codes.move(found, _S.ACTIVE, Cause(found["row"], at, rows.text(proof.operator), "read", facts=facts))

        try:
            self._write(Said("activate {serial}", serial=serial), do)
        except BaseException:
            if kept is not None:
                kept.discard()
            raise

    def replace(
        self,
        serial: str,
        reason: str,
        *,
        operator: str = "",
        odometer: int | None = None,
        used: bool = True,
        attempts: int = ATTEMPTS,
    ) -> str | None:
        """SENT → VOID, and a new serial for the same case in the same transaction; the new serial.

        None when the case has used up its attempts: the code goes, none comes until a supervisor acts (`supervise`).
        `used` False says that no byte can have left, so that the attempt does not count. `odometer` is the reading
        afterwards.
        """
        at = datetime.now(UTC)

        def do() -> str | None:
            found = self._get(serial, _S.SENT)
            attempt = self._attempt(serial)
            goes_on = not used or attempt < attempts
            why = rows.text(reason)
            facts: dict[str, Any] = {"attempt": attempt, "why": why}
            if (before := self._stock.before(serial)) is not None:
                facts["odometer"] = [before.value, odometer]
                self._stock.note_reading("after", serial, odometer, at)
            who = rows.text(operator)
            void = Cause(found["row"], at, who, why if goes_on else ATTEMPTS_USED, facts=facts)
            self._codes.move(found, _S.VOID, void)
            if not goes_on:
                return None
            again = {"attempt": attempt + used, "replaces": serial}
            return self._codes.draw_again(found, Cause(found["row"], at, who, "replace", facts=again))

        new: str | None = self._write(Said("replace {serial}", serial=serial), do)
        return new

    def supervise(self, case_id: str, *, operator: str, second: str, reason: str = "supervised") -> str:
        """Give a case whose attempts are used up another round of them; its new serial. Two persons.

        Raises:
            InputError: there are not two persons, or the order has all its codes.
            WrongState: the case is not halted, or its last verdict is no pass any more.
        """
        two_persons(operator, second, Said("another round of labels for case {case}", case=case_id))

        def do() -> str:
            self._codes.hold_case(case_id)
            if not self._codes.is_halted(case_id) or not self._is_good(case_id):
                raise WrongState("case {case} is not halted: nothing is to be done", case=case_id)
            mine = sa.select(codes.c.serial).join(code_events, code_events.c.serial == codes.c.serial)
            last = mine.where(codes.c.case_id == case_id).order_by(code_events.c.event.desc()).limit(1)
            old = self._get(str(self._connection.scalar(last)))
            order = None if old["order_no"] is None else self._stock.of(old["order_no"])
            if order is not None and not order.has_room:
                raise InputError(
                    "order {number} has all its {quantity} codes: set case {case} aside, or let two persons raise it",
                    number=order.number,
                    quantity=order.quantity,
                    case=case_id,
                )
            who: dict[str, Any] = {
                "operator": rows.text(operator),
                "second": rows.text(second),
                "reason": rows.text(reason),
            }
            cause = Cause(old["row"], datetime.now(UTC), **who, facts={"replaces": old["serial"]})
            return self._codes.draw_again(old, cause)

        new: str = self._write(Said("supervise case {case}", case=case_id), do)
        return new

    def relabel(self, case_id: str, *, first: str, second: str, reason: str) -> str:
        """Void the code of a labelled case that is in the house, and draw a new one; its serial. Two persons.

        Raises:
            InputError: there are not two persons, or no reason.
            WrongState: the case has no ACTIVE, RETURNED or REWORKED code.
        """
        two_persons(first, second, Said("a new label for case {case}", case=case_id))
        need_reason(reason, Said("a new label for case {case}", case=case_id))

        def do() -> str:
            serial = self._connection.scalar(
                sa.select(codes.c.serial).where(
                    codes.c.case_id == case_id, codes.c.state.in_(sorted(map(str, IN_HOUSE)))
                )
            )
            if serial is None:
                raise WrongState(
                    "case {case} has no label in the house: only such a case can be labelled anew", case=case_id
                )
            found, at = self._get(serial), datetime.now(UTC)
            who: dict[str, Any] = {
                "operator": rows.text(first),
                "second": rows.text(second),
                "reason": rows.text(reason),
            }
            self._codes.move(found, _S.VOID, Cause(found["row"], at, **who))
            return self._codes.draw_again(found, Cause(found["row"], at, **who, facts={"replaces": serial}))

        new: str = self._write(Said("relabel case {case}", case=case_id), do)
        return new

    def odometer_differs(self, odometer: int | None) -> str | None:
        """The odometer does not show what it should: the last code that was printed, if it lives, goes in doubt.

        Its serial, or None. A code that went void with its job under way accounts for one label itself.
        """

        def do() -> str | None:
            last = self._stock.last_reading()
            if last is None or not _is_more(last.value, odometer, int(last.is_open)):
                return None
            printed = self._stock.printed_before(last.serial if last.is_open else None)
            return self._put_in_doubt(printed, "odometer", {"odometer": [last.value, odometer]})

        serial: str | None = self._write("mark the last label", do)
        return serial

    def doubt_earlier(
        self, serial: str, odometer: int | None, *, own: int, others: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Put in doubt what may have a second label, as a job shows that ends without proof; before it is void.

        `odometer` is the reading afterwards and `own` the labels of this job that are accounted for: one more may be a
        late copy of the code that was printed before it. `others` are serials the camera read beside it: such a code
        was seen where it does not belong; a void one whose label had not come when it went accounts for a label now.
        Returns the serials that are in doubt for it.
        """

        def do() -> tuple[str, ...]:
            mine, before = self._get(serial), self._stock.before(serial)
            doubted: list[str | None] = []
            come = own + sum(map(self._stock.was_owed, others))
            if before is not None and _is_more(before.value, odometer, come):
                facts = {"odometer": [before.value, odometer], "job": mine["serial"]}
                doubted.append(self._put_in_doubt(self._stock.printed_before(mine["serial"]), "odometer", facts))
            facts = {"case": mine["case_id"], "job": mine["serial"]}
            doubted += [self._put_in_doubt(other, "seen elsewhere", facts) for other in others]
            return tuple(dict.fromkeys(filter(None, doubted)))

        found: tuple[str, ...] = self._write(Said("look back from {serial}", serial=serial), do)
        return found

    # ── within a transaction ────────────────────────────────────────────────────────────────────────────────────

    def _is_good(self, case_id: str) -> bool:
        """Whether the last word on a case is a pass, or a person's decision that takes no code away."""
        c = inspections.c
        last = sa.select(c.kind, c.verdict, c.disposition).where(c.case_id == case_id).order_by(c.row.desc()).limit(1)
        kind, verdict, disposition = self._connection.execute(last).one()
        return bool(verdict == "PASS" if kind == "inspection" else disposition in ("OK", "B_GRADE"))

    def _put_in_doubt(self, serial: str | None, reason: str, facts: dict[str, Any]) -> str | None:
        """A code whose label is proven and that lives goes in doubt, or is already; its serial, None for any other.

        What a person has cleared is not doubted again for the very same facts.
        """
        found = None if serial is None else self._codes.find(serial)
        if found is None or States(found["state"]) not in LIVE - {_S.RESERVED, _S.SENT}:
            return None
        if found["suspicion"] == Suspicion.CLEARED and self._codes.last_doubt(found["serial"]) == facts:
            return None  # a person has looked at just this
        self._codes.doubt_itself(found, Cause(found["row"], datetime.now(UTC), "", reason, facts=facts))
        return str(found["serial"])

    def _attempt(self, serial: str) -> int:
        e = code_events.c
        facts = self._connection.scalar(sa.select(e.facts).where(e.serial == serial, e.step == 0)) or {}
        return int(facts.get("attempt", 1))

    def _enrol(self, row: int, values: list[dict[str, Any]]) -> None:
        last: int | None = self._connection.scalar(sa.select(sa.func.max(images.c.place)).where(images.c.row == row))
        first = 0 if last is None else last + 1
        self._connection.execute(images.insert(), [value | {"place": first + value["place"]} for value in values])

    def _waiting(self, limit: int, which: sa.ColumnElement[bool]) -> list[Waiting]:
        c, e, o = codes.c, code_events.c, odometers.c
        query = (
            sa.select(codes, inspections.c.sku, e.facts, o.reading, o.value)
            .join(inspections, inspections.c.row == c.row)
            .join(code_events, sa.and_(e.serial == c.serial, e.step == 0))
            .outerjoin(odometers, sa.and_(o.serial == c.serial, o.cause == "before"))
            .where(c.station == self._station, which)
            .order_by(c.state.desc(), e.event)
            .limit(limit)
        )
        return [_as_waiting(row) for row in self._connection.execute(query).mappings()]


def _as_waiting(row: sa.RowMapping) -> Waiting:
    return Waiting(
        **{name: row[name] for name in ("serial", "text", "gtin", "case_id", "sku", "row")},
        order=row["order_no"] or "",
        batch=row["batch"] or "",
        state=States(row["state"]),
        attempt=int((row["facts"] or {}).get("attempt", 1)),
        counted=row["reading"] is not None,
        odometer=row["value"],
    )


def _is_more(before: int | None, after: int | None, labels: int) -> bool:
    """Whether the odometer went on by more than so many labels, or back."""
    return before is not None and after is not None and not 0 <= after - before <= labels


def _unproven(text: str, proof: Proof, before: LastReading | None, uec_least: float) -> str:
    """Why a label is not proven, "" when it is."""
    if proof.text != text:
        return Said("the camera read {text!r}", text=proof.text[:80])
    if not proof.uec >= uec_least:
        return Said(
            "the label's unused error correction is {uec:.2f}, {least:.2f} is due", uec=proof.uec, least=uec_least
        )
    if before is None:
        return Said("no odometer reading was kept before its print command")
    due = None if before.value is None else before.value + 1
    if proof.odometer != due:
        return Said("the odometer shows {count}, {due} is due", count=proof.odometer, due=due)
    return ""
