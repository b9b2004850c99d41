"""Reading the log, on SQLite and PostgreSQL: entries in order, what tells of a code or a record, the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from shellmark_inspect.records import Audit, RecordReader
from shellmark_inspect.records.schema import log_leaves
from shellmark_inspect.types import Disposition, Inspection, Verdict
from shellmark_trace import LogForked, leaf_hash

GTIN = "06901234567892"


@pytest.fixture
def filled(bench: Any, inspection: Callable[..., Inspection]) -> RecordReader:
    """Six cases of st01 with codes, voids and a decision, and one of st02 among them."""
    records, other = bench.open("st01"), bench.open("st02") if "postgres" in bench.url else None
    for number in range(1, 7):
        verdict = Verdict.FAIL if number == 4 else Verdict.PASS
        one = inspection(number, f"case-{number % 5}", verdict)
        record = records.store(bench.begin(records, one), gtin=GTIN)
        if other is not None and number == 2:
            another = inspection(1, "case-90", Verdict.PASS)
            other.store(bench.begin(other, another), gtin=GTIN)
    records.overrule(record.row, Disposition.SCRAP, operator="w17", reason_code="dent", note="尾部")
    return bench.reader()


def test_the_leaves_are_there_in_order_and_tell_what_they_are_of(filled: RecordReader) -> None:
    leaves = filled.leaves("st01")
    size = leaves.size()
    assert size == leaves.last() >= 12
    found = list(leaves.leaves(0, size))
    assert [one.index for one in found] == list(range(size))
    assert [one.entry for one in found] == list(leaves.entries(0, size))
    assert all(leaf_hash(one.entry) == one.hash for one in found)
    assert list(leaves.entries(3, 5)) == [one.entry for one in found[3:5]]
    record = filled.latest(1)[0]
    assert leaves.of_row(record.row) == [one.index for one in found if one.row == record.row]
    code = next(one for one in found if one.told().get("after") == "VOID")
    steps = leaves.of_serial(code.serial)
    assert [found[index].told()["after"] for index in steps] == ["RESERVED", "VOID"]
    assert str(code) == f"leaf {code.index} (row {code.row}, serial {code.serial})"
    assert filled.leaves("nobody").size() == 0


def test_an_untouched_log_has_no_edits(filled: RecordReader) -> None:
    audit: Audit = filled.audit("st01")
    size = audit.leaves.size()
    told = list(audit.edits(size))
    assert [leaf.index for leaf, _ in told] == list(range(size))
    assert [edit for _, edit in told if edit] == []
    assert (audit.strayed_code(), audit.added()) == ("", "")


def test_missing_leaves_are_told_of(filled: RecordReader, bench: Any) -> None:
    engine = sa.create_engine(bench.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        guards = "DROP TRIGGER {0} ON log_leaves" if "postgres" in bench.url else "DROP TRIGGER {0}"
        payloads = "DELETE FROM log_payloads WHERE station = 'st01' AND \"index\" IN (2, 3)"
        for name in _guards(connection):
            connection.exec_driver_sql(guards.format(name))
        connection.exec_driver_sql(payloads)
        connection.execute(sa.delete(log_leaves).where(log_leaves.c.station == "st01", log_leaves.c.index.in_([2, 3])))
    engine.dispose()
    leaves = filled.leaves("st01")
    with pytest.raises(LogForked, match="leaves were deleted"):
        leaves.size()
    with pytest.raises(LogForked, match="edited at leaf 2"):
        list(leaves.entries(0, leaves.last()))
    edits = [edit for _, edit in filled.audit("st01").edits(leaves.last()) if edit]
    assert [(edit.leaf.index, edit.what) for edit in edits] == [
        (2, "the leaf was deleted"),
        (3, "the leaf was deleted"),
    ]


def _guards(connection: sa.Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_leaves'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'log_leaves'::regclass AND NOT tgisinternal"
    return [row[0] for row in connection.exec_driver_sql(query)]
