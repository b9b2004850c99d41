"""Looking records up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import reader as reader_module
from shellmark_inspect.types import Counts, Disposition, Inspection, Verdict

Make = Callable[..., Inspection]
GTIN = "06901234567892"


@pytest.fixture
def filled(bench: Any, inspection: Make) -> Any:
    """Rows 1 to 8 of the cases a, b, c; 7 decides about b, 8 looks at c again."""
    records = bench.open()
    said = [("a", Verdict.PASS), ("b", Verdict.FAIL), ("c", Verdict.REVIEW), ("a", Verdict.FAIL), ("a", Verdict.PASS)]
    for number, (case_id, verdict) in enumerate(said, 1):
        records.store(bench.begin(records, inspection(number, case_id, verdict)), gtin=GTIN)
    records.store(bench.begin(records, inspection(6, "d", Verdict.PASS, sku="sku-2")), gtin=None)
    records.overrule(2, Disposition.OK, operator="p", reason_code="dust")
    records.store(bench.begin(records, inspection(7, "c", Verdict.PASS)), gtin=GTIN)
    return bench


def rows(found: Any) -> list[int]:
    return [record.row for record in found]


def test_records_are_found_by_what_they_are(filled: Any) -> None:
    reader = filled.reader()
    assert rows(reader.latest(3)) == [8, 7, 6]
    assert rows(reader.find(case_id="a")) == [5, 4, 1]
    assert rows(reader.find(verdict=Verdict.FAIL)) == [7, 4, 2]
    assert rows(reader.find(sku="sku-2")) == [6]
    assert rows(reader.find(limit=2, offset=3)) == [5, 4]
    assert rows(reader.find(case_id="a", verdict=Verdict.PASS)) == [5, 1]
    code = reader.get(1).code
    assert code is not None
    assert rows(reader.find(serial=code.serial)) == [1]
    assert rows(reader.find(case_id=None, serial=None)) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert reader.find(case_id="a' OR 1=1 --") == []
    assert reader.size(case_id="a") == 3
    with pytest.raises(InputError, match="no record 99"):
        reader.get(99)


def test_time_has_a_first_and_no_last_moment(filled: Any) -> None:
    reader = filled.reader()
    fourth = reader.get(4).recorded_at
    assert rows(reader.iterate(since=fourth)) == [4, 5, 6, 7, 8]
    assert rows(reader.iterate(until=fourth)) == [1, 2, 3]
    assert rows(reader.iterate(since=fourth, until=fourth + timedelta(microseconds=1))) == [4]
    assert fourth.utcoffset() == timedelta(0)


def test_everything_comes_once_whatever_the_chunk(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = filled.reader()
    for chunk in (1, 3, 8, 100):
        monkeypatch.setattr(reader_module, "CHUNK", chunk)
        assert rows(reader.iterate()) == [1, 2, 3, 4, 5, 6, 7, 8]
        assert rows(reader.iterate(case_id="a")) == [1, 4, 5]


def test_a_case_counts_once_by_its_last_verdict(filled: Any) -> None:
    reader = filled.reader()
    assert reader.counts() == Counts(passed=3, failed=1, review=0, overruled=1)
    sixth = reader.get(6).recorded_at
    assert reader.counts(sixth) == Counts(passed=2, failed=0, review=0, overruled=0, since=sixth)
    assert reader.counts(reader.get(8).recorded_at + timedelta(seconds=1)).cases == 0


def test_a_case_looked_at_again_is_no_longer_overruled(bench: Any, inspection: Make) -> None:
    records = bench.open()
    records.store(bench.begin(records, inspection(1, "b", Verdict.FAIL)))
    records.overrule(1, Disposition.OK, operator="p", reason_code="dust")
    reader = bench.reader()
    assert reader.counts() == Counts(failed=1, overruled=1)
    records.store(bench.begin(records, inspection(2, "b", Verdict.REVIEW)))
    assert reader.counts() == Counts(review=1)


def test_what_the_database_is(filled: Any) -> None:
    facts = filled.reader().facts()
    assert facts.schema == facts.schema_due
    assert facts.rows == 8
    assert facts.server.split()[0] in {"sqlite", "postgresql"}
    assert facts.server.split()[1][0].isdigit()
