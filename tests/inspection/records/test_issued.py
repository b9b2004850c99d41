"""Which codes the manifest takes in, and how many a station drew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shellmark_inspect.records import Records
from shellmark_inspect.records.database import read_url, writer
from shellmark_inspect.records.schema import codes
from shellmark_trace import LIVE, States, Suspicion

GTIN = "06901234567892"
STEPS = [States.SENT, States.ACTIVE, States.SHIPPED, States.CLAIMED, States.RETURNED, States.REWORKED, States.RETIRED]


def drawn(bench: Any, inspection: Any, count: int) -> list[str]:
    records: Records = bench.open()
    found = []
    for number in range(1, count + 1):
        record = records.store(bench.begin(records, inspection(number, f"case-{number}", evidence=())), gtin=GTIN)
        assert record.code is not None
        found.append(record.code.serial)
    return found


def move(bench: Any, serial: str, steps: Sequence[States], suspicion: Sequence[Suspicion] = ()) -> None:
    """Steps of a code as the station's driver makes them."""
    engine = writer(read_url(bench.url), "test")
    with engine.connect() as connection, connection.begin():
        for state in steps:
            connection.execute(sa.update(codes).where(codes.c.serial == serial).values(state=str(state)))
        for doubt in suspicion:
            connection.execute(sa.update(codes).where(codes.c.serial == serial).values(suspicion=str(doubt)))
    engine.dispose()


def test_what_is_issued_and_what_is_withdrawn(bench: Any, inspection: Any) -> None:
    serials = drawn(bench, inspection, 12)
    for place, serial in enumerate(serials[:8]):
        move(bench, serial, STEPS[:place])
    move(bench, serials[8], [States.VOID])
    move(bench, serials[9], STEPS[:2], [Suspicion.SUSPECT])
    move(bench, serials[10], STEPS[:3], [Suspicion.SUSPECT, Suspicion.COPIED])
    move(bench, serials[11], STEPS[:3], [Suspicion.SUSPECT, Suspicion.CLEARED])
    found = {code.link.serial: code for code in bench.reader().issued().codes()}
    assert sorted(found) == sorted(serials)
    assert {s for s, code in found.items() if code.is_issued} == {*serials[2:7], serials[9], serials[11]}
    assert {s for s, code in found.items() if code.is_withdrawn} == {serials[7], serials[8], serials[10]}
    assert {code.state for code in found.values() if code.is_issued} == LIVE - {States.RESERVED, States.SENT}
    assert all(code.link.gtin == GTIN and code.station == "st01" for code in found.values())


def test_codes_come_in_chunks_without_a_gap(sqlite: Any, inspection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    serials = drawn(sqlite, inspection, 7)
    monkeypatch.setattr("shellmark_inspect.records.issued.CHUNK", 3)
    assert [code.link.serial for code in sqlite.reader().issued().codes()] == sorted(serials)


def test_one_code_how_many_were_drawn_and_how_long_the_log_is(bench: Any, inspection: Any) -> None:
    serials = drawn(bench, inspection, 4)
    look = bench.reader().issued()
    assert look.code("0000000000000") is None
    found = [look.code(serial) for serial in serials]
    assert [one.link.serial for one in found if one] == serials
    at = [one.drawn_at for one in found if one]
    hour = timedelta(hours=1)
    assert look.drawn("st01", since=at[0] - hour, before=at[-1] + hour) == 4
    assert look.drawn("st01", since=at[0] - hour, before=at[2]) == 2
    assert look.drawn("st01", since=at[3] + hour, before=at[3] + 2 * hour) == 0
    assert look.drawn("st02", since=at[0] - hour, before=at[-1] + hour) == 0
    assert look.longest_log() == 8  # a leaf for the record, one for its code
