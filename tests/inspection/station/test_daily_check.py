"""The daily check on a whole station: masters judged, automatic mode refused, output in doubt after a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_station import Place

from shellmark_inspect.errors import InputError
from shellmark_inspect.loop import Light, StationState
from shellmark_inspect.records import Answer, Outcome
from shellmark_inspect.station import CheckState, DueWhy, Station
from shellmark_inspect.types import Disposition, ReasonCode, Record, Verdict

Open = Callable[..., Station]
WITHIN_S = 60.0
MASTERS = [{"name": "fine", "kind": "ok"}, {"name": "scratch", "kind": "ng", "label": "unknown", "case": "NG-1"}]
PASSING = ["good", "scratched", "good"]
NO_SHIFTS = {"shifts": []}


def with_masters(place: Place, masters: list[dict[str, Any]] = MASTERS, **changes: Any) -> Any:
    return place.recipe(masters=masters, **changes)


def place_all(station: Station) -> CheckState:
    state = station.checks.begin("w17").result(WITHIN_S)
    while state.next is not None:
        state = station.checks.place().result(WITHIN_S)
    return state


def inspect(station: Station) -> Record:
    return station.trigger().result(WITHIN_S)


def test_a_check_that_passes_frees_the_station(place: Place, opened: Open) -> None:
    place.fill([*PASSING, "good"])
    station = opened(with_masters(place), checks=NO_SHIFTS)
    assert [one.why for one in station.checks.due()] == [DueWhy.FIRST]
    status = station.status()
    assert status.blocked == ("noise: a daily check is due (first): place the masters",)
    assert status.lamps["check"].light is Light.RED
    station.run()
    assert station.status().state is StationState.READY, "automatic mode is refused"
    state = place_all(station)
    assert [(one.master.name, one.answer) for one in state.places] == [
        ("fine", Answer.RIGHT), ("scratch", Answer.RIGHT), ("fine", Answer.RIGHT),
    ]  # fmt: skip
    assert state.outcome is Outcome.PASSED
    assert station.status().blocked == ()
    assert station.status().lamps["check"].light is Light.GREEN
    assert station.status().counts.cases == 0, "masters are no production"
    masters = station.records()
    assert {record.master for record in masters} == {"fine", "scratch"}
    assert all(record.code is None for record in masters)
    passed = inspect(station)
    assert (passed.verdict, passed.code is not None) == (Verdict.PASS, True)
    assert station.status().counts.cases == 1
    reader = station.reader()
    assert reader.counts().cases == 1
    reader.close()


def test_a_failed_check_puts_exactly_the_output_since_the_last_good_one_in_doubt(place: Place, opened: Open) -> None:
    place.fill([*PASSING, "good", "scratched", "good", *["good"] * 3, *PASSING, "good"])
    station = opened(with_masters(place), checks=NO_SHIFTS)
    assert place_all(station).outcome is Outcome.PASSED
    output = [inspect(station) for _ in range(3)]
    failed = place_all(station)  # the third master is a good shell where a bad one belongs
    assert failed.outcome is Outcome.FAILED
    assert failed.places[1].why == "a bad master is PASS: FAIL for unknown is wanted"
    assert failed.suspects == 3
    suspects = station.checks.suspects()
    assert [one.row for one in suspects] == [record.row for record in reversed(output)]
    reader = station.reader()
    records = {record.row: record for record in reader.iterate()}
    assert {row for row, record in records.items() if record.suspect == "SUSPECT"} == {r.row for r in output}
    assert "due (failed)" in station.status().blocked[0]
    assert place_all(station).outcome is Outcome.PASSED, "a check may be made again once the cause is mended"
    assert station.status().blocked == ()
    assert len(station.checks.suspects()) == 3, "the marks stay until a person has decided"
    cleared = station.checks.clear(
        [output[0].row], Disposition.OK, operator="qc1", reason_code="looked at again"
    ).result(WITHIN_S)
    assert cleared == 1
    assert station.checks.clear(None, Disposition.OK, operator="qc1", reason_code="looked again").result(WITHIN_S) == 2
    assert not station.checks.suspects()
    assert {one.operator for one in station.checks.suspects(all_of=True)} == {"qc1"}
    assert reader.get(output[0].row).suspect == "CLEARED"
    reader.close()
    with pytest.raises(InputError, match="is not suspect"):
        station.checks.clear([output[0].row], Disposition.OK, operator="qc1", reason_code="again").result(WITHIN_S)


def test_without_clearance_a_pass_is_a_review_without_a_code(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened(with_masters(place), checks=NO_SHIFTS)
    held, failed = inspect(station), inspect(station)
    assert (held.verdict, held.code) == (Verdict.REVIEW, None)
    assert held.inspection.reasons[0].code is ReasonCode.BLOCKED
    assert "a daily check is due (first)" in str(held.inspection.reasons[0])
    assert failed.verdict is Verdict.FAIL


def test_a_check_left_open_is_ended_at_the_next_start(place: Place, opened: Open) -> None:
    place.fill([*PASSING, "good", "good"])
    station = opened(with_masters(place), checks=NO_SHIFTS)
    assert place_all(station).outcome is Outcome.PASSED
    station.checks.begin("w17").result(WITHIN_S)
    assert "daily check 2 is going on" in station.status().blocked[0]
    station.close()
    again = opened(with_masters(place), checks=NO_SHIFTS)
    assert [one.why for one in again.checks.due()] == [DueWhy.BROKEN_OFF]
    assert not again.checks.suspects(all_of=True)


def test_breaking_off_hides_no_wrong_answer(place: Place, opened: Open) -> None:
    place.fill([*PASSING, "good", "scratched", "good"])
    station = opened(with_masters(place), checks=NO_SHIFTS)
    assert place_all(station).outcome is Outcome.PASSED
    output = inspect(station)
    station.checks.begin("w17").result(WITHIN_S)
    assert station.checks.place().result(WITHIN_S).places[0].answer is Answer.WRONG
    with pytest.raises(InputError, match="operator and a reason"):
        station.checks.break_off("w17", "").result(WITHIN_S)
    assert station.checks.break_off("w17", "tea").result(WITHIN_S).outcome is Outcome.FAILED
    assert [one.row for one in station.checks.suspects()] == [output.row]


def test_what_cannot_be_is_said_in_one_line(place: Place, opened: Open) -> None:
    place.fill(PASSING)
    station = opened(with_masters(place), checks=NO_SHIFTS)
    with pytest.raises(InputError, match="no daily check is open"):
        station.checks.place().result(WITHIN_S)
    with pytest.raises(InputError, match="needs an operator"):
        station.checks.begin(" ").result(WITHIN_S)
    station.checks.begin("w17").result(WITHIN_S)
    with pytest.raises(InputError, match="is open"):
        station.checks.begin("w17").result(WITHIN_S)
    with pytest.raises(InputError, match="master dent is not wanted: fine, scratch is"):
        station.checks.place("dent").result(WITHIN_S)
    with pytest.raises(InputError, match="'magic' is none"):
        station.checks.note_work("magic", "w17", "why not").result(WITHIN_S)


def test_work_and_another_sku_make_a_check_due(place: Place, opened: Open) -> None:
    place.fill([*PASSING, "good"])
    other = place.recipe("other")
    station = opened(with_masters(place), other, checks=NO_SHIFTS)
    assert place_all(station).outcome is Outcome.PASSED
    station.checks.note_work("lamp", "e1", "west bar replaced").result(WITHIN_S)
    assert [one.why for one in station.checks.due()] == [DueWhy.WORK]
    station.select("other").result(WITHIN_S)
    assert station.status().blocked == (), "a recipe without masters is not checked"
    inspect(station)
    station.select("noise").result(WITHIN_S)
    assert [one.why for one in station.checks.due()] == [DueWhy.CHANGEOVER, DueWhy.WORK]


def test_a_station_without_masters_has_no_check(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    assert "check" not in station.status().lamps
    assert station.checks.due() == ()
    with pytest.raises(InputError, match="has no masters"):
        station.checks.begin("w17").result(WITHIN_S)
