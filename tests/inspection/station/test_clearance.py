"""Clearance: what takes automatic mode away and what does not, whatever order things fail in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from small_station import SIDE_PX, Place

from shellmark_calibration import Measurement, Profile
from shellmark_inspect.errors import RecipeError, RecordsError
from shellmark_inspect.loop import Light, StationState
from shellmark_inspect.records import Answer, Outcome
from shellmark_inspect.records.checks import Checks as KeptChecks
from shellmark_inspect.station import DueWhy, Station, TroubleCode
from shellmark_inspect.station.drift import Monitor
from shellmark_inspect.types import ReasonCode, Verdict

Open = Callable[..., Station]
WITHIN_S = 60.0
MASTERS = [{"name": "fine", "kind": "ok", "times": 1}, {"name": "scratch", "kind": "ng", "label": "unknown"}]
NO_SHIFTS = {"shifts": []}


def calibrated(place: Place, days_ago: float, camera: str = "front", side_px: int = SIDE_PX) -> Any:
    when = datetime.now(UTC) - timedelta(days=days_ago)
    made = {"lens": Measurement(measured_at=when, with_what="9x6", program="test")}
    Profile(camera=camera, size_px=(side_px, side_px), made=made).write(place.folder / "front.json")
    return place.recipe(view={"profile": "front.json"})


def test_a_calibration_warns_in_its_last_days_and_then_blocks(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened(calibrated(place, 5))
    assert station.status().lamps["calibration"].light is Light.GREEN
    station.close()
    station = opened(calibrated(place, 28))
    lamp = station.status().lamps["calibration"]
    assert (lamp.light, station.status().blocked) == (Light.YELLOW, ())
    assert "the calibration of camera front expires in 2.0 days" in lamp.text
    station.close()
    station = opened(calibrated(place, 31))
    status = station.status()
    assert status.lamps["calibration"].light is Light.RED
    assert "noise, view front: the calibration of camera front has expired on " in status.blocked[0]
    assert [trouble.code for trouble in station.clearance.troubles()] == [TroubleCode.EXPIRED]
    station.run()
    assert station.status().state is StationState.READY
    held = station.trigger().result(WITHIN_S)
    assert (held.verdict, held.code) == (Verdict.REVIEW, None)
    assert held.inspection.reasons[0].code is ReasonCode.BLOCKED


def test_a_calibration_dated_in_the_future_blocks_as_an_expired_one(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened(calibrated(place, -0.9))
    assert station.status().lamps["calibration"].light is Light.GREEN
    station.close()
    station = opened(calibrated(place, -3))
    status = station.status()
    assert status.lamps["calibration"].light is Light.RED
    assert "noise, view front: the calibration of camera front is dated " in status.blocked[0]
    assert "in the future: set this computer's clock, or calibrate anew" in status.blocked[0]
    assert [trouble.code for trouble in station.clearance.troubles()] == [TroubleCode.AHEAD]
    station.run()
    assert station.status().state is StationState.READY
    held = station.trigger().result(WITHIN_S)
    assert (held.verdict, held.code) == (Verdict.REVIEW, None)
    assert held.inspection.reasons[0].code is ReasonCode.BLOCKED


@pytest.mark.parametrize(("camera", "side_px"), [("back", SIDE_PX), ("front", 2 * SIDE_PX)])
def test_a_profile_that_does_not_fit_opens_no_station(place: Place, opened: Open, camera: str, side_px: int) -> None:
    place.fill(["good"])
    with pytest.raises(RecipeError):
        opened(calibrated(place, 1, camera, side_px))


@pytest.mark.parametrize(
    ("kinds", "outcome", "why"),
    [(["good", "scratched"], Outcome.PASSED, []), (["good", "good"], Outcome.FAILED, [DueWhy.FAILED, DueWhy.FIRST])],
)
def test_a_check_whose_end_could_not_be_kept_ends_as_its_answers_say(
    place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch, kinds: list[str], outcome: Outcome, why: list[DueWhy]
) -> None:
    place.fill(kinds)

    def full(*_: Any, **__: Any) -> None:
        raise RecordsError("no room")

    station = opened(place.recipe(masters=MASTERS), checks=NO_SHIFTS)
    station.checks.begin("w17").result(WITHIN_S)
    with monkeypatch.context() as patch:
        patch.setattr(KeptChecks, "end", full)
        for _ in kinds:
            state = station.checks.place().result(WITHIN_S)
    assert state.outcome is None
    assert station.status().blocked, "an open check blocks"
    station.close()
    again = opened(place.recipe(masters=MASTERS), checks=NO_SHIFTS)
    state_again = again.checks.state()
    assert state_again is not None
    assert state_again.outcome is outcome
    assert [one.why for one in again.checks.due()] == why


def test_a_fault_in_what_is_told_of_a_record_costs_no_record(
    place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.fill(["good"] * 2)

    def bug(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Monitor, "see", bug)
    station = opened()
    assert [station.trigger().result(WITHIN_S).verdict for _ in range(2)] == [Verdict.PASS] * 2
    assert station.status().state is StationState.READY


def test_a_master_that_could_not_be_judged_is_placed_again(place: Place, opened: Open) -> None:
    place.fill(["good", "large", "scratched"])  # a picture of another size is a fault of the camera
    station = opened(place.recipe(masters=MASTERS), checks=NO_SHIFTS)
    station.checks.begin("w17").result(WITHIN_S)
    answers = [station.checks.place().result(WITHIN_S) for _ in range(3)]
    assert [one.places[1].answer for one in answers] == [None, Answer.VOID, Answer.RIGHT]
    assert answers[1].next is not None
    assert answers[1].next.master.name == "scratch"
    assert answers[2].outcome is Outcome.PASSED


def test_a_model_that_changes_ends_the_check_and_makes_one_due(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened(place.recipe(masters=MASTERS), checks=NO_SHIFTS)
    station.checks.begin("w17").result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    assert station.checks.due() == ()
    station.checks.begin("w17").result(WITHIN_S)
    station.submit(lambda: station.exchange(station.plans.inspector("noise"))).result(WITHIN_S)
    state = station.keep(lambda _: station.checks.state()).result(WITHIN_S)
    assert state is not None
    assert state.outcome is Outcome.BROKEN_OFF
    assert [one.why for one in station.checks.due()] == [DueWhy.BROKEN_OFF]


def test_a_shift_that_begins_holds_a_run(place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    place.fill(["good", "scratched", *["good"] * 40])
    station = opened(place.recipe(masters=MASTERS), every_s=0.05)
    station.checks.begin("w17").result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    station.run()
    assert station.status().state is StationState.CONTINUOUS_EXECUTION
    monkeypatch.setattr(station.checks, "_now", lambda: datetime.now(UTC) + timedelta(days=1))
    station.clearance.look()
    station.wait()
    assert station.status().state is StationState.READY
    assert "due (shift start)" in station.status().blocked[0]
    assert len(station.records()) < 42, "the run was held"
