"""The life of a code in the records: every step with its proof, none without, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from shellmark_inspect.errors import InputError, StorageFull, WrongState
from shellmark_inspect.records import Proof, Records, Waiting, schema
from shellmark_inspect.records.clock import ClockWatch
from shellmark_inspect.records.codes import Doubt
from shellmark_inspect.records.pictures import Pictures
from shellmark_inspect.types import Disposition, Inspection, Verdict
from shellmark_trace import States, Suspicion

Make = Callable[..., Inspection]
GTIN = "06901234567892"
FRAME = np.full((64, 64), 90, np.uint8)


class Line:
    """A station that passes cases and labels them by hand."""

    def __init__(self, bench: Any, make: Make, station: str = "st01") -> None:
        self.bench, self._make = bench, make
        self.records: Records = bench.open(station)
        self.labels, self.stock = self.records.labels, self.records.stock
        self.odometer = 100

    def inspect(self, case_id: str, verdict: Verdict = Verdict.PASS) -> Any:
        one = self._make(self.records.next_trigger_number(), case_id, verdict, evidence=())
        return self.records.store(self.bench.begin(self.records, one), gtin=GTIN)

    def waiting(self, case_id: str) -> Waiting:
        return next(code for code in self.labels.waiting() if code.case_id == case_id)

    def sent(self, case_id: str) -> Waiting:
        if not any(code.case_id == case_id for code in self.labels.waiting()):
            self.inspect(case_id)
        code = self.waiting(case_id)
        self.labels.send(code.serial)
        self.labels.count(code.serial, self.odometer)
        self.odometer += 1
        return code

    def active(self, case_id: str) -> Waiting:
        code = self.sent(case_id)
        self.labels.activate(code.serial, Proof(code.text, 0.8, self.odometer, "w17"), FRAME)
        return code

    def events(self, serial: str) -> list[tuple[str, str, str, str, str, dict[str, Any]]]:
        e = schema.code_events.c
        query = sa.select(e.subject, e.after, e.operator, e.second_operator, e.reason, e.facts)
        rows = self.records._write(
            "look",
            lambda: self.records._connection.execute(query.where(e.serial == serial).order_by(e.step)).all(),
        )
        return [tuple(row) for row in rows]

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.kind, dict(event.payload)) for event in self.records.pending("x", 1000)]

    def leaves(self) -> list[dict[str, Any]]:
        query = sa.select(schema.log_leaves.c.entry).order_by(schema.log_leaves.c.index)
        return [
            json.loads(entry)
            for entry in self.records._write("look", lambda: self.records._connection.scalars(query).all())
        ]


@pytest.fixture
def line(bench: Any, inspection: Make) -> Line:
    return Line(bench, inspection)


def test_a_label_is_sent_counted_and_proven_each_in_its_own_transaction(line: Line) -> None:
    record = line.inspect("a")
    code = line.waiting("a")
    assert (code.state, code.attempt, code.counted, code.sku) == (States.RESERVED, 1, False, "sku-1")
    line.labels.send(code.serial)
    assert (line.waiting("a").state, line.waiting("a").counted) == (States.SENT, False)
    line.labels.count(code.serial, 100)
    assert (line.waiting("a").counted, line.waiting("a").odometer) == (True, 100)
    assert line.labels.last_reading().value == 100
    line.labels.activate(code.serial, Proof(code.text, 0.8, 101, "w17"), FRAME)
    assert line.labels.waiting() == []
    assert line.labels.last_reading().value == 101
    events = line.events(code.serial)
    assert [event[1] for event in events] == ["RESERVED", "SENT", "ACTIVE"]
    proof = events[-1][-1]
    assert (proof["odometer"], proof["uec"], proof["text"]) == ([100, 101], 0.8, code.text)
    reader = line.bench.reader()
    (image,) = reader.get(record.row).images
    assert (image.kind, image.view, image.digest) == ("label", "label", proof["picture"])
    assert image.path.is_file()
    assert reader.get(record.row).code.state == "ACTIVE"
    told = line.told()
    assert [payload["after"] for kind, payload in told if kind == "code"] == ["RESERVED", "SENT", "ACTIVE"]
    assert told[-1][1]["facts"] == proof
    assert len(line.leaves()) == len(told), "a leaf beside every event"
    assert [leaf.get("after") for leaf in line.leaves()][-1] == "ACTIVE"


@pytest.mark.parametrize(
    ("text", "uec", "step", "why"),
    [
        ("HTTPS://X.CN/01/06901234567892/21/0000000000000", 0.9, 1, "the camera read"),
        ("", 0.9, 1, "the camera read"),
        (None, 0.36, 1, "unused error correction is 0.36"),
        (None, float("nan"), 1, "unused error correction is nan"),
        (None, 0.9, 0, "the odometer shows 100, 101 is due"),
        (None, 0.9, 2, "the odometer shows 102, 101 is due"),
        (None, 0.9, None, "the odometer shows None, 101 is due"),
    ],
)
def test_without_the_whole_proof_nothing_is_active(
    sqlite: Any, inspection: Make, text: str | None, uec: float, step: int | None, why: str
) -> None:
    line = Line(sqlite, inspection)
    code = line.sent("a")
    found = code.text if text is None else text
    with pytest.raises(InputError, match=why):
        line.labels.activate(code.serial, Proof(found, uec, None if step is None else 100 + step, "w17"), FRAME)
    assert line.labels.state(code.serial) is States.SENT
    assert not list((sqlite.images).glob("label-*/*.jpg")), "nothing is enrolled"


def test_a_text_in_lower_case_is_not_the_label(sqlite: Any, inspection: Make) -> None:
    line = Line(sqlite, inspection)
    code = line.sent("a")
    with pytest.raises(InputError, match="the camera read"):
        line.labels.activate(code.serial, Proof(code.text.lower(), 0.9, line.odometer, "w17"))


def test_a_print_command_is_given_once(line: Line) -> None:
    line.inspect("a")
    code = line.waiting("a")
    with pytest.raises(WrongState, match="RESERVED: SENT is due"):
        line.labels.count(code.serial, 100)
    line.labels.send(code.serial)
    with pytest.raises(WrongState, match="SENT: RESERVED is due"):
        line.labels.send(code.serial)
    line.labels.count(code.serial, 100)
    with pytest.raises(WrongState, match="never printed again"):
        line.labels.count(code.serial, 100)


def test_a_code_that_was_never_counted_is_never_active(line: Line) -> None:
    line.inspect("a")
    code = line.waiting("a")
    line.labels.send(code.serial)
    with pytest.raises(InputError, match="no odometer reading was kept"):
        line.labels.activate(code.serial, Proof(code.text, 0.9, None, "w17"))
    new = line.labels.replace(code.serial, "uncounted", operator="w17")
    assert line.waiting("a").serial == new
    assert line.labels.last_reading() is None


def test_a_printer_that_does_not_count_says_so_in_the_facts(line: Line) -> None:
    line.inspect("a")
    code = line.waiting("a")
    line.labels.send(code.serial)
    line.labels.count(code.serial, None)
    line.labels.activate(code.serial, Proof(code.text, 0.9, None, "w17"), FRAME)
    assert line.events(code.serial)[-1][-1]["odometer"] == [None, None]


def test_a_replacement_is_one_transaction_and_counts_the_attempt(line: Line) -> None:
    first = line.sent("a")
    second = line.labels.replace(first.serial, "weak", operator="w17", odometer=line.odometer)
    assert line.labels.state(first.serial) is States.VOID
    code = line.waiting("a")
    assert (code.serial, code.state, code.attempt) == (second, States.RESERVED, 2)
    event = line.events(first.serial)[-1]
    assert event[1:] == ("VOID", "w17", "", "weak", {"attempt": 1, "why": "weak", "odometer": [100, 101]})
    assert line.events(second)[0][-1] == {"attempt": 2, "replaces": first.serial}
    with pytest.raises(WrongState, match="VOID: SENT is due"):
        line.labels.replace(first.serial, "again")
    line.labels.send(second)
    third = line.labels.replace(second, "printer_gone", used=False)
    assert line.waiting("a").attempt == 2, "no byte had left"
    reader = line.bench.reader()
    for serial in (first.serial, third):
        (record,) = reader.find(serial=serial)
        assert (record.code.serial, record.code.state) == (third, "RESERVED"), "the record names the code that holds"
    line.inspect("a", Verdict.FAIL)
    assert reader.find(serial=third)[-1].code.state == "VOID"
    assert third not in (first.serial, second)


def test_used_up_attempts_need_two_persons(line: Line) -> None:
    for attempt in range(1, 9):
        code = line.sent("a")
        assert line.waiting("a").attempt == attempt
        new = line.labels.replace(code.serial, "weak", operator="w17", odometer=line.odometer)
        assert (new is None) == (attempt == 8)
    assert line.labels.waiting() == []
    (halted,) = line.labels.halted()
    assert halted.case_id == "a"
    assert line.inspect("a").code is None, "another inspection is no way round"
    with pytest.raises(InputError, match="two different persons"):
        line.labels.supervise("a", operator="s01", second=" S01")
    new = line.labels.supervise("a", operator="s01", second="w17")
    assert line.labels.halted() == []
    assert line.waiting("a").serial == new
    assert line.waiting("a").attempt == 1
    assert line.events(new)[0][2:4] == ("s01", "w17")
    with pytest.raises(WrongState, match="not halted"):
        line.labels.supervise("a", operator="s01", second="w17")


def test_a_halted_case_that_is_set_aside_is_halted_no_longer(line: Line) -> None:
    code = line.sent("a")
    line.labels.replace(code.serial, "weak", odometer=line.odometer, attempts=1)
    record = line.inspect("a")
    assert [one.case_id for one in line.labels.halted()] == ["a"]
    line.records.overrule(record.row, Disposition.SCRAP, operator="s01", reason_code="label")
    assert line.labels.halted() == []


def test_a_whole_life_and_its_limits(line: Line) -> None:
    code = line.active("a")
    serial = code.serial
    with pytest.raises(WrongState, match="not at verify yet"):
        line.labels.ship(serial, target="verify", operator="w17")
    events = line.records.pending("verify", 1000)
    line.records.delivered("verify", events[-2].number)
    with pytest.raises(WrongState, match="not at verify yet"):
        line.labels.ship(serial, target="verify", operator="w17")
    line.records.delivered("verify", events[-1].number)
    line.labels.ship(serial, target="verify", operator="w17")
    with pytest.raises(WrongState, match="no label in the house"):
        line.labels.relabel("a", first="w17", second="s01", reason="torn")
    line.labels.claim(serial)
    line.labels.take_back(serial, operator="w17", reason="dented")
    line.labels.rework(serial, operator="w17", reason="polished")
    line.records.delivered("verify", line.records.pending("verify", 1000)[-1].number)
    line.labels.ship(serial, target="verify", operator="w17")
    line.labels.retire(serial, operator="w17", reason="recycled")
    states = [event[1] for event in line.events(serial)]
    assert states[2:] == ["ACTIVE", "SHIPPED", "CLAIMED", "RETURNED", "REWORKED", "SHIPPED", "RETIRED"]
    with pytest.raises(WrongState, match="RETIRED"):
        line.labels.void(serial, operator="w17", reason="late")


def test_every_step_of_a_person_names_one(line: Line) -> None:
    serial = line.active("a").serial
    for step in ("void", "take_back", "rework", "retire", "clear", "copied"):
        with pytest.raises(InputError, match="needs an operator: say who does it"):
            getattr(line.labels, step)(serial, operator=" ", reason="r")
    with pytest.raises(InputError, match="needs an operator: say who does it"):
        line.labels.ship(serial, target="verify", operator="")
    assert line.labels.standing(serial) == (States.ACTIVE, Suspicion.NONE)


def test_a_shipped_case_gets_no_second_code(line: Line) -> None:
    code = line.active("a")
    line.records.delivered("verify", line.records.pending("verify", 1000)[-1].number)
    line.labels.ship(code.serial, target="verify", operator="w17")
    assert line.inspect("a").code.serial == code.serial
    engine = sa.create_engine(line.bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    copy = (
        'INSERT INTO codes (serial, gtin, text, case_id, station, "row", state, suspicion, drawn_at)'
        " SELECT '0000000000000', gtin, text, case_id, station, \"row\", 'RESERVED', suspicion, drawn_at FROM codes"
    )
    for step in ("take_back", "rework"):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.exec_driver_sql(copy)
        getattr(line.labels, step)(code.serial, operator="w17", reason="r")


def test_a_new_label_for_a_labelled_case_needs_two_persons(line: Line) -> None:
    code = line.active("a")
    for second in ("", "w17", " W17 "):
        with pytest.raises(InputError, match="two different persons"):
            line.labels.relabel("a", first="w17", second=second, reason="torn")
    with pytest.raises(InputError, match="needs a reason"):
        line.labels.relabel("a", first="w17", second="s01", reason=" ")
    new = line.labels.relabel("a", first="w17", second="s01", reason="torn")
    assert line.labels.state(code.serial) is States.VOID
    assert line.events(code.serial)[-1][2:5] == ("w17", "s01", "torn")
    assert line.waiting("a").serial == new
    with pytest.raises(WrongState, match="no label in the house"):
        line.labels.relabel("a", first="w17", second="s01", reason="torn")


def test_doubt_is_beside_the_state(line: Line) -> None:
    code = line.active("a")
    with pytest.raises(WrongState, match="NONE and cannot become CLEARED"):
        line.labels.clear(code.serial, operator="s01", reason="looked")
    line.labels.suspect(code.serial, reason="scans", facts={"score": 4.5})
    line.labels.suspect(code.serial, reason="scans")
    line.labels.clear(code.serial, operator="s01", reason="looked")
    line.labels.suspect(code.serial, reason="scans")
    line.labels.copied(code.serial, operator="s01", reason="seen twice")
    with pytest.raises(WrongState, match="COPIED"):
        line.labels.clear(code.serial, operator="s01", reason="looked")
    assert [event[1] for event in line.events(code.serial)][3:] == ["SUSPECT", "CLEARED", "SUSPECT", "COPIED"]
    assert line.labels.state(code.serial) is States.ACTIVE


def test_an_odometer_that_went_on_by_itself_puts_the_last_label_in_doubt(line: Line) -> None:
    first, second = line.active("a"), line.active("b")
    assert line.labels.odometer_differs(line.odometer + 1) == second.serial
    assert [event[1] for event in line.events(second.serial)][-1] == "SUSPECT"
    assert line.events(second.serial)[-1][-1] == {"odometer": [line.odometer, line.odometer + 1]}
    assert [event[1] for event in line.events(first.serial)][-1] == "ACTIVE"
    assert line.labels.odometer_differs(line.odometer + 1) == second.serial, "told again, done once"


def test_a_copy_after_a_count_of_the_shift_is_still_of_the_last_label(line: Line) -> None:
    code = line.active("a")
    assert line.stock.reconcile(line.odometer, operator="w17").agrees
    assert line.labels.odometer_differs(line.odometer + 1) == code.serial
    assert line.labels.standing(code.serial) == (States.ACTIVE, Suspicion.SUSPECT)


@pytest.mark.parametrize(
    ("after", "own", "is_doubted"),
    [(0, 0, False), (1, 1, False), (2, 2, False), (2, 1, True), (1, 0, True), (-1, 1, True), (None, 1, False)],
)
def test_a_label_no_one_accounts_for_may_be_a_late_copy_of_the_one_before(
    line: Line, after: int | None, own: int, is_doubted: bool
) -> None:
    earlier, before = line.active("a"), line.odometer
    job = line.sent("b")
    reading = None if after is None else before + after
    expected = (earlier.serial,) if is_doubted else ()
    assert line.labels.doubt_earlier(job.serial, reading, own=own) == expected
    assert line.labels.doubt_earlier(job.serial, reading, own=own) == expected, "told again, done once"
    assert len(line.events(earlier.serial)) == 3 + is_doubted
    if is_doubted:
        assert line.events(earlier.serial)[-1][4:] == ("odometer", {"odometer": [before, reading], "job": job.serial})
    assert line.labels.standing(job.serial) == (States.SENT, Suspicion.NONE)


def test_a_job_nothing_came_of_absolves_nobody_one_with_a_label_does(line: Line) -> None:
    earlier = line.active("a")
    lost = line.sent("b")
    line.odometer -= 1
    line.labels.replace(lost.serial, "missing", odometer=line.odometer)
    again = line.sent("b")
    assert line.labels.doubt_earlier(again.serial, line.odometer + 1, own=1) == (earlier.serial,)
    line.labels.clear(earlier.serial, operator="s01", reason="looked")
    line.labels.replace(again.serial, "weak", odometer=line.odometer)
    third = line.sent("b")
    assert line.labels.doubt_earlier(third.serial, line.odometer + 1, own=1) == (), "a copy of a void code says so"
    assert line.labels.odometer_differs(line.odometer + 1) is None


def test_a_job_whose_code_went_void_meanwhile_accounts_for_its_own_label(line: Line) -> None:
    earlier = line.active("a")
    job = line.sent("b")
    line.labels.void(job.serial, operator="w17", reason="the case fell down")
    assert line.labels.odometer_differs(line.odometer) is None, "its label and no other"
    assert line.labels.odometer_differs(line.odometer + 1) == earlier.serial


def test_a_void_label_that_comes_with_the_next_accounts_for_itself(line: Line) -> None:
    line.active("a")
    waits, before = line.sent("b"), line.odometer - 1
    line.labels.replace(waits.serial, "missing", odometer=before)
    line.odometer = before
    again = line.sent("b")
    assert line.labels.doubt_earlier(again.serial, before + 2, own=1, others=[waits.serial]) == ()
    assert line.labels.doubt_earlier(again.serial, before + 3, own=1, others=[waits.serial]) != ()


def test_what_was_cleared_is_not_doubted_for_the_same_reading_again(line: Line) -> None:
    code = line.active("a")
    assert line.labels.odometer_differs(line.odometer + 1) == code.serial
    line.labels.clear(code.serial, operator="s01", reason="copy destroyed")
    assert line.labels.odometer_differs(line.odometer + 1) is None
    assert line.labels.odometer_differs(line.odometer + 2) == code.serial, "one more"


def test_a_reading_that_is_none_is_no_difference(line: Line) -> None:
    code = line.active("a")
    assert line.labels.odometer_differs(None) is None
    blind = line.sent("b")
    line.labels.replace(blind.serial, "weak", odometer=None)
    assert line.labels.odometer_differs(line.odometer) is None
    assert line.labels.standing(code.serial) == (States.ACTIVE, Suspicion.NONE)


def test_a_check_that_ends_takes_away_no_doubt_of_another_origin(line: Line) -> None:
    code = line.active("a")
    check = Doubt(code.row, 7, datetime.now(UTC), "w17", "check 7 failed")
    line.labels._write("doubt", lambda: line.labels._codes.doubt(code.serial, check))
    assert line.labels.odometer_differs(line.odometer + 1) == code.serial
    assert line.labels.odometer_differs(line.odometer + 1) == code.serial
    line.labels._write("trust", lambda: line.labels._codes.trust(code.serial, check))
    assert line.labels.standing(code.serial)[1] is Suspicion.SUSPECT
    assert [event[4] for event in line.events(code.serial)[-2:]] == ["check 7 failed", "odometer"], "told once"


def test_a_halted_case_that_failed_gets_no_further_round(line: Line) -> None:
    code = line.sent("a")
    line.labels.replace(code.serial, "weak", odometer=line.odometer, attempts=1)
    line.inspect("a", Verdict.FAIL)
    with pytest.raises(WrongState, match="not halted"):
        line.labels.supervise("a", operator="w17", second="s01")


def test_another_round_of_labels_takes_no_room_an_order_has_not(line: Line) -> None:
    line.stock.take_order("4711", 1, operator="w17")
    code = line.sent("a")
    line.labels.replace(code.serial, "weak", odometer=line.odometer, attempts=1)
    line.active("b")
    with pytest.raises(InputError, match="order 4711 has all its 1 codes: set case a aside"):
        line.labels.supervise("a", operator="w17", second="s01")
    line.stock.take_order("4711", 2, operator="w17", second="s01")
    assert line.labels.supervise("a", operator="w17", second="s01")


@pytest.mark.parametrize("other", [5_000_000, 40])
def test_a_printer_changed_within_a_job_is_no_count_that_agrees(line: Line, other: int) -> None:
    line.active("a")
    code = line.sent("b")
    line.labels.replace(code.serial, "odometer", odometer=other)
    found = line.stock.look(other)
    assert (found.known, found.agrees) == (2, False)


@pytest.mark.parametrize("left", [-1, 2**70])
def test_labels_left_on_the_roll_can_be_counted(line: Line, left: int) -> None:
    with pytest.raises(InputError, match="left on the roll cannot be: count them"):
        line.stock.look(line.odometer, left=left)


def test_a_code_that_is_read_on_another_case_goes_in_doubt(line: Line) -> None:
    elsewhere, between = line.active("a"), line.active("b")
    job = line.sent("c")
    seen = [elsewhere.serial, "0000000000000", job.serial]
    assert line.labels.doubt_earlier(job.serial, line.odometer, own=1, others=seen) == (elsewhere.serial,)
    reason, facts = line.events(elsewhere.serial)[-1][4:]
    assert (reason, facts) == ("seen elsewhere", {"case": "c", "job": job.serial})
    assert line.labels.standing(between.serial) == (States.ACTIVE, Suspicion.NONE)


def test_an_unknown_serial_is_bad_input(sqlite: Any, inspection: Make) -> None:
    line = Line(sqlite, inspection)
    for call in (line.labels.send, line.labels.state, line.labels.claim):
        with pytest.raises(InputError, match="there is no code '0000000000000' here"):
            call("0000000000000")


def test_an_order_caps_the_codes_and_void_ones_do_not_count(line: Line) -> None:
    assert line.stock.order() is None
    line.stock.take_order("0004711", 2, "B7", operator="w17")
    records = [line.inspect(case_id) for case_id in "abc"]
    assert [record.code is not None for record in records] == [True, True, False]
    assert {(record.order, record.batch) for record in records} == {("0004711", "B7")}
    assert (line.stock.order().issued, line.stock.order().has_room) == (2, False)
    code = line.sent("a")
    new = line.labels.replace(code.serial, "weak", odometer=line.odometer)
    assert new is not None, "a void label is replaced within the order"
    assert line.waiting("a").order == "0004711"
    assert line.inspect("c").code is None
    line.inspect("b", Verdict.FAIL)
    assert line.inspect("c").code is not None, "the failed case's piece is free again"
    with pytest.raises(InputError, match="order 0004711 has 2 pieces, and changing that needs two different persons"):
        line.stock.take_order("0004711", 3, "B7", operator="w17")
    line.stock.take_order("0004711", 3, "B7", operator="w17", second="s01")
    assert line.inspect("d").code is not None
    assert line.inspect("e").code is None
    reader = line.bench.reader()
    assert {record.order for record in reader.latest()} == {"0004711"}
    for bad in ({"number": " ", "quantity": 1}, {"number": "1", "quantity": 0}):
        with pytest.raises(InputError, match="order"):
            line.stock.take_order(**bad, operator="w17")
    assert [kind for kind, _ in line.told() if kind == "order"] == ["order"] * 2


def test_the_order_of_a_code_never_changes(line: Line) -> None:
    line.stock.take_order("4711", 2, "B7", operator="w17")
    line.inspect("a")
    engine = sa.create_engine(line.bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    for change in ("order_no = '4712'", "batch = NULL", "order_no = NULL"):
        with pytest.raises(sa.exc.DBAPIError, match="cannot take this step"), engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE codes SET {change}")


@pytest.mark.parametrize("table", ["orders", "odometers", "rolls", "reconciliations"])
def test_what_was_counted_is_never_changed(line: Line, table: str) -> None:
    line.stock.take_order("4711", 2, operator="w17")
    line.stock.load_roll("R1", 500, operator="w17", odometer=100)
    line.active("a")
    line.stock.reconcile(line.odometer, operator="w17")
    assert table in schema.APPEND_ONLY
    engine = sa.create_engine(line.bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    for statement in (f"UPDATE {table} SET station = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_a_shift_that_agrees_needs_one_person(line: Line) -> None:
    line.stock.load_roll("R1", 500, operator="w17", first="000001", last="000500", odometer=100)
    for case_id in "abc":
        line.active(case_id)
    spoilt = line.sent("d")
    line.labels.replace(spoilt.serial, "weak", odometer=line.odometer)
    seen = line.stock.look(line.odometer, left=496)
    found = line.stock.reconcile(line.odometer, operator="w17", left=496)
    assert (found.printed, found.jobs, found.known, found.used, found.agrees) == (4, 4, 4, 4, True)
    assert (seen.printed, seen.known, seen.agrees) == (4, 4, True)
    line.active("d")
    line.stock.load_roll("R2", 500, operator="w17")
    found = line.stock.reconcile(line.odometer, operator="w17", left=995)
    assert (found.printed, found.known, found.used) == (1, 1, 1), "R1's rest and R2 lie there"
    assert [one.left for one in line.stock.reconciled()] == [995, 496]
    with pytest.raises(InputError, match="put in before"):
        line.stock.load_roll("R1", 500, operator="w17")


@pytest.mark.parametrize(("more", "left", "said"), [(1, None, "the odometer 2"), (0, 497, "the roll 3")])
def test_a_shift_that_does_not_agree_needs_two_and_a_note(
    sqlite: Any, inspection: Make, more: int, left: int | None, said: str
) -> None:
    line = Line(sqlite, inspection)
    line.stock.load_roll("R1", 500, operator="w17", odometer=100)
    line.active("a")
    with pytest.raises(InputError, match=f"{said}.*two different persons"):
        line.stock.reconcile(line.odometer + more, operator="w17", left=left)
    with pytest.raises(InputError, match="needs a note"):
        line.stock.reconcile(line.odometer + more, operator="w17", second="s01", left=left)
    found = line.stock.reconcile(line.odometer + more, operator="w17", second="s01", left=left, note="jam")
    assert not found.agrees
    assert line.labels.last_reading().value == line.odometer + more, "the next job starts from here"
    assert line.labels.last_reading().serial is None
    assert line.stock.reconcile(line.odometer + more, operator="w17", left=left).agrees, "the next shift starts anew"


def test_a_lost_label_is_known_and_agrees(line: Line) -> None:
    code = line.sent("a")
    line.odometer -= 1
    line.labels.replace(code.serial, "missing", odometer=line.odometer)
    found = line.stock.reconcile(line.odometer, operator="w17")
    assert (found.printed, found.jobs, found.known, found.agrees) == (0, 1, 0, True)


def test_the_first_reconciliation_ever_takes_the_odometer_as_it_is(line: Line) -> None:
    found = line.stock.reconcile(18_230, operator="w17")
    assert (found.printed, found.known, found.agrees) == (0, 0, True)


def test_a_full_disk_enrols_nothing(sqlite: Any, inspection: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(sqlite, inspection)
    code = line.sent("a")

    def full(*_: object) -> None:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Pictures, "enrol", full)
        with pytest.raises(StorageFull):
            line.labels.activate(code.serial, Proof(code.text, 0.9, line.odometer), FRAME)
    assert line.labels.state(code.serial) is States.SENT
    line.labels.activate(code.serial, Proof(code.text, 0.9, line.odometer), FRAME)


def test_the_enrolled_picture_outlives_the_others(sqlite: Any, inspection: Make, tmp_path: Path) -> None:
    line = Line(sqlite, inspection)
    line.active("a")
    (picture,) = sqlite.images.glob("label-*/*.jpg")
    pictures = line.records._pictures
    pictures._policy = pictures._policy.model_copy(update={"days": 1})
    pictures.prune(datetime.now(UTC) + timedelta(days=400))
    assert picture.is_file()


def test_a_clock_that_jumps_is_in_the_log_and_changes_nothing(line: Line) -> None:
    now, ticks = [datetime(2026, 3, 1, 8, tzinfo=UTC)], [1000.0]
    line.records._clock = ClockWatch(None, wall=lambda: now[0], monotonic=lambda: ticks[0])

    def after(wall_s: float, monotonic_s: float) -> list[dict[str, Any]]:
        now[0] += timedelta(seconds=wall_s)
        ticks[0] += monotonic_s
        line.inspect(f"case-{len(line.leaves())}")
        return [payload for kind, payload in line.told() if kind == "clock_jump"]

    assert after(0, 0) == []
    assert after(60.5, 60) == [], "slewed"
    (back,) = after(-86_400, 10)
    assert back["jumped_s"] == -86_410.0
    assert len(after(10, 10)) == 1, "said once"
    assert after(3600, 5)[1]["jumped_s"] == 3595.0
    leaves = line.leaves()
    assert sum(leaf["kind"] == "clock_jump" for leaf in leaves) == 2
    reader = line.bench.reader()
    assert [record.sequence for record in reader.iterate()] == [1, 2, 3, 4, 5], "the order is the station's count"


def test_a_start_before_the_newest_record_is_a_jump(bench: Any, inspection: Make) -> None:
    line = Line(bench, inspection)
    newest = line.inspect("a").recorded_at
    line.records._clock = ClockWatch(newest, wall=lambda: newest - timedelta(days=1), monotonic=lambda: 5.0)
    line.inspect("b")
    (told,) = [payload for kind, payload in line.told() if kind == "clock_jump"]
    assert told["jumped_s"] == -86_400.0
