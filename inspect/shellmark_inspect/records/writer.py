"""The writing side: one station, one connection, one transaction for everything a record brings with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import ConfigError, InputError, RecordsError, StorageFull
from shellmark_inspect.said import Said
from shellmark_inspect.types import (
    Code,
    Disposition,
    Inspection,
    Record,
    Trigger,
    Verdict,
    Versions,
)
from shellmark_trace import LinkError, check_host

from . import rows
from .check_values import Answer, MasterAnswer
from .checks import Checks
from .clock import ClockWatch
from .codes import Cause, Codes, Moved, check_known_gtin
from .database import RECORD_ROOM_BYTES, file_of, free_bytes, mapped, settings
from .export import record_json
from .labels import Labels
from .ledger import Event, Ledger
from .opening import open_connection
from .pictures import Kept, Pictures
from .policy import SavePolicy
from .schema import cases, defects, images, inspections, reasons, triggers
from .stock import Stock

T = TypeVar("T")

VOIDING = frozenset({Disposition.NG, Disposition.SCRAP, Disposition.REWORK, Disposition.RECHECK})
"""Decisions after which a case must not carry a live code."""

_TRIES = 5
"""How often a transaction is tried when another station came between (PostgreSQL only)."""


class Records:
    """The durable, append-only records of one station. Open with `Records.open`.

    One thread begins, stores and overrules; `pending` and `delivered` wait their turn on any thread.
    After `StorageFull` or another `RecordsError` nothing of the call is kept, and it may be made again.
    """

    def __init__(
        self, connection: Connection, closing: ExitStack, *, images: Path, station: str, host: str, policy: SavePolicy
    ) -> None:
        """Take what `open` has made ready."""
        self.station = station
        self._turn = threading.Lock()
        self._connection = connection
        self._closing = closing
        self._file = file_of(connection.engine.url)
        self.where = str(self._file or connection.engine.url.render_as_string(hide_password=True))
        self._pictures = Pictures(images, policy, station)
        self._ledger = Ledger(connection, station)
        self.stock = Stock(connection, station, self._ledger, self._write)
        self._codes = Codes(connection, self._ledger, self.stock, station=station, host=host)
        self.checks = Checks(connection, station, self._codes, self._ledger, self._write)
        parts = (self._codes, self.stock, self._ledger, self._pictures)
        self.labels = Labels(connection, *parts, self._write, station)
        self._clock = ClockWatch(self._newest())

    @classmethod
    def open(
        cls, url: str | Path, images: Path, *, station: str, host: str, policy: SavePolicy | None = None
    ) -> Records:
        """Take the station's lock, bring the schema up to date, and get ready to write.

        `url` is a file, `sqlite:///FILE` or `postgresql://…`; `images` the folder of the pictures; `host` the domain in
        the text of codes, at most 18 characters.

        Raises:
            ConfigError: the host or the station's name cannot be used.
            DatabaseInUse: another station holds the database.
            DatabaseTooNew: a newer program wrote it.
            StorageFull: there is no room for a record.
            RecordsError: it cannot be opened.
        """
        try:
            host = check_host(host)
        except LinkError as e:
            raise ConfigError(f"the domain of the codes: {e}") from e
        if not station or rows.text(station) != station:
            raise ConfigError(f"station {station!r} is no name: give letters and digits")
        with ExitStack() as closing:
            connection = open_connection(url, station, closing)
            policy = policy or SavePolicy()
            records = cls(connection, closing, images=images, station=station, host=host, policy=policy)
            records._check_room()
            records._closing = closing.pop_all()
            return records

    def begin(self, trigger: Trigger, sku: str, versions: Versions) -> None:
        """Commit that a case is about to be inspected; where this raises, the case must not be captured.

        Raises:
            StorageFull: there is no room for the record to come.
            RecordsError: the trigger could not be kept, or was begun before.
        """
        self._check_room()
        values = {
            "station": self.station,
            "number": trigger.number,
            "case_id": rows.text(trigger.case_id),
            "sku": rows.text(sku),
            "opened_ns": trigger.opened_ns,
            "opened_at": datetime.now(UTC),
            **rows.versions_row(versions),
            **rows.placed_row(trigger.placed),
        }
        self._write(Said("begin trigger {number}", number=trigger.number), lambda: self._begin(values))
        self._clock.seen()

    def store(
        self,
        inspection: Inspection,
        *,
        operator: str = "",
        gtin: str | None = None,
        answer: tuple[Answer, str] | None = None,
    ) -> Record:
        """Keep an inspection and close its trigger: pictures first, then everything else in one transaction.

        A PASS with a GTIN gives the case a code (RESERVED) unless it has a live one; FAIL and REVIEW void a live one.
        A master gets no code; `answer` is what its verdict says of the station, and why. The record comes back without
        pixels; its pictures are at `images[…].path`.

        Raises:
            StorageFull: there was no room; nothing is kept, the trigger stays open.
            RecordsError: it could not be kept, was stored before, or its trigger was never begun.
            InputError: the GTIN is wrong.
        """
        gtin = None if inspection.trigger.placed else gtin
        check_known_gtin(gtin)
        at = datetime.now(UTC)
        kept = self._pictures.keep(inspection, at)
        try:
            return self._write(
                Said("store trigger {number}", number=inspection.trigger.number),
                lambda: self._answered(self._store(inspection, kept, operator, gtin, at), answer),
            )
        except BaseException:
            kept.discard()
            raise

    def recover(self) -> list[Record]:
        """Give every trigger that a crash or a power cut left open its record: REVIEW, interrupted.

        Raises:
            RecordsError: one of them could not be kept.
        """
        closed = sa.select(inspections.c.row).where(
            inspections.c.station == triggers.c.station,
            inspections.c.trigger == triggers.c.number,
            inspections.c.kind == "inspection",
        )
        query = (
            sa.select(triggers).where(triggers.c.station == self.station, ~closed.exists()).order_by(triggers.c.number)
        )
        left = self._write("look for open triggers", lambda: self._connection.execute(query).mappings().all())
        return [self.store(rows.interrupted(row)) for row in left]

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Record:
        """Keep a person's decision about a record as a further row; NG, SCRAP, REWORK and RECHECK void a live code.

        No decision ever gives a case a code: for that it has to be inspected again and pass.

        Raises:
            InputError: there is no such row, or the case has a newer one.
            RecordsError: it could not be kept.
        """
        if not operator.strip() or not reason_code.strip():
            raise InputError("record {row}: a decision needs an operator and a reason code", row=row)
        at = datetime.now(UTC)
        decision = {"disposition": str(disposition), "operator": rows.text(operator)}
        decision |= {"reason_code": rows.text(reason_code), "note": rows.text(note)}
        return self._write(
            Said("overrule record {row}", row=row), lambda: self._overrule(row, disposition, decision, at)
        )

    def is_open(self, trigger: Trigger) -> bool:
        """Whether a trigger was begun and has no record yet."""
        return self._write("look for an open trigger", lambda: self._is_open(trigger.number))

    def next_trigger_number(self) -> int:
        """The number the station's next trigger has to have."""
        query = sa.select(sa.func.max(triggers.c.number)).where(triggers.c.station == self.station)
        return (self._write("read the last trigger", lambda: self._connection.scalar(query)) or 0) + 1

    def prune(self) -> int:
        """Delete pictures older than the policy's days, counted from the newest record; how many. Rows stay for ever.

        Raises:
            RecordsError: a file could not be deleted.
        """
        newest = self._newest()
        return 0 if newest is None else self._pictures.prune(newest)

    def pending(self, target: str, limit: int = 100) -> Sequence[Event]:
        """The first events of the outbox that a target has not had yet, oldest first; from any thread."""
        return self._write("read the outbox", lambda: self._ledger.pending(target, limit))

    def delivered(self, target: str, number: int) -> None:
        """Say that a target has had every event up to `number`; from any thread."""
        self._write("move a cursor", lambda: self._ledger.move_cursor(target, number, datetime.now(UTC)))

    def settings(self) -> Mapping[str, Any]:
        """The settings durability rests on, as the connection has them."""
        return self._write("read the settings", lambda: settings(self._connection))

    def close(self) -> None:
        """Let go of the database; a second call does nothing."""
        with self._turn:
            self._closing.close()

    def _newest(self) -> datetime | None:
        query = sa.select(inspections.c.recorded_at).order_by(inspections.c.row.desc()).limit(1)
        return self._write("read the last record", lambda: self._connection.scalar(query))

    # ── within a transaction ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, values: Mapping[str, Any]) -> None:
        """Open a trigger, and say in the log when the clock has jumped."""
        self._connection.execute(triggers.insert(), values)
        if (jump := self._clock.look()) is not None:
            self._ledger.note("clock_jump", jump.found, jump.told(), {})

    def _store(self, inspection: Inspection, kept: Kept, operator: str, gtin: str | None, at: datetime) -> Record:
        self._check_open(inspection.trigger.number)
        head = rows.inspection_row(inspection) | {"kind": "inspection", "operator": rows.text(operator)}
        case_id = head["case_id"]
        self._know_case(case_id, head["sku"], at)
        passed = inspection.verdict is Verdict.PASS
        change = self._codes.after_pass(case_id, gtin) if passed else self._codes.after_hold(case_id)
        head |= {
            "previous": self._last_row(case_id),
            "origin": None,
            "disposition": None,
            "reason_code": "",
            "note": "",
            **rows.ordered_row(self.stock.current()),
        }
        row, sequence = self._append(head, change.code, at)
        self._insert(reasons, rows.reason_rows(row, inspection))
        self._insert(defects, rows.defect_rows(row, inspection))
        self._insert(images, rows.image_rows(row, kept.refs, self._pictures.folder))
        self._codes.carry_out(change, Cause(row, at, head["operator"], inspection.verdict.lower()))
        record = Record(
            row=row,
            sequence=sequence,
            station=self.station,
            recorded_at=at,
            inspection=rows.without_pixels(inspection),
            images=kept.refs,
            code=change.code,
            operator=head["operator"],
            previous=head["previous"],
            master=head["master"] or "",
            order=head["order_no"] or "",
            batch=head["batch"] or "",
        )
        self._announce("inspection", record)
        return record

    def _answered(self, record: Record, answer: tuple[Answer, str] | None) -> Record:
        if (placed := record.inspection.trigger.placed) is not None and answer is not None:
            self.checks.answered(placed.check, MasterAnswer(placed.place, record.row, *answer))
        return record

    def _overrule(self, row: int, disposition: Disposition, decision: dict[str, str], at: datetime) -> Record:
        c = inspections.c
        base = self._connection.execute(sa.select(inspections).where(c.row == row)).mappings().one_or_none()
        if base is None:
            raise InputError("there is no record {row}", row=row)
        self._codes.hold_case(case_id := base["case_id"])
        if (last := self._last_row(case_id)) != row:
            raise InputError(
                "record {row} of case {case} was followed by {last}: decide about that one",
                row=row,
                case=case_id,
                last=last,
            )
        change = self._codes.after_hold(case_id) if disposition in VOIDING else self._codes.unchanged(case_id)
        origin = row if base["origin"] is None else base["origin"]
        head = {**base, **decision, "kind": "overrule", "origin": origin, "previous": row}
        new, sequence = self._append(head, change.code, at)
        self._codes.carry_out(change, Cause(new, at, decision["operator"], disposition.lower()))
        seen = rows.load(self._connection, [base], self._pictures.folder)[0]
        record = replace(
            seen,
            row=new,
            sequence=sequence,
            station=self.station,
            recorded_at=at,
            code=change.code,
            disposition=disposition,
            operator=decision["operator"],
            reason_code=decision["reason_code"],
            note=decision["note"],
            previous=row,
        )
        self._announce("overrule", record, corrects=base)
        return record

    def _append(self, head: Mapping[str, Any], code: Code | None, at: datetime) -> tuple[int, int]:
        c = inspections.c
        last: int | None = self._connection.scalar(sa.select(sa.func.max(c.sequence)).where(c.station == self.station))
        sequence = (last or 0) + 1
        values = {name: value for name, value in head.items() if name != "row"}
        values |= {"station": self.station, "sequence": sequence, "serial": None if code is None else code.serial}
        values |= {"recorded_at": at, "recorded_ns": time.monotonic_ns()}
        done = self._connection.execute(inspections.insert(), values).inserted_primary_key
        assert done is not None
        return int(done[0]), sequence

    def _announce(self, kind: str, record: Record, *, corrects: sa.RowMapping | None = None) -> None:
        told = record_json(record)
        key = f"{record.station}:{record.sequence}"
        entry = {
            "kind": kind,
            "sequence": record.sequence,
            "verdict": told["verdict"],
            "disposition": told["disposition"],
        }
        about = {} if corrects is None else self._ledger.corrected(corrects["station"], corrects["sequence"])
        self._ledger.tell(kind, key, record.recorded_at, {**told, **about}, row=record.row)
        self._ledger.log(entry, told)

    def _check_open(self, number: int) -> None:
        c = inspections.c
        mine = sa.select(triggers.c.number).where(triggers.c.station == self.station, triggers.c.number == number)
        if self._connection.scalar(mine) is None:
            raise RecordsError(
                "trigger {number} of station {station} was never begun: begin it before the capture",
                number=number,
                station=self.station,
            )
        stored = sa.select(c.row).where(c.station == self.station, c.trigger == number, c.kind == "inspection")
        if (row := self._connection.scalar(stored)) is not None:
            raise RecordsError(
                "trigger {number} of station {station} has its record already: {row}",
                number=number,
                station=self.station,
                row=row,
            )

    def _is_open(self, number: int) -> bool:
        try:
            self._check_open(number)
        except RecordsError:
            return False
        return True

    def _know_case(self, case_id: str, sku: str, at: datetime) -> None:
        if not self._codes.hold_case(case_id):
            values = {"case_id": case_id, "sku": sku, "station": self.station, "first_at": at}
            self._connection.execute(cases.insert(), values)

    def _last_row(self, case_id: str) -> int | None:
        c = inspections.c
        last: int | None = self._connection.scalar(sa.select(sa.func.max(c.row)).where(c.case_id == case_id))
        return last

    def _insert(self, table: sa.Table, values: list[dict[str, Any]]) -> None:
        if values:
            self._connection.execute(table.insert(), values)

    # ── around a transaction ────────────────────────────────────────────────────────────────────────────────────

    def _write(self, what: str, do: Callable[[], T]) -> T:
        with self._turn, mapped(what, self.where):
            tries = 1 if self._file is not None else _TRIES
            for _ in range(tries - 1):
                try:
                    with self._connection.begin():
                        return do()
                except (exc.IntegrityError, Moved):
                    continue
            with self._connection.begin():
                return do()

    def _check_room(self) -> None:
        folder = self._pictures.folder if self._file is None else self._file.parent
        with mapped("look at the free space", folder):
            free = free_bytes(folder)
        if free < RECORD_ROOM_BYTES:
            raise StorageFull(
                "{folder} has {kib} KiB left: free some space, no case is begun before", folder=folder, kib=free // 1024
            )
