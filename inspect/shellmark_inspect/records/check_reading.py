"""Daily checks, suspects, work and baselines: the queries, on any connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.types import Disposition, ReasonCode, Verdict

from .check_values import (
    BASELINE,
    Answer,
    CheckFacts,
    CheckRecord,
    KeptBaseline,
    MasterAnswer,
    Outcome,
    Reading,
    Suspect,
    Work,
)
from .schema import baselines, check_answers, check_ends, checks, inspections, reasons, suspect_ends, suspects, works

Clause = sa.ColumnElement[bool]


def checks_where(connection: Connection, *clauses: Clause, limit: int | None = None) -> list[CheckRecord]:
    """Checks that fit every clause, newest first, with their answers and ends."""
    c = checks.c
    query = (
        sa.select(checks, check_ends.c.outcome, check_ends.c.ended_at, check_ends.c.row.label("end_row"))
        .add_columns(check_ends.c.note)
        .outerjoin(check_ends, check_ends.c.check == c.check)
        .where(*clauses)
        .order_by(c.check.desc())
        .limit(limit)
    )
    heads = connection.execute(query).mappings().all()
    numbers = [head["check"] for head in heads]
    answers = _answers(connection, numbers)
    marked = _marked(connection, numbers)
    return [_check(head, answers.get(head["check"], ()), marked.get(head["check"], 0)) for head in heads]


def last_good(connection: Connection, station: str, sku: str) -> CheckRecord | None:
    """The newest check of a SKU that passed."""
    passed = check_ends.c.outcome == str(Outcome.PASSED)
    found = checks_where(connection, checks.c.station == station, checks.c.sku == sku, passed, limit=1)
    return found[0] if found else None


def first_check(connection: Connection, station: str, sku: str) -> CheckRecord | None:
    """The first check of a SKU that was ever begun."""
    c = checks.c
    number = sa.select(sa.func.min(c.check)).where(c.station == station, c.sku == sku).scalar_subquery()
    found = checks_where(connection, c.check == number, limit=1)
    return found[0] if found else None


def facts(connection: Connection, station: str, sku: str) -> CheckFacts:
    """What decides whether a check of the SKU is due."""
    last = checks_where(connection, checks.c.station == station, checks.c.sku == sku, limit=1)
    good = last_good(connection, station, sku)
    since = (good.end_row or 0) if good else 0
    c = inspections.c
    other = sa.select(c.row).where(c.station == station, c.row > since, c.sku != sku, c.kind == "inspection").limit(1)
    w = works.c
    work = (
        sa.select(w.kind, w.sku, w.row, w.at, w.operator, w.reason)
        .where(w.station == station, w.sku.in_(["", sku]))
        .where(w.row >= since if good else sa.true())
        .order_by(w.work.desc())
        .limit(1)
    )
    newest = connection.execute(work).one_or_none()
    other_sku = good is not None and connection.scalar(other) is not None
    return CheckFacts(last[0] if last else None, good, other_sku, Work(*newest) if newest is not None else None)


def open_marks(
    connection: Connection, station: str, sku: str | None, rows: Sequence[int] | None
) -> list[tuple[int, int, str | None]]:
    """Marks nobody has decided about: (row, check, serial of the record)."""
    query = (
        sa.select(suspects.c.row, suspects.c.check, inspections.c.serial)
        .join(inspections, inspections.c.row == suspects.c.row)
        .where(inspections.c.station == station, ~_decided())
        .order_by(suspects.c.row)
    )
    if sku is not None:
        query = query.where(inspections.c.sku == sku)
    found = [(int(row), int(check), serial) for row, check, serial in connection.execute(query)]
    return found if rows is None else [one for one in found if one[0] in set(rows)]


def suspects_of(
    connection: Connection, station: str | None, sku: str | None, *, limit: int, all_of: bool
) -> list[Suspect]:
    """Suspects, newest first; with `all_of` also those a person has decided about."""
    c, e = inspections.c, suspect_ends.c
    both = sa.and_(e.row == suspects.c.row, e.check == suspects.c.check)
    query = (
        sa.select(c.row, suspects.c.check, c.case_id, c.sku, c.recorded_at, c.verdict, c.serial)
        .add_columns(e.at, e.disposition, e.operator, e.reason_code, e.note)
        .join(inspections, c.row == suspects.c.row)
        .outerjoin(suspect_ends, both)
        .order_by(c.row.desc(), suspects.c.check.desc())
        .limit(limit)
    )
    for column, value in ((c.station, station), (c.sku, sku)):
        query = query if value is None else query.where(column == value)
    query = query if all_of else query.where(e.at.is_(None))
    return [
        Suspect(
            *(row.row, row.check, row.case_id, row.sku, row.recorded_at, Verdict(row.verdict), row.serial),
            cleared_at=row.at,
            disposition=None if row.disposition is None else Disposition(row.disposition),
            operator=row.operator or "",
            reason_code=row.reason_code or "",
            note=row.note or "",
        )
        for row in connection.execute(query)
    ]


def marks(connection: Connection, rows: Iterable[int]) -> dict[int, str]:
    """Per inspection "SUSPECT" while a mark of it is open, "CLEARED" once all are decided; without a mark none."""
    query = (
        sa.select(suspects.c.row, sa.func.max(sa.case((_decided(), 0), else_=1)))
        .where(suspects.c.row.in_(sorted(rows)))
        .group_by(suspects.c.row)
    )
    return {int(row): "SUSPECT" if is_open else "CLEARED" for row, is_open in connection.execute(query)}


def kept_baselines(
    connection: Connection, station: str, sku: str, bases: Sequence[str]
) -> tuple[int, list[KeptBaseline]]:
    """The row of the last reset (0 without one), and the baselines that were kept since on these bases."""
    w = works.c
    mine = (w.station == station, w.kind == BASELINE, w.sku.in_(["", sku]))
    reset: int = connection.scalar(sa.select(sa.func.max(w.row)).where(*mine)) or 0
    b = baselines.c
    query = (
        sa.select(b.basis, b.view, b.name, b.middle, b.spread, b.readings, b.row)
        .where(b.station == station, b.sku == sku, b.row > reset, b.basis.in_(bases))
        .order_by(b.baseline)
    )
    return reset, [KeptBaseline(*row) for row in connection.execute(query)]


def readings(connection: Connection, station: str, sku: str, *, since: int, last: int) -> list[Reading]:
    """What the last so many records after a row say of drift, oldest first."""
    c = inspections.c
    other = sa.exists().where(reasons.c.row == c.row, reasons.c.code != str(ReasonCode.BLOCKED))
    fine = sa.or_(c.verdict == str(Verdict.PASS), sa.and_(c.verdict == str(Verdict.REVIEW), ~other))
    query = (
        sa.select(c.row, c.recorded_at, c.calibration, c.model_digest, c.verdict, c.notes, c.scores)
        .add_columns(sa.and_(fine, c.master.is_(None)).label("accepted"), c.master.is_not(None).label("is_master"))
        .where(c.station == station, c.sku == sku, c.kind == "inspection", c.row > since)
        .order_by(c.row.desc())
        .limit(last)
    )
    found = [
        Reading(
            *(row.row, row.recorded_at, row.calibration, row.model_digest, Verdict(row.verdict)),
            accepted=bool(row.accepted),
            master=bool(row.is_master),
            notes=_finite(row.notes),
            scores=_finite(row.scores),
        )
        for row in connection.execute(query)
    ]
    return found[::-1]


def _finite(stored: Any) -> dict[str, float]:
    return {name: value for name, value in stored.items() if value is not None}


def _decided() -> Clause:
    return sa.exists().where(suspect_ends.c.row == suspects.c.row, suspect_ends.c.check == suspects.c.check)


def _answers(connection: Connection, numbers: Sequence[int]) -> dict[int, list[MasterAnswer]]:
    a = check_answers.c
    query = sa.select(a.check, a.place, a.row, a.answer, a.why).where(a.check.in_(numbers)).order_by(a.row)
    found: dict[int, list[MasterAnswer]] = {}
    for check, place, row, answer, why in connection.execute(query):
        found.setdefault(check, []).append(MasterAnswer(place, row, Answer(answer), why))
    return found


def _marked(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    query = sa.select(suspects.c.check, sa.func.count()).where(suspects.c.check.in_(numbers))
    return {int(check): int(count) for check, count in connection.execute(query.group_by(suspects.c.check))}


def _check(head: Any, answers: Iterable[MasterAnswer], marked: int) -> CheckRecord:
    names = ("sku", "operator", "why", "begun_at", "row", "model_digest", "recipe_digest", "calibration")
    return CheckRecord(
        number=head["check"],
        **{name: head[name] for name in names},
        masters=tuple(head["masters"]),
        answers=tuple(answers),
        outcome=None if head["outcome"] is None else Outcome(head["outcome"]),
        ended_at=head["ended_at"],
        end_row=head["end_row"],
        note=head["note"] or "",
        suspects=marked,
    )
