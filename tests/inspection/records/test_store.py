"""What a station writes is what a reader reads, and a case's codes follow its records."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from shellmark_inspect.errors import ConfigError, DatabaseInUse, DatabaseTooNew, InputError, RecordsError
from shellmark_inspect.records import VOIDING, Records
from shellmark_inspect.types import Disposition, Inspection, Reason, ReasonCode, Record, Trigger, Verdict
from shellmark_trace import parse_link

GTIN = "06901234567892"
OTHER_GTIN = "06901234567908"
Make = Callable[..., Inspection]


def put(bench: Any, records: Records, inspection: Inspection, gtin: str | None = GTIN) -> Record:
    return records.store(bench.begin(records, inspection), operator="w17", gtin=gtin)


def same(one: Record, other: Record) -> None:
    """Records hold arrays, which have no truth value: compare them apart."""
    for a, b in zip(one.inspection.defects, other.inspection.defects, strict=True):
        np.testing.assert_array_equal(a.contour_px, b.contour_px)

    def bare(record: Record) -> Record:
        defects = tuple(replace(d, contour_px=np.empty(0)) for d in record.inspection.defects)
        return replace(record, inspection=replace(record.inspection, defects=()), note=record.note + repr(defects))

    assert bare(one) == bare(other)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_stored_record_is_the_one_a_reader_finds(bench: Any, inspection: Make, verdict: Verdict) -> None:
    records = bench.open()
    stored = put(bench, records, inspection(1, verdict=verdict))
    found = bench.reader().get(stored.row)
    same(stored, found)
    assert stored.sequence == 1
    assert stored.operator == "w17"
    assert (stored.code is not None) == (verdict is Verdict.PASS)
    assert all(image.path.is_file() for image in found.images)
    assert [image.kind for image in found.images] == (["frame"] if verdict is Verdict.PASS else ["frame", "crop"])
    assert found.inspection.evidence == ()
    assert all(defect.crop is None for defect in found.inspection.defects)


def test_a_pass_gets_its_code_and_keeps_it(bench: Any, inspection: Make) -> None:
    records = bench.open()
    first = put(bench, records, inspection(1))
    again = put(bench, records, inspection(2))
    assert first.code is not None
    link = parse_link(first.code.text)
    assert (link.host, link.gtin, link.serial) == ("ID.EXAMPLE.CN", GTIN, first.code.serial)
    assert first.code.state == "RESERVED"
    assert again.code == first.code
    assert again.previous == first.row


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.REVIEW])
def test_a_fail_or_review_voids_the_code_for_ever(bench: Any, inspection: Make, verdict: Verdict) -> None:
    records, reader = bench.open(), bench.reader()
    first = put(bench, records, inspection(1))
    second = put(bench, records, inspection(2, verdict=verdict))
    third = put(bench, records, inspection(3))
    assert first.code is not None
    assert second.code is None
    assert third.code is not None
    assert third.code.serial != first.code.serial
    voided = reader.get(first.row).code
    assert voided is not None
    assert voided.state == "VOID"


def test_a_code_of_another_gtin_goes(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    first = put(bench, records, inspection(1))
    second = put(bench, records, inspection(2), OTHER_GTIN)
    assert second.code is not None
    assert parse_link(second.code.text).gtin == OTHER_GTIN
    old = reader.get(first.row).code
    assert old is not None
    assert old.state == "VOID"


def test_without_a_gtin_there_is_no_code_and_a_wrong_one_is_the_callers_mistake(bench: Any, inspection: Make) -> None:
    records = bench.open()
    assert put(bench, records, inspection(1), None).code is None
    with pytest.raises(InputError, match="check digit"):
        put(bench, records, inspection(2), "06901234567893")
    assert [record.inspection.trigger.number for record in records.recover()] == [2]


@pytest.mark.parametrize("disposition", list(Disposition))
def test_an_overrule_is_a_new_row_and_never_gives_a_code(
    bench: Any, inspection: Make, disposition: Disposition
) -> None:
    records, reader = bench.open(), bench.reader()
    passed = put(bench, records, inspection(1, "good"))
    failed = put(bench, records, inspection(2, "bad", Verdict.FAIL))
    for record in (passed, failed):
        decided = records.overrule(record.row, disposition, operator="s1", reason_code="dust", note="wiped off")
        same(decided, reader.get(decided.row))
        assert decided.previous == record.row
        assert decided.disposition is disposition
        assert decided.verdict is record.verdict
        assert decided.images == record.images
        assert reader.get(record.row).disposition is None
        keeps = record is passed and disposition not in VOIDING
        assert (decided.code is not None) == keeps
    again = records.overrule(4, Disposition.OK, operator="s2", reason_code="second_look")
    assert again.inspection.reasons == failed.inspection.reasons
    assert again.code is None


def test_a_decision_about_a_row_that_is_not_the_last_is_refused(bench: Any, inspection: Make) -> None:
    records = bench.open()
    first = put(bench, records, inspection(1))
    put(bench, records, inspection(2))
    with pytest.raises(InputError, match="followed by"):
        records.overrule(first.row, Disposition.NG, operator="s1", reason_code="x")
    with pytest.raises(InputError, match="no record 99"):
        records.overrule(99, Disposition.NG, operator="s1", reason_code="x")
    with pytest.raises(InputError, match="operator"):
        records.overrule(2, Disposition.NG, operator=" ", reason_code="x")


def test_a_trigger_has_one_record_and_has_to_be_begun(bench: Any, inspection: Make) -> None:
    records = bench.open()
    one = inspection(1)
    put(bench, records, one)
    with pytest.raises(RecordsError, match="has its record already"):
        records.store(one)
    with pytest.raises(RecordsError, match="begin trigger 1"):
        bench.begin(records, one)
    with pytest.raises(RecordsError, match="never begun"):
        records.store(inspection(2))
    assert bench.reader().size() == 1
    assert records.next_trigger_number() == 2


def test_a_refused_store_leaves_no_picture_and_can_be_made_again(bench: Any, inspection: Make) -> None:
    records = bench.open()
    two = inspection(2)
    with pytest.raises(RecordsError):
        records.store(two)
    assert [path for path in bench.images.rglob("*") if path.is_file()] == []
    assert put(bench, records, two).sequence == 1


def test_what_a_crash_left_open_becomes_review(bench: Any, inspection: Make) -> None:
    records = bench.open()
    put(bench, records, inspection(1))
    bench.begin(records, inspection(2))
    bench.begin(records, inspection(3, "case-2"))
    records.close()
    again = bench.open()
    left = again.recover()
    assert [record.inspection.trigger.number for record in left] == [2, 3]
    assert {record.verdict for record in left} == {Verdict.REVIEW}
    assert {record.inspection.reasons[0].code for record in left} == {ReasonCode.INTERRUPTED}
    assert left[0].inspection.versions == inspection(2).versions
    assert again.recover() == []
    assert again.next_trigger_number() == 4


def test_a_case_may_get_its_name_only_with_the_frames(bench: Any, inspection: Make) -> None:
    records = bench.open()
    bench.begin(records, inspection(1, "trigger-1"))
    assert records.store(inspection(1, "SHELL-77")).inspection.trigger.case_id == "SHELL-77"
    assert bench.reader().find(case_id="SHELL-77") != []


def test_values_no_database_takes_do_not_cost_the_record(bench: Any, inspection: Make) -> None:
    records, reader = bench.open(), bench.reader()
    odd = inspection(
        1, "f\udce4ch\x00er", Verdict.FAIL, notes={"a": math.nan, "b": math.inf}, timings_ms={"c": np.float32(1)}
    )
    worse = replace(odd.defects[0], area_mm2=math.nan, contour_px=np.empty((0, 2)))
    reasons = (Reason(ReasonCode.OVER_LIMIT, {}), Reason(ReasonCode.FAULT, {"detail": "a\x00b"}))
    found = reader.get(put(bench, records, replace(odd, defects=(worse,), reasons=reasons)).row)
    assert found.inspection.trigger.case_id == "f?ch�er"
    assert math.isnan(found.inspection.notes["a"])
    assert math.isnan(found.inspection.defects[0].area_mm2)
    assert found.inspection.defects[0].contour_px.shape == (0, 2)
    assert str(found.inspection.reasons[1]) == "a�b"


def test_a_second_station_of_the_name_is_refused(bench: Any) -> None:
    bench.open()
    with pytest.raises(DatabaseInUse, match="st01"):
        bench.open()


def test_the_lock_goes_with_the_station(bench: Any) -> None:
    bench.open().close()
    records = bench.open()
    records.close()
    records.close()
    with pytest.raises(RecordsError):
        records.next_trigger_number()


def test_a_host_or_station_that_cannot_be_used_is_refused_before_anything_is_made(bench: Any, tmp_path: Any) -> None:
    for station, host in (("st01", "a.very.long.host.name.cn"), ("", "id.example.cn")):
        with pytest.raises(ConfigError):
            Records.open(tmp_path / "no.db", tmp_path / "no", station=station, host=host)
    assert not (tmp_path / "no.db").exists()


def test_a_database_of_a_newer_program_is_refused(bench: Any) -> None:
    bench.open().close()
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    for open_it in (bench.open, bench.reader):
        with pytest.raises(DatabaseTooNew, match="0999"):
            open_it()


def test_rows_refuse_to_be_changed(bench: Any, inspection: Make) -> None:
    records = bench.open()
    put(bench, records, inspection(1))
    put(bench, records, inspection(2, "c2", Verdict.FAIL))
    records.close()
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    guarded = {
        "triggers": "sku",
        "cases": "sku",
        "inspections": "verdict",
        "reasons": "code",
        "defects": "label",
        "images": "path",
        "code_events": "after",
        "outbox": "key",
        "log_leaves": "hash",
        "codes": "gtin",
    }
    refusals = 0
    for table, column in guarded.items():
        for statement in (f'UPDATE {table} SET "{column}" = "{column}" || \'x\'', f"DELETE FROM {table}"):
            if table == "log_leaves" and statement.startswith("UPDATE"):
                statement = "UPDATE log_leaves SET hash = entry"
            with (
                pytest.raises(sa.exc.DBAPIError, match=r"append-only|never forgotten|cannot take this step"),
                engine.begin() as c,
            ):
                c.exec_driver_sql(statement)
            refusals += 1
    with pytest.raises(sa.exc.DBAPIError, match="cannot take this step"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE codes SET state = 'ACTIVE'")
    assert refusals == 2 * len(guarded)


def test_a_payload_may_be_erased_and_the_log_still_stands(bench: Any, inspection: Make) -> None:
    records = bench.open()
    put(bench, records, inspection(1))
    records.close()
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        leaves = connection.exec_driver_sql('SELECT "index" FROM log_leaves ORDER BY "index"').scalars().all()
        assert leaves == [0, 1]
        connection.exec_driver_sql("DELETE FROM log_payloads")
    records = bench.open()
    put(bench, records, inspection(2))
    records.close()
    with engine.begin() as connection:
        assert connection.exec_driver_sql('SELECT max("index") FROM log_leaves').scalar() == 2


def test_the_trigger_number_goes_on_after_a_restart(bench: Any, inspection: Make) -> None:
    records = bench.open()
    assert records.next_trigger_number() == 1
    records.begin(Trigger(7, 1, "x"), "sku", inspection(1).versions)
    records.close()
    assert bench.open().next_trigger_number() == 8
