"""The driver against the emulated printer: every way a label can go wrong, and what people do about it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from label_shop import Shop, emulator

from shellmark_inspect.errors import CameraLost, InputError, RecordsError
from shellmark_inspect.labelling import FAULTS, TO_DO, Fault, Labelling, LabelState
from shellmark_inspect.types import Verdict

Faults = emulator.Faults
S = LabelState
Open = Callable[..., Shop]


@pytest.fixture
def printer() -> Iterator[Any]:
    with emulator.Emulator() as one:
        yield one


@pytest.fixture
def shop(printer: Any, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as closing:

        def open_one(**settings: Any) -> Shop:
            one = Shop(tmp_path, printer.port, **settings)
            closing.callback(one.close)
            return one

        yield open_one


def codes(shop: Shop, case_id: str) -> list[tuple[str, str]]:
    """(state, suspicion) of a case's codes in the order they were drawn."""
    query = (
        "SELECT c.state, c.suspicion FROM codes c JOIN code_events e ON e.serial = c.serial AND e.step = 0"
        " WHERE c.case_id = ? ORDER BY e.event"
    )
    do = shop.keep(lambda r: r._write("look", lambda: r._connection.exec_driver_sql(query, (case_id,)).all()))
    return [tuple(row) for row in do.result()]


def stick(shop: Shop, printer: Any, labels: int, status: Labelling) -> None:
    """Take so many of the last labels to the shell and say so."""
    shop.on[status.case_id] = printer.pictures[-labels:]
    shop.do(shop.labeller.stuck, "w17")


def label_one(shop: Shop, printer: Any, case_id: str) -> None:
    """Everything goes well."""
    before = len(printer.pictures)
    shop.inspect(case_id)
    status = shop.wait(S.STICK)
    assert status.case_id == case_id
    printer.wait(before + 1)
    stick(shop, printer, 1, status)
    shop.wait(S.IDLE)


def test_a_case_gets_its_label_and_the_picture_is_enrolled(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    one.inspect("a")
    status = one.wait(S.STICK)
    printer.wait(1)
    assert codes(one, "a") == [("SENT", "NONE")], "SENT before a byte left"
    stick(one, printer, 1, status)
    one.wait(S.IDLE)
    assert codes(one, "a") == [("ACTIVE", "NONE")]
    assert len(printer.pictures) == 1
    kept = sorted((one.folder / "i").glob("label-*/*.jpg"))
    assert len(kept) == 1
    facts = one.keep(
        lambda r: r._write(
            "look",
            lambda: r._connection.exec_driver_sql("SELECT facts FROM code_events WHERE after = 'ACTIVE'").scalar(),
        )
    ).result()
    assert f'"picture": "sha256:{kept[0].stem}"' in facts
    assert f'"odometer": [{printer.count - 1}, {printer.count}]' in facts
    assert len(json.loads(facts)["corners_px"]) == 4
    one.inspect("b")
    assert one.wait(S.STICK).case_id == "b"


def test_cases_wait_their_turn_and_go_on_being_recorded(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    for case_id in "abc":
        one.inspect(case_id)
    for number, case_id in enumerate("abc", 1):
        status = one.wait_case(case_id)
        printer.wait(number)
        stick(one, printer, 1, status)
    one.wait(S.IDLE)
    assert [codes(one, case_id) for case_id in "abc"] == [[("ACTIVE", "NONE")]] * 3


@pytest.mark.parametrize(
    ("faults", "labels", "fault"),
    [
        (Faults(lose=1.0), 0, Fault.MISSING),
        (Faults(double=1.0), 2, Fault.SEVERAL),
        (Faults(double=1.0), 1, Fault.ODOMETER),
        (Faults(), 0, Fault.NOT_READ),
    ],
)
def test_a_label_that_is_not_proven_is_stripped_and_another_serial_drawn(
    shop: Open, printer: Any, faults: Any, labels: int, fault: Fault
) -> None:
    one = shop()
    one.start()
    printer.faults = faults
    one.inspect("a")
    status = one.wait(S.STICK)
    printer.wait({Fault.MISSING: 0, Fault.NOT_READ: 1}.get(fault, 2))
    if fault is Fault.MISSING:
        one.do(one.labeller.missing, "w17")
    else:
        one.on["a"] = printer.pictures[:labels]
        one.do(one.labeller.stuck, "w17")
    strip = one.wait(S.STRIP)
    assert (strip.fault, strip.serial) == (fault, status.serial)
    printer.faults = Faults()
    if labels:
        one.do(one.labeller.stripped, "w17")
        assert one.wait(S.STRIP, but=strip).fault is Fault.STILL_THERE, "the camera still sees a label"
    one.on["a"] = []
    one.do(one.labeller.stripped, "w17")
    again = one.wait(S.STICK)
    assert (again.case_id, again.attempt) == ("a", 2)
    assert again.serial != status.serial, "a serial is never printed again"
    printer.wait({Fault.MISSING: 1, Fault.NOT_READ: 2}.get(fault, 3))
    stick(one, printer, 1, again)
    one.wait(S.IDLE)
    assert codes(one, "a") == [("VOID", "NONE"), ("ACTIVE", "NONE")]


def test_another_cases_label_a_weak_one_and_no_picture_are_refused(shop: Open, printer: Any) -> None:
    one = shop(looks=2)
    one.start()
    label_one(one, printer, "a")
    one.inspect("b")
    status = one.wait(S.STICK)
    printer.wait(2)
    one.on["b"] = [printer.pictures[0]]
    one.do(one.labeller.stuck, "w17")
    first = one.wait(S.STRIP)
    assert first.fault is Fault.OTHER
    one.on["b"] = [torn(printer.pictures[1])]
    one.do(one.labeller.stuck, "w17")
    second = one.wait(S.STRIP, but=first)
    assert second.fault in (Fault.WEAK, Fault.NOT_READ), "enough is gone from it"
    broken = one.looks

    def gone(_code: Any) -> Any:
        raise CameraLost("unplugged")

    one.looks = gone
    one.labeller._parts = one.labeller._parts.__class__(  # the camera is unplugged
        one.keep, one.labeller._parts.printer, one.labeller._parts.draw, gone, one.labeller._parts.read
    )
    one.do(one.labeller.stuck, "w17")
    assert one.wait(S.STRIP, but=second).fault is Fault.NO_PICTURE
    one.looks = broken
    assert codes(one, "b") == [("SENT", "NONE")]
    assert status.serial == one.status().serial


def test_a_printer_that_is_away_loses_nothing(shop: Open, printer: Any) -> None:
    one = shop()
    printer.faults = Faults(offline=True)
    one.start()
    for case_id in "ab":
        one.inspect(case_id)
    assert one.wait(S.OFFLINE).detail
    time.sleep(0.3)
    one.inspect("c")
    assert [codes(one, case_id) for case_id in "abc"] == [[("RESERVED", "NONE")]] * 3, "recorded, and nothing was sent"
    printer.faults = Faults()
    status = one.wait(S.STICK)
    assert (status.case_id, status.attempt) == ("a", 1)
    printer.wait(1)
    assert len(printer.pictures) == 1


def test_a_printer_away_after_the_job_is_waited_for(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    one.inspect("a")
    status = one.wait(S.STICK)
    printer.wait(1)
    printer.faults = Faults(offline=True)
    stick(one, printer, 1, status)
    assert one.wait(S.OFFLINE).serial == status.serial
    printer.faults = Faults()
    one.wait(S.IDLE)
    assert codes(one, "a") == [("ACTIVE", "NONE")]


def test_a_copy_made_after_the_proof_stops_the_printing(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    label_one(one, printer, "a")
    printer.reprint()
    one.inspect("b")
    refused = one.wait(S.REFUSED)
    assert refused.fault is Fault.ODOMETER
    assert refused.doubted == (refused.serial,) != ("",)
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")]
    assert codes(one, "b") == [("RESERVED", "NONE")], "nothing is printed"
    with pytest.raises(InputError, match="two different persons"):
        one.do(one.labeller.reconcile, "w17", note="found it")
    one.wait(S.REFUSED)
    with pytest.raises(InputError, match="needs a note"):
        one.do(one.labeller.reconcile, "w17", "s01")
    one.do(one.labeller.reconcile, "w17", "s01", note="a copy lay on the printer; destroyed")
    stick_b = one.wait(S.STICK)
    assert (stick_b.case_id, stick_b.doubted) == ("b", ()), "they have looked for it"
    kept = one.keep(lambda r: r.stock.reconciled()).result()[0]
    assert (kept.printed, kept.known, kept.agrees, kept.second_operator) == (2, 1, False, "s01")
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")], "only a person clears it"
    one.keep(lambda r: r.labels.clear(r.labels.last_reading() and refused.serial, operator="s01", reason="ok")).result()
    assert codes(one, "a") == [("ACTIVE", "CLEARED")]


def second_at_hand(shop: Shop, printer: Any, faults: Any = None) -> tuple[str, Labelling]:
    """Case a is labelled, and b's label is to be stuck on; a's serial and the status."""
    shop.start()
    label_one(shop, printer, "a")
    serial = shop.keep(lambda r: r.labels.last_reading()).result().serial
    printer.faults = faults or Faults()
    shop.inspect("b")
    status = shop.wait_case("b")
    printer.faults = Faults()
    return serial, status


def torn(label: Any) -> Any:
    """A label of which nothing can be read any more, though there is one."""
    spoilt = label.copy()
    spoilt[60:84, 60:110] = ~spoilt[60:84, 60:110]
    return spoilt


def void_it(shop: Shop, status: Labelling) -> Labelling:
    """Everything is off the case, as the screen asks; what is to be stuck on next."""
    shop.on[status.case_id] = []
    shop.do(shop.labeller.stripped, "w17", status.serial)
    again = shop.wait(S.STICK, but=status)
    assert (again.case_id, again.attempt) == (status.case_id, status.attempt + 1)
    return again


def read_bad(shop: Shop, labels: Any) -> Labelling:
    """These are on b, and it is not right."""
    before = shop.status()
    shop.on["b"] = labels
    shop.do(shop.labeller.stuck, "w17")
    return shop.wait(S.STRIP, but=before)


def test_a_late_copy_that_hides_behind_the_next_job_puts_its_own_case_in_doubt(shop: Open, printer: Any) -> None:
    one = shop()
    serial, _ = second_at_hand(one, printer)
    printer.wait(2)
    printer.reprint(back=2)
    again = void_it(one, read_bad(one, [torn(printer.pictures[1])]))
    assert again.doubted == (serial,)
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")]
    printer.wait(4)
    third = void_it(one, read_bad(one, [torn(printer.pictures[3])]))
    assert third.doubted == (serial,), "said until a label is right"
    printer.wait(5)
    stick(one, printer, 1, third)
    assert one.wait(S.IDLE).doubted == ()
    assert codes(one, "b") == [("VOID", "NONE"), ("VOID", "NONE"), ("ACTIVE", "NONE")]


def test_a_label_that_is_only_bad_puts_nobody_in_doubt(shop: Open, printer: Any) -> None:
    one = shop()
    second_at_hand(one, printer)
    printer.wait(2)
    assert void_it(one, read_bad(one, [torn(printer.pictures[1])])).doubted == ()
    assert codes(one, "a") == [("ACTIVE", "NONE")]


def test_a_label_the_camera_never_saw_may_be_the_one_before(shop: Open, printer: Any) -> None:
    one = shop()
    serial, _ = second_at_hand(one, printer)
    printer.wait(2)
    assert void_it(one, read_bad(one, [])).doubted == (serial,)


def test_both_labels_of_a_double_shown_to_the_camera_put_nobody_in_doubt(shop: Open, printer: Any) -> None:
    one = shop()
    second_at_hand(one, printer, Faults(double=1.0))
    printer.wait(3)
    assert read_bad(one, printer.pictures[-1:]).fault is Fault.ODOMETER
    both = read_bad(one, printer.pictures[-2:])
    assert both.fault is Fault.SEVERAL
    assert void_it(one, both).doubted == ()
    assert codes(one, "a") == [("ACTIVE", "NONE")]


def test_what_the_camera_saw_outlives_records_that_do_not_answer_once(shop: Open, printer: Any) -> None:
    one = shop()
    second_at_hand(one, printer, Faults(double=1.0))
    printer.wait(3)
    read_bad(one, printer.pictures[-2:])
    keep, refusals = one.labeller._parts.keep, iter([RecordsError("the server is away")])

    def once(do: Any) -> Any:
        for error in refusals:
            raise error
        return keep(do)

    object.__setattr__(one.labeller._parts, "keep", once)
    one.labeller.news()
    one.wait(S.STICK)
    assert void_it(one, read_bad(one, [])).doubted == ()
    assert codes(one, "a") == [("ACTIVE", "NONE")], "both of b's were seen"


def none_found(shop: Shop) -> Labelling:
    """No label came, says the person, and strips; the printer has counted one."""
    shop.do(shop.labeller.missing, "w17")
    first = shop.wait(S.STRIP)
    assert first.fault is Fault.MISSING
    shop.do(shop.labeller.stripped, "w17")
    late = shop.wait(S.STRIP, but=first)
    assert late.fault is Fault.LATE
    return late


def test_no_label_said_too_early_is_read_after_all(shop: Open, printer: Any) -> None:
    one = shop()
    second_at_hand(one, printer)
    printer.wait(2)
    late = none_found(one)
    stick(one, printer, 1, late)
    one.wait(S.IDLE)
    assert codes(one, "b") == [("ACTIVE", "NONE")]
    assert codes(one, "a") == [("ACTIVE", "NONE")]


def test_a_label_nobody_found_may_be_the_one_before(shop: Open, printer: Any) -> None:
    one = shop()
    second_at_hand(one, printer)
    printer.wait(2)
    void_it(one, none_found(one))
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")], "the printer counted a label that nobody has"


def test_a_job_that_waited_in_the_printer_and_comes_with_the_next_blames_nobody(shop: Open, printer: Any) -> None:
    one = shop()
    _, status = second_at_hand(one, printer, Faults(delay_s=1.0))
    one.do(one.labeller.missing, "w17")
    one.wait(S.STRIP)
    again = void_it(one, status)
    printer.wait(3)
    assert read_bad(one, printer.pictures[-2:]).fault is Fault.SEVERAL
    assert void_it(one, one.status()).doubted == (), "the void one's label, and the one at hand's"
    assert again.attempt == 2


@pytest.mark.parametrize("is_right_then", [True, False])
def test_a_label_of_another_case_is_in_doubt_once_it_was_stripped(
    shop: Open, printer: Any, is_right_then: bool
) -> None:
    one = shop()
    second_at_hand(one, printer)
    printer.wait(2)
    strip = read_bad(one, printer.pictures[:1])
    assert strip.fault is Fault.OTHER
    if is_right_then:
        stick(one, printer, 1, strip)
        one.wait(S.IDLE)
    else:
        void_it(one, strip)
    assert codes(one, "a") == [("ACTIVE", "NONE" if is_right_then else "SUSPECT")]


def test_what_a_person_has_cleared_stays_so_while_printing_is_refused(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    label_one(one, printer, "a")
    printer.reprint()
    refused = one.wait(S.REFUSED)
    one.keep(lambda r: r.labels.clear(refused.serial, operator="s01", reason="found, destroyed")).result()
    shown: list[LabelState] = []
    one.labeller._on_change = lambda: shown.append(one.status().state)
    one.inspect("b", Verdict.FAIL)
    time.sleep(0.3)
    with pytest.raises(InputError, match="two different persons"):
        one.do(one.labeller.reconcile, "w17", note="found it")
    time.sleep(0.3)
    assert S.IDLE not in shown, "it is refused all the while"
    one.do(one.labeller.reconcile, "w17", "s01", note="found, destroyed")
    one.wait(S.IDLE)
    assert codes(one, "a") == [("ACTIVE", "CLEARED")]


def test_a_case_that_passes_while_somebody_counts_gets_its_label(shop: Open, printer: Any) -> None:
    one = shop(first_pause_s=30.0, longest_pause_s=30.0)
    one.start()
    one.wait(S.IDLE)
    one.labeller, kept = None, one.labeller  # the record is stored without a word
    one.inspect("a")
    one.labeller = kept
    deadline = time.monotonic() + 20
    while True:
        with kept._calls._changed:
            tally = kept.tally()
            kept.news()
        if tally.exception(20) is None or time.monotonic() > deadline:
            break
    assert one.wait(S.STICK).case_id == "a"


def test_a_copy_is_seen_while_a_supervisor_is_waited_for(shop: Open, printer: Any) -> None:
    one = shop(attempts=1)
    second_at_hand(one, printer, Faults(lose=1.0))
    one.do(one.labeller.missing, "w17")
    one.wait(S.STRIP)
    one.do(one.labeller.stripped, "w17")
    one.wait(S.SUPERVISOR)
    printer.reprint()
    assert one.wait(S.REFUSED).fault is Fault.ODOMETER
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")]
    shown: list[LabelState] = []
    one.labeller._on_change = lambda: shown.append(one.status().state)
    one.inspect("c", Verdict.FAIL)
    time.sleep(0.3)
    assert shown == [], "refused it stays, whatever comes in"
    one.do(one.labeller.reconcile, "w17", "s01", note="found, destroyed")
    one.wait(S.SUPERVISOR)
    printer.faults = Faults(offline=True)
    time.sleep(0.3)
    one.do(one.labeller.supervise, "w17", "s01")
    one.wait(S.OFFLINE)
    printer.faults = Faults()
    assert one.wait(S.STICK).case_id == "b", "two persons can act while the printer is away"


def test_a_case_that_failed_while_nobody_labelled_is_stripped_at_the_next_start(shop: Open, printer: Any) -> None:
    one = shop()
    _, status = second_at_hand(one, printer)
    printer.wait(2)
    one.on["b"] = printer.pictures[-1:]
    one.labeller.close()
    one.labeller = None
    one.inspect("b", Verdict.FAIL)
    one.start()
    strip = one.wait(S.STRIP)
    assert (strip.fault, strip.case_id, strip.serial) == (Fault.VOIDED, "b", status.serial)
    one.on["b"] = []
    one.do(one.labeller.stripped, "w17")
    one.wait(S.IDLE)
    assert codes(one, "a") == [("ACTIVE", "NONE")]
    label_one(one, printer, "c")


def test_an_error_that_is_none_of_ours_is_an_answer_too(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    one.wait(S.IDLE)
    with pytest.raises(InputError, match="left on the roll cannot be"):
        one.do(one.labeller.reconcile, "w17", left=2**70)
    with pytest.raises(TypeError):
        one.do(one.labeller.reconcile, "w17", left="many")
    assert one.wait(S.HELD)


def test_a_copy_is_seen_even_when_no_case_follows(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    label_one(one, printer, "a")
    printer.reprint()
    assert one.wait(S.REFUSED).fault is Fault.ODOMETER
    assert codes(one, "a") == [("ACTIVE", "SUSPECT")]


def test_a_shift_that_agrees_is_closed_by_one_person(shop: Open, printer: Any) -> None:
    one = shop()
    one.keep(lambda r: r.stock.load_roll("R1", 500, operator="w17", odometer=printer.count)).result()
    one.start()
    label_one(one, printer, "a")
    one.do(one.labeller.reconcile, "w17", left=499)
    (kept,) = one.keep(lambda r: r.stock.reconciled()).result()
    assert (kept.printed, kept.known, kept.used, kept.agrees) == (1, 1, 1, True)
    label_one(one, printer, "b")


def test_the_shift_s_labels_are_tallied_without_keeping_anything(shop: Open, printer: Any) -> None:
    one = shop()
    one.keep(lambda r: r.stock.load_roll("R1", 500, operator="w17", odometer=printer.count)).result()
    one.start()
    label_one(one, printer, "a")
    one.inspect("b")
    one.wait(S.STICK)
    refused = one.labeller.tally().exception(20)
    assert "is not due now" in str(refused), "the printer is at work"
    kept = one.keep(lambda r: r.stock.tally(498)).result()
    assert (kept.asked, kept.on_cases, kept.void, kept.on_way) == (False, 1, 0, 1)
    assert (kept.counts.printed, kept.counts.known, kept.counts.used) == (1, 1, 2)
    printer.wait(2)
    strip = read_bad(one, [torn(printer.pictures[1])])
    again = void_it(one, strip)
    printer.wait(3)
    stick(one, printer, 1, again)
    one.wait(S.IDLE)
    found = ask_tally(one)
    assert (found.asked, found.on_cases, found.void, found.on_way, found.reserved) == (True, 2, 1, 0, 0)
    assert (found.counts.odometer, found.counts.printed, found.counts.agrees) == (printer.count, 3, True)
    assert (found.in_bin, found.since, found.by) == (1, None, "")
    assert one.keep(lambda r: r.stock.reconciled()).result() == []
    one.do(one.labeller.reconcile, "w17", left=497)
    after = ask_tally(one)
    assert (after.by, after.on_cases, after.void, after.counts.known) == ("w17", 0, 0, 0)
    assert after.since is not None


def ask_tally(shop: Shop) -> Any:
    """The tally as soon as the driver listens."""
    assert shop.labeller is not None
    found: list[Any] = []

    def once() -> Any:
        answer = shop.labeller.tally()
        found.append(answer)
        return answer

    shop.do(once)
    return found[-1].result()


def test_a_tally_is_looked_at_while_printing_is_refused(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    label_one(one, printer, "a")
    printer.reprint()
    one.wait(S.REFUSED)
    found = ask_tally(one)
    assert (found.counts.printed, found.counts.known, found.counts.agrees, found.in_bin) == (2, 1, False, 1)
    assert one.wait(S.REFUSED).fault is Fault.ODOMETER, "looking changes nothing"


def test_an_odometer_that_lies_now_and_then_is_asked_again(shop: Open, printer: Any) -> None:
    one = shop()
    printer.faults = Faults(lie=0.1, seed=3)
    one.start()
    for number in range(12):
        before = one.status()
        one.inspect(f"case-{number}")
        status = one.wait(S.STICK, S.REFUSED, but=before)
        if status.state is S.REFUSED:
            break
        printer.wait(number + 1)
        stick(one, printer, 1, status)
        if one.wait(S.IDLE, S.STRIP).state is S.STRIP:
            break
    assert number >= 3, "two answers that agree are rarely both wrong"


def test_after_too_many_attempts_two_persons_have_to_act(shop: Open, printer: Any) -> None:
    one = shop(attempts=2)
    one.start()
    printer.faults = Faults(lose=1.0)
    one.inspect("a")
    for attempt in (1, 2):
        status = one.wait(S.STICK)
        assert status.attempt == attempt
        one.do(one.labeller.missing, "w17")
        one.wait(S.STRIP)
        one.do(one.labeller.stripped, "w17")
    called = one.wait(S.SUPERVISOR)
    assert called.case_id == "a"
    assert codes(one, "a") == [("VOID", "NONE")] * 2
    one.inspect("a")
    assert codes(one, "a") == [("VOID", "NONE")] * 2, "another look gives no way round the supervisor"
    with pytest.raises(InputError, match="two different persons"):
        one.do(one.labeller.supervise, "s01", "S01 ")
    one.do(one.labeller.supervise, "s01", "w17")
    printer.faults = Faults()
    status = one.wait(S.STICK)
    assert (status.case_id, status.attempt) == ("a", 1)


def test_a_case_set_aside_needs_no_supervisor(shop: Open, printer: Any) -> None:
    one = shop(attempts=1)
    one.start()
    printer.faults = Faults(lose=1.0)
    one.inspect("a")
    one.wait(S.STICK)
    one.do(one.labeller.missing, "w17")
    one.wait(S.STRIP)
    one.do(one.labeller.stripped, "w17")
    one.wait(S.SUPERVISOR)
    one.inspect("a", Verdict.FAIL)
    one.wait(S.IDLE)


def test_a_case_judged_anew_while_its_label_is_on_the_way_is_stripped(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    one.inspect("a")
    status = one.wait(S.STICK)
    printer.wait(1)
    one.on["a"] = printer.pictures[:]
    one.inspect("a", Verdict.FAIL)
    strip = one.wait(S.STRIP)
    assert (strip.fault, strip.serial) == (Fault.VOIDED, status.serial)
    one.on["a"] = []
    one.do(one.labeller.stripped, "w17")
    one.wait(S.IDLE)
    label_one(one, printer, "b")
    assert codes(one, "b") == [("ACTIVE", "NONE")], "the odometer's reading after the void label was kept"


@pytest.mark.parametrize("counted", [True, False])
def test_a_start_never_prints_what_was_sent(shop: Open, printer: Any, counted: bool) -> None:
    one = shop()
    one.inspect("a")

    def left(records: Any) -> str:
        (code,) = records.labels.waiting()
        records.labels.send(code.serial)
        if counted:
            records.labels.count(code.serial, printer.count)
        return code.serial

    serial = one.keep(left).result()
    one.start()
    if counted:
        status = one.wait(S.STICK)
        assert (status.serial, len(printer.pictures)) == (serial, 0)
        one.do(one.labeller.missing, "w17")
    assert one.wait(S.STRIP).fault is (Fault.MISSING if counted else Fault.UNCOUNTED)
    one.do(one.labeller.stripped, "w17")
    again = one.wait(S.STICK)
    assert again.serial != serial
    assert codes(one, "a") == [("VOID", "NONE"), ("SENT", "NONE")]


def test_records_that_cannot_be_kept_hold_the_printing(shop: Open, printer: Any) -> None:
    one = shop()
    one.inspect("a")

    def refuse(_do: Any) -> Any:
        raise RecordsError("database gone")

    one.start()
    one.wait(S.STICK)
    printer.wait(1)
    keep = one.labeller._parts.keep
    object.__setattr__(one.labeller._parts, "keep", refuse)
    with pytest.raises(RecordsError, match="database gone"):
        one.do(one.labeller.stuck, "w17")
    held = one.wait(S.HELD)
    assert held.detail == "database gone"
    object.__setattr__(one.labeller._parts, "keep", keep)
    assert one.wait(S.STICK).case_id == "a", "it is where it was, and nothing was printed again"
    assert len(printer.pictures) == 1


def test_what_is_not_due_is_answered_so(shop: Open) -> None:
    one = shop()
    one.start()
    one.wait(S.IDLE)
    with pytest.raises(InputError, match="stripped is not due now"):
        one.labeller.stripped("w17").result()
    one.labeller.close()
    assert one.status().state is S.CLOSED
    with pytest.raises(InputError, match="stuck is not due now"):
        one.labeller.stuck().result()


def test_a_press_that_comes_late_is_for_no_other_case(shop: Open, printer: Any) -> None:
    one = shop()
    one.start()
    label_one(one, printer, "a")
    one.inspect("b")
    status = one.wait(S.STICK)
    with pytest.raises(InputError, match="came late"):
        one.do(one.labeller.stuck, "w17", serial="0000000000000")
    assert one.status() == status
    printer.wait(2)
    one.on["b"] = printer.pictures[-1:]
    one.do(one.labeller.stuck, "w17", serial=status.serial)
    one.wait(S.IDLE)


def test_every_state_and_fault_has_words_in_both_languages() -> None:
    assert set(TO_DO) == set(LabelState)
    assert set(FAULTS) == set(Fault)
    for chinese, english in [*TO_DO.values(), *FAULTS.values()]:
        assert any("一" <= letter <= "鿿" for letter in chinese)
        assert english.isascii()
    assert Labelling(S.STICK).to_do == TO_DO[S.STICK]
