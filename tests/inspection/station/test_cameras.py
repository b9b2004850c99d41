"""Several cameras, and one that hangs: a case is whole or it is no PASS."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from small_station import SHELLS, Place

from shellmark_inspect.loop import Overrun
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station
from shellmark_inspect.types import ReasonCode, Record, Verdict

Open = Callable[..., Station]
WITHIN_S = 30.0


def inspect(station: Station) -> Record:
    return station.trigger().result(WITHIN_S)


def write_case(folder: Path, name: str, **views: str) -> None:
    """A case folder with one still per view; `views` maps a view to a kind of shell."""
    (folder / name).mkdir(parents=True)
    for i, (view, kind) in enumerate(views.items()):
        pixels = SHELLS[kind](300 + i)
        (folder / name / f"{view}_top.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


@pytest.fixture
def two_cameras(place: Place, opened: Open) -> Station:
    """A station whose recipe sees a front and a back with a camera each."""
    write_case(place.cases, "c1", front="good", back="good")
    write_case(place.cases, "c2", front="good", back="scratched")
    write_case(place.cases, "c3", front="scratched")
    write_case(place.cases, "c4", front="good")
    view = Recipe.read(place.recipe()).views[0].model_dump(mode="json", exclude_none=True)
    views = [view, view | {"name": "back", "camera": "back"}]
    folder = {"kind": "folder", "path": "cases"}
    return opened(place.recipe(views=views), cameras={"front": folder, "back": folder})


def test_a_case_of_two_cameras_is_one_record(two_cameras: Station) -> None:
    passed, failed = inspect(two_cameras), inspect(two_cameras)
    assert (passed.verdict, failed.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert [r.inspection.trigger.case_id for r in (passed, failed)] == ["c1", "c2"]
    assert set(passed.inspection.scores) == {"front", "back"}
    assert {defect.view for defect in failed.inspection.defects} == {"back"}
    assert set(two_cameras.live()) == {"front", "back"}


def test_a_view_that_one_camera_does_not_give_is_never_a_pass(two_cameras: Station) -> None:
    inspect(two_cameras)
    inspect(two_cameras)
    bad_front, good_front = inspect(two_cameras), inspect(two_cameras)
    assert bad_front.verdict is Verdict.FAIL, "what was seen is enough to fail"
    assert good_front.verdict is Verdict.REVIEW
    codes = [reason.code for reason in good_front.inspection.reasons]
    assert set(codes) == {ReasonCode.CAMERA, ReasonCode.VIEW_MISSING}
    assert "case c4 has no picture back_top" in str(good_front.inspection.reasons[codes.index(ReasonCode.CAMERA)])


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes on Windows")
def test_a_camera_that_hangs_costs_its_case_and_its_late_frame_is_dropped(place: Place, opened: Open) -> None:
    place.fill(["good"])
    os.mkfifo(place.cases / "002-late.png")
    place.fill(["scratched"], first=3)
    station = opened(answer_within_s=0.3)
    inspect(station)
    began = time.monotonic()
    hung = inspect(station)
    assert time.monotonic() - began < 5
    assert hung.verdict is Verdict.REVIEW
    assert "no answer for" in str(hung.inspection.reasons[0])
    assert "check its cable and power" in str(hung.inspection.reasons[0])
    with (place.cases / "002-late.png").open("wb") as pipe:  # opens once the camera's thread reads at the other end
        place.fill(["scratched"], first=9)[0].replace(place.cases / "002-late.png")
        pipe.write(cv2.imencode(".png", SHELLS["good"](1))[1].tobytes())
    after = inspect(station)
    while (
        after.verdict is Verdict.REVIEW
    ):  # as long as it takes the camera's thread to read the late picture to its end
        assert "no answer for" in str(after.inspection.reasons[0])
        assert time.monotonic() - began < WITHIN_S
        after = inspect(station)
    assert after.verdict is Verdict.FAIL, "the good shell that came late is nobody's PASS"


@pytest.mark.parametrize("overrun", list(Overrun))
def test_a_full_station_records_or_waits_as_configured(place: Place, opened: Open, overrun: Overrun) -> None:
    place.fill(["good"] * 12)
    station = opened(room=1, overrun=overrun.value)
    records = [future.result(WITHIN_S) for future in [station.trigger() for _ in range(6)]]
    codes = {reason.code for record in records for reason in record.inspection.reasons}
    assert codes == ({ReasonCode.OVERRUN} if overrun is Overrun.RECORD else set())
    assert len({record.inspection.trigger.number for record in records}) == 6
    assert all(record.code is None for record in records if record.verdict is Verdict.REVIEW)
