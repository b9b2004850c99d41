"""A disk that fills up while the station runs: Error, and why; nothing recorded is lost, nothing found is forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_station import Place

from shellmark_inspect.errors import RecordsError, StorageFull
from shellmark_inspect.loop import Light, NotReady, StationState
from shellmark_inspect.station import Station
from shellmark_inspect.types import Record, Verdict

Open = Callable[..., Station]
WITHIN_S = 30.0


def fill(folder: Path, leave_bytes: int) -> Path:
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(b"\x00" * (shutil.disk_usage(folder).free - leave_bytes))
    return ballast


def kept(station: Station) -> list[Record]:
    reader = station.reader()
    try:
        return list(reader.iterate())
    finally:
        reader.close()


def test_no_case_is_begun_without_room_for_its_record(place: Place, tiny_disk: Path, opened: Open) -> None:
    place.fill(["good"] * 3)
    station = opened(data=str(tiny_disk))
    station.trigger().result(WITHIN_S)
    ballast = fill(tiny_disk, 1024**2)
    with pytest.raises(StorageFull, match="free some space"):
        station.trigger().result(WITHIN_S)
    status = station.status()
    assert status.state is StationState.ERROR
    assert "free some space" in status.message
    with pytest.raises(NotReady, match="free some space"):
        station.trigger().result(WITHIN_S)
    with pytest.raises(StorageFull):
        station.acknowledge().result(WITHIN_S)
    assert station.status().state is StationState.ERROR
    ballast.unlink()
    station.acknowledge().result(WITHIN_S)
    assert station.status().state is StationState.READY
    assert station.trigger().result(WITHIN_S).verdict is Verdict.PASS
    assert [r.verdict for r in kept(station)] == [Verdict.PASS] * 2


@pytest.fixture
def no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a case begin on a disk that has no room for its record, as when something else fills it meanwhile."""
    monkeypatch.setattr("shellmark_inspect.records.writer.RECORD_ROOM_BYTES", 0)


@pytest.mark.usefixtures("no_floor")
def test_what_was_found_but_could_not_be_stored_is_stored_in_the_end(
    place: Place, tiny_disk: Path, opened: Open
) -> None:
    place.fill(["good", "large", "good"])
    recipe = place.recipe(view={"frame_px": None})
    opened(recipe, data=str(tiny_disk)).close()  # makes the schema, whose log would be freed by the acknowledge
    station = opened(recipe, data=str(tiny_disk))
    first = station.trigger().result(WITHIN_S)
    ballast = fill(tiny_disk, 100_000)
    with pytest.raises(StorageFull, match="no room"):
        station.trigger().result(WITHIN_S)
    for _ in range(2):
        with pytest.raises(RecordsError, match="free some"):
            station.acknowledge().result(WITHIN_S)
        status = station.status()
        assert status.state is StationState.ERROR
        assert "free some" in status.message
        assert status.lamps["database"].light is Light.RED
    ballast.unlink()
    station.acknowledge().result(WITHIN_S)
    station.trigger().result(WITHIN_S)
    found = kept(station)
    assert [r.verdict for r in found] == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]
    assert found[0].row == first.row
    assert "mm, zone A allows" in str(found[1].inspection.reasons[0]), "what the machine found, not only that it failed"
    assert len(found[1].images) > 1
    assert [r.inspection.trigger.number for r in found] == [1, 2, 3]


@pytest.mark.usefixtures("no_floor")
def test_a_run_on_a_disk_that_fills_up_loses_no_case(place: Place, tiny_disk: Path, opened: Open) -> None:
    place.fill(["scratched"] * 12)
    station = opened(data=str(tiny_disk))
    station.trigger().result(WITHIN_S)
    ballast = fill(tiny_disk, 250_000)
    station.run()
    station.wait()
    assert station.status().state is StationState.ERROR, "twelve cases of some 60 kB do not fit"
    stored = kept(station)
    assert stored
    ballast.unlink()
    station.acknowledge().result(WITHIN_S)
    assert station.status().state is StationState.READY
    after = kept(station)
    assert [r.row for r in after[: len(stored)]] == [r.row for r in stored]
    assert [r.inspection.trigger.number for r in after] == list(range(1, len(after) + 1))
    assert {r.verdict for r in after} == {Verdict.FAIL}, "every case that was seen keeps what was seen"


@pytest.mark.usefixtures("no_floor")
def test_what_could_not_be_stored_before_the_program_ended_is_a_review_at_the_next_start(
    place: Place, tiny_disk: Path, opened: Open
) -> None:
    place.fill(["good", "large", "good"])
    recipe = place.recipe(view={"frame_px": None})
    station = opened(recipe, data=str(tiny_disk))
    station.trigger().result(WITHIN_S)
    ballast = fill(tiny_disk, 100_000)
    with pytest.raises(StorageFull):
        station.trigger().result(WITHIN_S)
    station.close()
    ballast.unlink()
    found = kept(opened(recipe, data=str(tiny_disk)))
    assert [r.verdict for r in found] == [Verdict.PASS, Verdict.REVIEW]
    assert "program ended" in str(found[1].inspection.reasons[0])
