"""Daily checks, suspects, work and baselines: the writing side, within the station's own transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError
from shellmark_inspect.said import Said
from shellmark_inspect.types import Disposition, Versions

from . import check_reading, rows
from .check_values import BASELINE, CheckRecord, KeptBaseline, MasterAnswer, Outcome
from .codes import Codes, Doubt
from .ledger import Ledger
from .schema import baselines, check_answers, check_ends, checks, inspections, suspect_ends, suspects, works

T = TypeVar("T")
Write = Callable[[str, Callable[[], T]], T]
_AT_ONCE = 500


class Checks:
    """The daily checks of one station. Every call is one transaction, on the records thread."""

    def __init__(
        self, connection: Connection, station: str, codes: Codes, ledger: Ledger, write: Callable[..., Any]
    ) -> None:
        self._connection = connection
        self._station = station
        self._codes = codes
        self._ledger = ledger
        self._write = write

    def begin(self, sku: str, masters: Sequence[str], versions: Versions, *, operator: str, why: str) -> CheckRecord:
        """Keep that a check is begun.

        Raises:
            InputError: one is open, or there is no operator.
        """
        if not operator.strip():
            raise InputError("a daily check needs an operator: say who makes it")

        def do() -> CheckRecord:
            if left := self._open():
                raise InputError(
                    "check {check} of SKU {sku} is open: end it first", check=left[0].number, sku=left[0].sku
                )
            values = {
                "station": self._station,
                "sku": rows.text(sku),
                "operator": rows.text(operator),
                "why": why,
                "begun_at": datetime.now(UTC),
                "row": self._last_row(),
                "masters": list(masters),
                "model_digest": versions.model_digest,
                "recipe_digest": versions.recipe_digest,
                "calibration": versions.calibration,
            }
            done = self._connection.execute(checks.insert(), values).inserted_primary_key
            assert done is not None
            return self._get(int(done[0]))

        found: CheckRecord = self._write("begin a check", do)
        return found

    def answered(self, check: int, answer: MasterAnswer) -> None:
        """Keep what a master's record says; within the caller's transaction."""
        values = {"check": check, "row": answer.row, "place": answer.place, "answer": str(answer.answer)}
        self._connection.execute(check_answers.insert(), {**values, "why": rows.text(answer.why)})

    def end(self, check: int, outcome: Outcome, *, operator: str, note: str = "") -> CheckRecord:
        """End a check; a failed one marks every inspection of the SKU since the last good one.

        Without a good one before, those since the SKU's first check was begun.

        Raises:
            InputError: it is no check of this station, or has ended.
        """

        def do() -> CheckRecord:
            found = self._get(check)
            if found.outcome is not None:
                raise InputError("check {check} has ended: {outcome}", check=check, outcome=found.outcome)
            at = datetime.now(UTC)
            values = {"check": check, "outcome": str(outcome), "ended_at": at, "row": self._last_row()}
            who = {"operator": rows.text(operator), "note": rows.text(note)}
            doubted = self._doubt(found, at, operator) if outcome is Outcome.FAILED else []
            self._connection.execute(check_ends.insert(), {**values, **who})
            told = {"check": check, "sku": found.sku, "outcome": str(outcome), **who, "suspects": doubted}
            self._announce("check", f"{self._station}:check:{check}", at, told, {"outcome": str(outcome)})
            return self._get(check)

        ended: CheckRecord = self._write(Said("end check {check}", check=check), do)
        return ended

    def open(self) -> list[CheckRecord]:
        """The checks that have not ended, as a crash leaves them."""
        found: list[CheckRecord] = self._write("look for open checks", self._open)
        return found

    def clear(
        self,
        marked: Sequence[int] | None,
        sku: str | None,
        disposition: Disposition,
        *,
        operator: str,
        reason_code: str,
        note: str = "",
    ) -> int:
        """Keep a person's decision about suspects; how many inspections. `marked` None: every open one of the SKU.

        Codes that are in doubt for the check are so no longer.

        Raises:
            InputError: no operator or reason, or a row has no open mark.
        """
        if not operator.strip() or not reason_code.strip():
            raise InputError("clearing a suspect needs an operator and a reason code")
        who = {"operator": rows.text(operator), "reason_code": rows.text(reason_code), "note": rows.text(note)}

        def do() -> int:
            open_marks = check_reading.open_marks(self._connection, self._station, sku, marked)
            found = {row for row, _, _ in open_marks}
            if marked is not None and (strange := sorted(set(marked) - found)):
                raise InputError(
                    "record {first} is not suspect: `shellmark checks suspects` shows those that are", first=strange[0]
                )
            at = datetime.now(UTC)
            for row, check, serial in open_marks:
                place = {"row": row, "check": check, "at": at, "disposition": str(disposition)}
                self._connection.execute(suspect_ends.insert(), {**place, **who})
                if serial is not None:
                    self._codes.trust(serial, Doubt(row, check, at, who["operator"], who["reason_code"]))
            if found:
                told = {"rows": sorted(found), "disposition": str(disposition), **who}
                key = f"{self._station}:clearing:{at.isoformat()}"
                self._announce("clearing", key, at, told, {"disposition": str(disposition)})
            return len(found)

        cleared: int = self._write("clear suspects", do)
        return cleared

    def note_work(self, kind: str, sku: str, *, operator: str, reason: str) -> None:
        """Keep that the station was worked on; kind "baseline" begins the SKU's baselines anew.

        Raises:
            InputError: no operator or no reason.
        """
        if not operator.strip() or not reason.strip():
            what = Said("a new baseline") if kind == BASELINE else Said("work on the station")
            raise InputError("{what} needs an operator and a reason", what=what)
        values = {"station": self._station, "sku": rows.text(sku), "kind": kind, "at": datetime.now(UTC)}
        values |= {"operator": rows.text(operator), "reason": rows.text(reason)}
        self._write(
            "note work", lambda: self._connection.execute(works.insert(), {**values, "row": self._last_row()}).close()
        )

    def keep_baselines(self, sku: str, kept: Sequence[KeptBaseline]) -> None:
        """Keep baselines that have become whole."""
        at = datetime.now(UTC)
        names = ("basis", "view", "name", "middle", "spread", "readings", "row")
        values = [
            {"station": self._station, "sku": rows.text(sku), "at": at, **{name: getattr(one, name) for name in names}}
            for one in kept
        ]
        self._write("keep baselines", lambda: self._connection.execute(baselines.insert(), values).close())

    # ── within a transaction ────────────────────────────────────────────────────────────────────────────────────

    def _get(self, check: int) -> CheckRecord:
        found = check_reading.checks_where(
            self._connection, checks.c.check == check, checks.c.station == self._station, limit=1
        )
        if not found:
            raise InputError("there is no check {check} of station {station}", check=check, station=self._station)
        return found[0]

    def _open(self) -> list[CheckRecord]:
        is_open = check_ends.c.outcome.is_(None)
        return check_reading.checks_where(self._connection, checks.c.station == self._station, is_open)

    def _last_row(self) -> int:
        query = sa.select(sa.func.max(inspections.c.row)).where(inspections.c.station == self._station)
        return self._connection.scalar(query) or 0

    def _announce(self, kind: str, key: str, at: datetime, told: dict[str, Any], entry: dict[str, Any]) -> None:
        """Tell the outbox, and the log by a leaf that says `entry` in clear."""
        told = told | {"at": at.isoformat(timespec="microseconds")}
        self._ledger.tell(kind, key, at, told, row=None)
        self._ledger.log({"kind": kind, **entry}, told)

    def _doubt(self, check: CheckRecord, at: datetime, operator: str) -> list[int]:
        """Mark what was inspected since the last good check, and its codes; the rows."""
        good = check_reading.last_good(self._connection, self._station, check.sku)
        first = check_reading.first_check(self._connection, self._station, check.sku)
        since, checked = (good.end_row or 0, good.number) if good else (first.row if first else check.row, 0)
        c = inspections.c
        marked = sa.exists().where(suspects.c.row == c.row, suspects.c.check > checked)
        query = (
            sa.select(c.row, c.serial)
            .where(c.station == self._station, c.sku == check.sku, c.kind == "inspection", c.master.is_(None))
            .where(c.row > since, ~marked)
            .order_by(c.row)
        )
        found = self._connection.execute(query).all()
        for start in range(0, len(found), _AT_ONCE):
            part = found[start : start + _AT_ONCE]
            self._connection.execute(suspects.insert(), [{"row": row, "check": check.number} for row, _ in part])
        for row, serial in found:
            if serial is not None:
                self._codes.doubt(serial, Doubt(row, check.number, at, operator, f"check {check.number} failed"))
        return [row for row, _ in found]
