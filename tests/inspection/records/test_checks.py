"""Daily checks, suspects, work and baselines: written once, exactly what is in doubt, over restarts and schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import (
    BASELINE,
    Answer,
    CheckRecord,
    KeptBaseline,
    Outcome,
    RecordReader,
    Records,
    SavePolicy,
    migrate,
    schema,
)
from shellmark_inspect.types import Disposition, Inspection, Placed, Reason, ReasonCode, Record, Verdict
from shellmark_trace import Suspicion

GTIN = "06901234567892"
SKU = "sku-1"
Make = Callable[..., Inspection]


def put(bench: Any, records: Records, inspection: Inspection) -> Record:
    return records.store(bench.begin(records, inspection), gtin=GTIN)


def begin(records: Records, made: Inspection, masters: tuple[str, ...] = ("fine",), sku: str = SKU) -> CheckRecord:
    return records.checks.begin(sku, masters, made.versions, operator="w17", why="first")


def end(records: Records, made: Inspection, outcome: Outcome, sku: str = SKU) -> CheckRecord:
    return records.checks.end(begin(records, made, sku=sku).number, outcome, operator="w17")


def suspicion(bench: Any, serial: str) -> str:
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = connection.scalar(sa.select(schema.codes.c.suspicion).where(schema.codes.c.serial == serial))
    return str(found)


def test_a_master_is_no_production_and_gets_no_code(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    check = begin(records, inspection(1))
    made = inspection(1, case_id="NG-1", verdict=Verdict.PASS)
    made = replace(made, trigger=replace(made.trigger, placed=Placed(check.number, "fine", 1)))
    stored = records.store(bench.begin(records, made), gtin=GTIN, answer=(Answer.RIGHT, ""))
    assert stored.code is None
    found = reader.get(stored.row)
    assert (found.master, found.inspection.trigger.placed) == ("fine", Placed(check.number, "fine", 1))
    assert reader.counts().cases == 0
    (kept,) = reader.checks(sku=SKU)
    assert [(one.place, one.row, one.answer) for one in kept.answers] == [(1, stored.row, Answer.RIGHT)]
    assert kept.outcome is None
    assert records.checks.open() == [kept]


def test_a_master_that_a_crash_left_open_stays_a_master(bench: Any, inspection: Make) -> None:
    records = bench.open()
    made = inspection(1)
    check = begin(records, made)
    records.begin(replace(made.trigger, placed=Placed(check.number, "fine", 1)), SKU, made.versions)
    records.close()
    (left,) = bench.open().recover()
    assert (left.master, left.verdict) == ("fine", Verdict.REVIEW)
    reader = bench.reader()
    assert reader.counts().cases == 0
    assert reader.checks()[0].answers == (), "nothing was judged"


def test_a_failed_check_doubts_the_output_since_the_last_good_one_and_its_codes(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    before = put(bench, records, inspection(1, case_id="a"))
    good = end(records, before.inspection, Outcome.PASSED)
    passed = put(bench, records, inspection(2, case_id="b"))
    failed = put(bench, records, inspection(3, case_id="c", verdict=Verdict.FAIL))
    other = put(bench, records, inspection(4, case_id="d", sku="sku-2"))
    ended = end(records, before.inspection, Outcome.FAILED)
    assert (good.suspects, ended.suspects) == (0, 2)
    marked = {record.row: record.suspect for record in reader.iterate()}
    assert marked == {before.row: "", passed.row: "SUSPECT", failed.row: "SUSPECT", other.row: ""}
    assert passed.code is not None
    assert suspicion(bench, passed.code.serial) == Suspicion.SUSPECT
    assert before.code is not None
    assert suspicion(bench, before.code.serial) == Suspicion.NONE
    told = [event for event in records.pending("x", 100) if event.payload.get("subject") == "suspicion"]
    assert [(event.payload["after"], event.payload["reason"]) for event in told] == [
        ("SUSPECT", f"check {ended.number} failed")
    ]
    checks = [event.payload for event in records.pending("x", 100) if event.kind == "check"]
    assert [(one["outcome"], one["suspects"]) for one in checks] == [
        ("passed", []), ("failed", [passed.row, failed.row]),
    ]  # fmt: skip
    again = end(records, before.inspection, Outcome.FAILED)
    assert again.suspects == 0, "what is marked is not marked again"
    late = put(bench, records, inspection(5, case_id="e"))
    assert end(records, before.inspection, Outcome.FAILED).suspects == 1
    assert {one.row for one in reader.suspects()} == {passed.row, failed.row, late.row}


def test_a_person_clears_and_the_code_is_trusted_again(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    made = inspection(1)
    end(records, made, Outcome.PASSED)
    stored = [put(bench, records, inspection(n, case_id=f"c{n}")) for n in (1, 2, 3)]
    end(records, made, Outcome.FAILED)
    who: dict[str, Any] = {"operator": "qc1", "reason_code": "looked again", "note": "all fine"}
    assert records.checks.clear([stored[0].row], None, Disposition.OK, **who) == 1
    code = stored[0].code
    assert code is not None
    assert suspicion(bench, code.serial) == Suspicion.CLEARED
    assert [one.row for one in reader.suspects()] == [stored[2].row, stored[1].row]
    with pytest.raises(InputError, match=f"record {stored[0].row} is not suspect"):
        records.checks.clear([stored[1].row, stored[0].row], None, Disposition.OK, **who)
    assert len(reader.suspects()) == 2, "all or nothing"
    assert records.checks.clear(None, "sku-2", Disposition.OK, **who) == 0
    assert records.checks.clear(None, SKU, Disposition.SCRAP, **who) == 2
    assert {one.disposition for one in reader.suspects(all_of=True)} == {Disposition.OK, Disposition.SCRAP}
    assert {record.suspect for record in reader.iterate()} == {"CLEARED"}
    for bad in ({**who, "operator": " "}, {**who, "reason_code": ""}):
        with pytest.raises(InputError, match="needs an operator and a reason code"):
            records.checks.clear(None, SKU, Disposition.OK, **bad)


def test_a_void_code_is_not_put_in_doubt(bench: Any, inspection: Make) -> None:
    records = bench.open()
    made = inspection(1)
    end(records, made, Outcome.PASSED)
    stored = put(bench, records, inspection(1))
    put(bench, records, inspection(2, verdict=Verdict.FAIL))
    assert end(records, made, Outcome.FAILED).suspects == 2
    assert stored.code is not None
    assert suspicion(bench, stored.code.serial) == Suspicion.NONE


def test_before_the_first_check_nothing_is_in_doubt(bench: Any, inspection: Make) -> None:
    records = bench.open()
    put(bench, records, inspection(1))
    first = begin(records, inspection(1))
    inside = put(bench, records, inspection(2, case_id="held"))
    assert records.checks.end(first.number, Outcome.FAILED, operator="w").suspects == 1
    assert [one.row for one in bench.reader().suspects()] == [inside.row]


def test_a_check_is_begun_and_ended_once(bench: Any, inspection: Make) -> None:
    records = bench.open()
    made = inspection(1)
    check = begin(records, made)
    with pytest.raises(InputError, match=f"check {check.number} of SKU {SKU} is open"):
        begin(records, made, sku="sku-2")
    records.checks.end(check.number, Outcome.BROKEN_OFF, operator="w", note="tea")
    with pytest.raises(InputError, match="has ended: broken_off"):
        records.checks.end(check.number, Outcome.PASSED, operator="w")
    with pytest.raises(InputError, match="there is no check 77"):
        records.checks.end(77, Outcome.PASSED, operator="w")
    with pytest.raises(InputError, match="needs an operator"):
        records.checks.begin(SKU, ("fine",), made.versions, operator="", why="")


def test_facts_say_what_came_after_the_last_good_check(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    made = inspection(1)
    assert reader.check_facts("st01", SKU) == type(reader.check_facts("st01", SKU))()
    put(bench, records, inspection(1, sku="sku-2"))
    good = end(records, made, Outcome.PASSED)
    facts = reader.check_facts("st01", SKU)
    assert (facts.last, facts.good, facts.other_sku, facts.work) == (good, good, False, None)
    put(bench, records, inspection(2, sku="sku-2"))
    records.checks.note_work("lamp", "", operator="e1", reason="new bar")
    records.checks.note_work(BASELINE, "sku-2", operator="e1", reason="of another SKU")
    facts = reader.check_facts("st01", SKU)
    assert facts.other_sku
    assert facts.work is not None
    assert (facts.work.kind, facts.work.reason) == ("lamp", "new bar")
    assert all(good.fits(made.versions).values())
    assert good.fits(replace(made.versions, model_digest="x")) == {"model": False, "recipe": True, "calibration": True}
    assert not reader.check_facts("st02", SKU).other_sku


def test_drift_is_read_since_the_last_reset(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    made = inspection(1)
    bases = (made.versions.calibration, made.versions.model_digest)
    first = put(bench, records, inspection(1, case_id="a"))
    records.checks.keep_baselines(SKU, [KeptBaseline(bases[0], "front", "gain_top", 1.0, 0.1, 30, first.row)])
    blocked = (Reason(ReasonCode.BLOCKED, {"detail": "x"}),)
    put(bench, records, inspection(2, case_id="b", verdict=Verdict.REVIEW, reasons=blocked))
    put(bench, records, inspection(3, case_id="c", verdict=Verdict.REVIEW))
    put(bench, records, inspection(4, case_id="d", sku="sku-2"))
    kept, readings = reader.drift("st01", SKU, bases, last=9)
    assert [(one.name, one.middle, one.row) for one in kept] == [("gain_top", 1.0, first.row)]
    assert [one.accepted for one in readings] == [True, True, False]
    assert readings[0].notes == made.notes
    assert reader.drift("st01", SKU, ("other",), last=1)[0] == []
    assert len(reader.drift("st01", SKU, bases, last=2)[1]) == 2
    records.checks.note_work(BASELINE, SKU, operator="e1", reason="new lamp")
    assert reader.drift("st01", SKU, bases, last=9) == ([], [])
    with pytest.raises(InputError, match="a new baseline needs an operator and a reason"):
        records.checks.note_work(BASELINE, SKU, operator="e1", reason="")


def test_the_new_tables_are_append_only(bench: Any, inspection: Make) -> None:
    records = bench.open()
    made = inspection(1)
    stored = put(bench, records, inspection(1))
    check = begin(records, made)
    master = inspection(2, case_id="m")
    master = replace(master, trigger=replace(master.trigger, placed=Placed(check.number, "fine", 1)))
    records.store(bench.begin(records, master), answer=(Answer.WRONG, "no"))
    put(bench, records, inspection(3, case_id="c"))
    records.checks.end(check.number, Outcome.FAILED, operator="w")
    records.checks.clear(None, SKU, Disposition.OK, operator="w", reason_code="r")
    records.checks.note_work("lamp", "", operator="w", reason="r")
    records.checks.keep_baselines(SKU, [KeptBaseline("c", "v", "n", 1.0, 0.0, 5, stored.row)])
    records.close()
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    tables = ("checks", "check_answers", "check_ends", "suspects", "suspect_ends", "works", "baselines")
    assert set(tables) < set(schema.APPEND_ONLY)
    for table in tables:
        column = schema.TABLES.tables[table].columns.values()[0].name
        for statement in (f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
                connection.exec_driver_sql(statement)


def test_a_database_of_the_first_schema_is_brought_up_to_date(
    bench: Any, inspection: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = inspection(1)
    _first_schema(bench, made)
    records = bench.open()
    reader = bench.reader()
    assert reader.facts().schema == migrate.HEAD
    (old,) = reader.latest()
    assert (old.master, old.suspect, old.inspection.trigger.placed, old.verdict) == ("", "", None, Verdict.PASS)
    assert reader.counts().cases == 1
    end(records, made, Outcome.PASSED)
    new = put(bench, records, inspection(2, case_id="new"))
    end(records, made, Outcome.FAILED)
    assert [one.row for one in reader.suspects()] == [new.row]


def _first_schema(bench: Any, made: Inspection) -> None:
    """A database as version 0001 made it, with one record."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    names = ("program", "recipe", "recipe_digest", "model", "model_digest", "calibration")
    versions = {name: getattr(made.versions, name) for name in names}
    case = {"case_id": "old", "sku": SKU, "station": "st01"}
    moment = sa.func.current_timestamp()
    with engine.begin() as connection:
        triggers, cases, rows = (
            sa.table(name, *(sa.column(c) for c in columns))
            for name, columns in (
                ("triggers", [*case, "number", "opened_ns", "opened_at", *versions]),
                ("cases", [*case, "first_at"]),
                ("inspections", [*case, "sequence", "kind", "trigger", "verdict", "opened_ns", "recorded_ns",
                                 "recorded_at", "operator", "reason_code", "note", "scores", "timings_ms", "notes",
                                 *versions]),
            )
        )  # fmt: skip
        connection.execute(triggers.insert().values(**case, number=1, opened_ns=1, opened_at=moment, **versions))
        connection.execute(cases.insert().values(**case, first_at=moment))
        empty = sa.literal_column("'{}'")
        connection.execute(
            rows.insert().values(
                **case, sequence=1, kind="inspection", trigger=1, verdict="PASS", opened_ns=1, recorded_ns=2,
                recorded_at=moment, operator="", reason_code="", note="", scores=empty, timings_ms=empty, notes=empty,
                **versions,
            )
        )  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["case", "other", "master", "good", "bad"]), min_size=3, max_size=12))
def test_whatever_happens_the_marks_are_those_since_the_last_good_check(
    tmp_path_factory: pytest.TempPathFactory, inspection: Make, events: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("marks")
    policy = SavePolicy(frames="failures", floor_bytes=0)
    records = Records.open(folder / "r.db", folder / "i", station="st01", host="x.cn", policy=policy)
    wanted: set[int] = set()
    waiting: set[int] = set()
    first = end(records, inspection(1), Outcome.PASSED)
    for number, event in enumerate(events, 1):
        made = inspection(number, case_id=f"c{number}", sku="sku-2" if event == "other" else SKU, evidence=())
        if event in {"good", "bad"}:
            end(records, made, Outcome.PASSED if event == "good" else Outcome.FAILED)
            wanted |= waiting if event == "bad" else set()
            waiting = set()
            continue
        if event == "master":
            made = replace(made, trigger=replace(made.trigger, placed=Placed(first.number, "fine", 1)))
        records.begin(made.trigger, made.sku, made.versions)
        row = records.store(made).row
        waiting |= {row} if event == "case" else set()
    reader = RecordReader(folder / "r.db", folder / "i")
    try:
        assert {one.row for one in reader.suspects(limit=1000)} == wanted
        assert {record.row for record in reader.iterate() if record.suspect} == wanted
    finally:
        reader.close()
        records.close()
