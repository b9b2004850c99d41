"""A whole station on real parts: a folder camera, a model, records on SQLite."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from small_station import Place

from shellmark_inspect.errors import ConfigError, DatabaseInUse, InputError, RecipeError
from shellmark_inspect.loop import Light, NotReady, StationState
from shellmark_inspect.station import Station, read_recipes
from shellmark_inspect.types import Disposition, ReasonCode, Record, Verdict

Open = Callable[..., Station]
WITHIN_S = 30.0


def inspect(station: Station) -> Record:
    return station.trigger().result(WITHIN_S)


def kept(station: Station) -> list[Record]:
    """Every record in the database, oldest first."""
    reader = station.reader()
    try:
        return list(reader.iterate())
    finally:
        reader.close()


def test_a_station_opens_to_ready_with_green_lamps(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    status = station.status()
    assert (status.state, status.sku, status.message) == (StationState.READY, "noise", "")
    assert {name: lamp.light for name, lamp in status.lamps.items()} == dict.fromkeys(
        ("camera", "disk", "model", "database"), Light.GREEN
    )
    assert status.lamps["model"].text == "noise/1"


def test_a_pass_has_a_code_and_a_fail_has_a_reason_with_sizes_and_none(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened()
    passed, failed = inspect(station), inspect(station)
    assert passed.verdict is Verdict.PASS
    assert passed.code is not None
    assert passed.code.text == f"HTTPS://EXAMPLE.COM/01/09520000001018/21/{passed.code.serial}"
    assert passed.code.state == "RESERVED"
    assert failed.verdict is Verdict.FAIL
    assert failed.code is None
    assert "mm, zone A allows 2.0" in str(failed.inspection.reasons[0])
    assert failed.inspection.trigger.case_id == "002-scratched.png"


def test_what_memory_says_is_what_the_database_keeps(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened()
    live = [inspect(station), inspect(station)]
    for said, stored in zip(live, kept(station), strict=True):
        assert stored.row == said.row
        assert stored.code == said.code
        assert [str(r) for r in stored.inspection.reasons] == [str(r) for r in said.inspection.reasons]
        assert stored.inspection.versions == said.inspection.versions
        assert all(station.picture(image).is_file() for image in stored.images)
    crops = [image for image in live[1].images if image.kind == "crop"]
    assert len(crops) == len(live[1].inspection.defects)


def test_only_the_newest_record_in_memory_has_pixels(place: Place, opened: Open) -> None:
    place.fill(["scratched"] * 2)
    station = opened()
    inspect(station)
    inspect(station)
    newest, older = station.records()
    assert newest.inspection.evidence
    assert newest.inspection.defects[0].crop is not None
    assert not older.inspection.evidence
    assert all(defect.crop is None for defect in older.inspection.defects)


def test_a_missed_case_keeps_its_pixels_to_teach_from_while_the_line_goes_on(place: Place, opened: Open) -> None:
    place.fill(["good"] * 4)
    station = opened()

    def missed(row: int) -> Record:
        return station.overrule(row, Disposition.NG, operator="Li", reason_code="missed").result(10)

    def with_pixels() -> list[int]:
        return [record.row for record in station.records() if record.inspection.evidence]

    first = missed(inspect(station).row)
    assert with_pixels() == [first.row]
    second = inspect(station)
    third = inspect(station)
    assert with_pixels() == [third.row, first.row]
    assert not missed(second.row).inspection.evidence, "another case has come since"
    fourth = missed(inspect(station).row)
    assert with_pixels() == [fourth.row], "one at most is held back"


def test_a_run_goes_to_the_end_of_its_folder_and_stops(place: Place, opened: Open) -> None:
    kinds = ["good", "scratched", "good", "blemished", "good"] * 2
    place.fill(kinds)
    station = opened()
    told: list[int] = []
    station.subscribe(lambda record: told.append(record.row))
    station.run()
    station.wait()
    found = kept(station)
    assert [r.inspection.trigger.case_id for r in found] == [f"{n:03}-{kind}.png" for n, kind in enumerate(kinds, 1)]
    assert [r.verdict for r in found] == [Verdict.PASS if kind == "good" else Verdict.FAIL for kind in kinds]
    assert told == [r.row for r in found]
    status = station.status()
    assert status.state is StationState.READY
    assert status.ended
    assert (status.counts.passed, status.counts.failed, status.open_cases) == (6, 4, 0)
    with pytest.raises(NotReady, match="no further case"):
        inspect(station)
    assert len(kept(station)) == 10


def test_a_run_can_be_held_and_goes_on(place: Place, opened: Open) -> None:
    place.fill(["good"] * 12)
    station = opened()
    three = threading.Event()
    station.subscribe(lambda record: three.set() if record.row == 3 else None)
    station.run()
    assert three.wait(WITHIN_S)
    station.hold()
    station.wait()
    assert station.status().state is StationState.READY
    station.run()
    station.wait()
    assert len(kept(station)) == 12


def test_a_person_overrules_as_a_further_record(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened()
    passed, failed = inspect(station), inspect(station)
    accepted = station.overrule(failed.row, Disposition.OK, operator="Li", reason_code="false_alarm").result(WITHIN_S)
    assert (accepted.verdict, accepted.disposition, accepted.code) == (Verdict.FAIL, Disposition.OK, None)
    assert accepted.previous == failed.row
    station.overrule(passed.row, Disposition.NG, operator="Li", reason_code="missed").result(WITHIN_S)
    counts = station.status().counts
    assert (counts.passed, counts.failed, counts.overruled) == (1, 1, 2)
    assert len(kept(station)) == 4
    live_codes = [record.code for record in kept(station) if record.code and record.code.state != "VOID"]
    assert live_codes == [], "NG takes the code away"


@pytest.mark.parametrize(
    ("row", "operator", "says"), [(99, "Li", "no record 99"), (1, " ", "needs an operator"), (1, "Li", "followed by")]
)
def test_an_impossible_decision_is_refused_and_the_station_goes_on(
    place: Place, opened: Open, row: int, operator: str, says: str
) -> None:
    place.fill(["good", "good"])
    station = opened()
    first = inspect(station)
    station.overrule(first.row, Disposition.OK, operator="Li", reason_code="confirmed").result(WITHIN_S)
    with pytest.raises(InputError, match=says):
        station.overrule(row, Disposition.NG, operator=operator, reason_code="missed").result(WITHIN_S)
    assert station.status().state is StationState.READY
    assert inspect(station).verdict is Verdict.PASS


def test_another_sku_is_judged_by_its_own_recipe(place: Place, opened: Open) -> None:
    place.fill(["blemished"] * 3)
    strict = place.recipe("strict")
    lenient = place.recipe("lenient", limits=[{"zone": "A", "label": "*", "length_mm": 200.0}])
    station = opened(strict, lenient)
    assert [sku for sku, *_ in station.skus()] == ["strict", "lenient"]
    before = inspect(station)
    station.select("lenient").result(WITHIN_S)
    after = inspect(station)
    assert (before.verdict, after.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert (after.inspection.sku, station.status().sku) == ("lenient", "lenient")
    assert after.inspection.trigger.case_id == "002-blemished.png", "the camera stayed open and goes on"


def test_a_camera_is_opened_anew_where_the_sku_lays_over_its_settings(place: Place, opened: Open) -> None:
    place.fill(["good"] * 2)
    (place.folder / "others").mkdir()
    (place.folder / "others" / "x.png").write_bytes((place.cases / "001-good.png").read_bytes())
    station = opened(place.recipe("one"), place.recipe("two", cameras={"front": {"path": "others"}}))
    assert inspect(station).inspection.trigger.case_id == "001-good.png"
    station.select("two").result(WITHIN_S)
    assert inspect(station).inspection.trigger.case_id == "x.png"
    assert station.status().lamps["camera"].light is Light.GREEN


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model": "absent"}, "absent"),
        ({"model_digest": "sha256:" + "0" * 64}, "the recipe wants sha256:0"),
        ({"view": {"px_per_mm": 9.0}}, "was taught at 6"),
        ({"view": {"camera": "back"}}, "wants camera back: the configuration has front"),
        ({"view": {"steps": [{"step": "polish"}]}}, "polish"),
    ],
)
def test_a_changeover_that_fails_leaves_the_old_sku(place: Place, opened: Open, changes: dict, says: str) -> None:
    place.fill(["good"] * 2)
    station = opened(place.recipe("old"), place.recipe("new", **changes))
    inspect(station)
    with pytest.raises(InputError, match=says) as caught:
        station.select("new").result(WITHIN_S)
    assert "\n" not in str(caught.value)
    assert station.status().sku == "old"
    assert inspect(station).inspection.sku == "old"


def test_a_changeover_in_a_run_ends_the_run_between_two_cases(place: Place, opened: Open) -> None:
    place.fill(["good"] * 40)
    station = opened(place.recipe("one"), place.recipe("two"))
    begun = threading.Event()
    station.subscribe(lambda _: begun.set())
    station.run()
    assert begun.wait(WITHIN_S)
    station.select("two").result(WITHIN_S)
    assert station.status().state is StationState.READY
    inspect(station)
    found = kept(station)
    assert [r.inspection.sku for r in found] == ["one"] * (len(found) - 1) + ["two"]
    assert [r.inspection.trigger.number for r in found] == list(range(1, len(found) + 1))


def test_an_unknown_sku_is_named_with_those_there_are(place: Place, opened: Open) -> None:
    place.fill(["good"])
    with pytest.raises(InputError, match="no recipe for SKU silk: there are noise"):
        Station(place.config(), "silk")
    with pytest.raises(InputError, match="silk"):
        opened().select("silk").result(WITHIN_S)


def test_two_recipes_of_one_sku_are_refused(place: Place) -> None:
    path = place.recipe("one")
    (place.folder / "copy.toml").write_bytes(path.read_bytes())
    with pytest.raises(ConfigError, match="two recipes are of SKU one"):
        read_recipes(place.config(path, place.folder / "copy.toml"))


def test_closing_gives_every_open_case_its_record(place: Place, opened: Open) -> None:
    place.fill(["good"] * 9)
    station = opened()
    futures = [station.trigger() for _ in range(6)]
    station.close()
    records = [future.result(0) for future in futures]
    again = opened()
    found = kept(again)
    assert sorted(r.inspection.trigger.number for r in found) == sorted(r.inspection.trigger.number for r in records)
    codes = Counter(r.inspection.reasons[0].code for r in found if r.verdict is Verdict.REVIEW)
    assert set(codes) <= {ReasonCode.STOPPED, ReasonCode.OVERRUN}, "nothing is left for the next start to mend"


def test_closing_twice_and_in_a_run_does_no_harm(place: Place, opened: Open) -> None:
    place.fill(["good"] * 40)
    station = opened()
    begun = threading.Event()
    station.subscribe(lambda _: begun.set())
    station.run()
    assert begun.wait(WITHIN_S)
    station.close()
    station.close()
    assert station.status().open_cases == 0
    assert not [t for t in threading.enumerate() if t.name in {"records", "capture", "inspect", "run", "heartbeat"}]
    with pytest.raises(NotReady):
        inspect(station)


def test_a_second_station_on_the_database_is_refused_and_the_first_goes_on(place: Place, opened: Open) -> None:
    place.fill(["good"] * 2)
    station = opened()
    with pytest.raises(DatabaseInUse, match="in use by station st01") as caught:
        opened()
    assert "\n" not in str(caught.value)
    assert inspect(station).verdict is Verdict.PASS


def test_pictures_older_than_the_policys_days_go_and_records_stay(place: Place, opened: Open) -> None:
    place.fill(["scratched"])
    station = opened(save={"floor_bytes": 0, "days": 30})
    record = station.trigger().result(WITHIN_S)
    old = station.config.images / "2000-01-01"
    old.mkdir()
    (old / "old.jpg").write_bytes(b"old")
    station._pruned = None  # as on the next day
    station._drop_old_pictures()
    station._loop.keep(lambda _: None).result(WITHIN_S)
    assert not old.exists()
    assert all(station.picture(image).is_file() for image in record.images)


def test_a_listener_that_breaks_costs_no_record(place: Place, opened: Open) -> None:
    place.fill(["good"] * 3)
    station = opened()

    def broken(record: Record) -> None:
        raise ValueError(f"a listener's bug at {record.row}")

    stop = station.subscribe(broken)
    inspect(station)
    stop()
    inspect(station)
    assert len(kept(station)) == 2


def test_events_go_out_once_each_also_over_a_restart(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched", "good"])
    outputs = {"events": {"kind": "jsonl", "path": "out/events.jsonl"}}
    station = opened(outputs=outputs)
    inspect(station)
    failed = inspect(station)
    station.overrule(failed.row, Disposition.SCRAP, operator="Li", reason_code="confirmed").result(WITHIN_S)
    station.close()
    again = opened(outputs=outputs)
    inspect(again)
    again.close()
    lines = (place.folder / "out" / "events.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [event["number"] for event in told] == list(range(1, len(told) + 1))
    assert len({event["key"] for event in told}) == len(told)
    assert Counter(event["kind"] for event in told) == {"inspection": 3, "overrule": 1, "code": 1}, (
        "the folder begins anew: the first shell again, which keeps its code"
    )


def test_an_output_that_fails_holds_up_nothing_and_gets_everything_later(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    in_the_way = place.folder / "out"
    in_the_way.write_text("a file where a folder should be")
    station = opened(outputs={"events": {"kind": "jsonl", "path": "out/events.jsonl"}})
    inspect(station)
    inspect(station)
    assert station.status().state is StationState.READY
    in_the_way.unlink()
    station.close()
    lines = (place.folder / "out" / "events.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]


@pytest.mark.parametrize("changes", [{"kind": "fax"}, {"colour": "red"}, {"path": 7}])
def test_an_impossible_output_is_refused_before_anything_is_opened(place: Place, changes: dict) -> None:
    place.fill(["good"])
    config = place.config(outputs={"events": {"kind": "jsonl", "path": "e.jsonl"} | changes})
    with pytest.raises(ConfigError, match="output events"):
        Station(config)
    assert not (place.folder / "data").exists()


def test_a_station_that_cannot_open_leaves_nothing_open(place: Place, opened: Open) -> None:
    place.fill(["good"])
    with pytest.raises(RecipeError, match="absent"):
        opened(place.recipe(model="absent"))
    with pytest.raises(ConfigError, match="wants camera front"):
        opened(cameras={"back": {"kind": "folder", "path": "cases"}})
    assert inspect(opened()).verdict is Verdict.PASS
