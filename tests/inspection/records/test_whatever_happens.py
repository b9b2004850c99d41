"""What must hold whatever is stored, decided, broken off and started again, in any order."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shellmark_inspect.records import Records, SavePolicy
from shellmark_inspect.types import (
    Defect,
    Disposition,
    Inspection,
    Reason,
    ReasonCode,
    Record,
    Trigger,
    Verdict,
    Versions,
)
from shellmark_trace import LIVE, leaf_hash, payload_hash

VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64)
CASES = st.sampled_from(["A", "B", "C"])
GTINS = st.sampled_from(["06901234567892", "06901234567892", "06901234567908", None])
NO_DEFECTS: tuple[Defect, ...] = ()


class Station(RuleBasedStateMachine):
    """A station and the person in front of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="shellmark-records-"))
        self.opened: dict[int, str] = {}
        self.closed: set[int] = set()
        self.last: dict[str, Record] = {}
        self.serials: set[str] = set()
        self.rows = 0
        self.open()

    def open(self) -> None:
        self.records = Records.open(
            self.folder / "r.db", self.folder / "i", station="st01", host="x.cn", policy=SavePolicy(floor_bytes=0)
        )

    def teardown(self) -> None:
        self.records.close()
        shutil.rmtree(self.folder)

    def keep(self, record: Record) -> None:
        self.rows += 1
        assert record.sequence == self.rows
        case_id = record.inspection.trigger.case_id
        before = self.last.get(case_id)
        assert record.previous == (None if before is None else before.row)
        if record.code is not None and (before is None or before.code != record.code):
            assert record.code.serial not in self.serials, "a serial came twice"
            assert record.disposition is None, "a decision gave a code"
            self.serials.add(record.code.serial)
        self.last[case_id] = record

    @rule(case=CASES)
    def begin(self, case: str) -> None:
        number = self.records.next_trigger_number()
        assert number == len(self.opened) + 1
        self.records.begin(Trigger(number, number, case), "sku", VERSIONS)
        self.opened[number] = case

    @precondition(lambda self: len(self.closed) < len(self.opened))
    @rule(data=st.data(), verdict=st.sampled_from([Verdict.PASS, *Verdict]), gtin=GTINS)
    def store(self, data: st.DataObject, verdict: Verdict, gtin: str | None) -> None:
        number = data.draw(st.sampled_from(sorted(self.opened.keys() - self.closed)))
        why = () if verdict is Verdict.PASS else (Reason(ReasonCode.VIEW_MISSING, {"view": "front"}),)
        trigger = Trigger(number, number, self.opened[number])
        record = self.records.store(Inspection(trigger, "sku", verdict, why, NO_DEFECTS, VERSIONS), gtin=gtin)
        self.closed.add(number)
        assert verdict is Verdict.PASS or record.code is None
        assert verdict is not Verdict.PASS or gtin is None or record.code is not None
        self.keep(record)

    @precondition(lambda self: self.last)
    @rule(data=st.data(), disposition=st.sampled_from(Disposition))
    def overrule(self, data: st.DataObject, disposition: Disposition) -> None:
        about = self.last[data.draw(st.sampled_from(sorted(self.last)))]
        self.keep(self.records.overrule(about.row, disposition, operator="p", reason_code="r"))

    @rule()
    def start_again(self) -> None:
        self.records.close()
        self.open()
        left = self.records.recover()
        assert [record.inspection.trigger.number for record in left] == sorted(self.opened.keys() - self.closed)
        for record in left:
            self.closed.add(record.inspection.trigger.number)
            self.keep(record)

    @invariant()
    def the_database_agrees(self) -> None:
        with closing(sqlite3.connect(f"file:{self.folder / 'r.db'}?mode=ro", uri=True)) as db:
            rows = db.execute(
                "SELECT row, sequence, kind, trigger, case_id, verdict FROM inspections ORDER BY row"
            ).fetchall()
            assert [row[1] for row in rows] == list(range(1, self.rows + 1))
            assert sorted(row[3] for row in rows if row[2] == "inspection") == sorted(self.closed)
            live: dict[str, str] = {}
            for serial, case_id, state in db.execute("SELECT serial, case_id, state FROM codes"):
                assert serial in self.serials
                if state in LIVE:
                    assert case_id not in live, "two live codes on a case"
                    live[case_id] = serial
            for case_id, record in self.last.items():
                assert live.get(case_id) == (None if record.code is None else record.code.serial)
                assert record.verdict is Verdict.PASS or case_id not in live
            told = db.execute("SELECT number, key FROM outbox ORDER BY number").fetchall()
            assert [number for number, _ in told] == list(range(1, len(told) + 1))
            leaves = db.execute(
                'SELECT "index", entry, hash, salt, payload FROM log_leaves NATURAL JOIN log_payloads'
            ).fetchall()
            assert sorted(leaf[0] for leaf in leaves) == list(range(len(told)))
            for _, entry, digest, salt, payload in leaves:
                assert leaf_hash(entry) == digest
                assert json.loads(entry)["payload"] == payload_hash(payload, salt)


Station.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestStation = pytest.mark.slow(Station.TestCase)
