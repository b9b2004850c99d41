"""What is wrong from outside: one clear line, a REVIEW where a trigger was open, nothing lost, and on it goes."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from cameras.stills import cmyk_jpeg, cut
from small_station import Place, good

from shellmark_inspect.errors import CameraLost, DatabaseTooNew, InputError, ShellmarkError
from shellmark_inspect.loop import Light, StationState
from shellmark_inspect.station import Station
from shellmark_inspect.types import ReasonCode, Record, Verdict

Open = Callable[..., Station]
WITHIN_S = 30.0


def inspect(station: Station) -> Record:
    return station.trigger().result(WITHIN_S)


def write(path: Path, pixels: np.ndarray) -> None:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def one_line(error: BaseException) -> str:
    text = str(error)
    assert text
    assert "\n" not in text
    return text


def truncated(path: Path) -> None:
    cut(path)


def truncated_jpeg(path: Path) -> None:
    write(path.with_suffix(".jpg"), good(1))
    cut(path.with_suffix(".jpg"))
    path.unlink()


def sixteen_bit(path: Path) -> None:
    write(path, good(1).astype(np.uint16) * 256)


def cmyk(path: Path) -> None:
    write(path.with_suffix(".jpg"), good(1))
    cmyk_jpeg(path.with_suffix(".jpg"))
    path.unlink()


def zero_byte(path: Path) -> None:
    path.write_bytes(b"")


def wrong_size(path: Path) -> None:
    write(path, good(1, 96))


def no_picture(path: Path) -> None:
    path.write_text("a shopping list\n")


def black(path: Path) -> None:
    write(path, np.zeros_like(good(1)))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (truncated, "truncated"),
        (truncated_jpeg, "truncated"),
        (sixteen_bit, "16 bits per channel"),
        (cmyk, "CMYK"),
        (zero_byte, "0 bytes"),
        (wrong_size, "96x96 px, wanted 128x128"),
        (no_picture, "no JPEG, PNG, BMP or TIFF"),
        (black, "all black"),
    ],
)
def test_a_bad_picture_is_a_review_and_the_next_case_goes_on(
    place: Place, opened: Open, spoil: Callable[[Path], None], says: str
) -> None:
    first, _ = place.fill(["good", "good"])
    spoil(first)
    station = opened()
    bad, next_one = inspect(station), inspect(station)
    assert bad.verdict is Verdict.REVIEW
    assert bad.code is None
    camera = [reason for reason in bad.inspection.reasons if reason.code is ReasonCode.CAMERA]
    assert len(camera) == 1
    text = str(camera[0])
    assert says in text
    assert first.stem in text, "which picture"
    assert ": " in text.partition(says)[2] or "save it" in text, "what to do"
    assert "\n" not in text
    assert next_one.verdict is Verdict.PASS


def test_a_missing_light_is_a_review(place: Place, opened: Open) -> None:
    place.fill(["good"])
    recipe = place.recipe(view={"lights": ["top", "side"], "channels": ["top"]})
    record = inspect(opened(recipe))
    assert record.verdict is Verdict.REVIEW
    assert "2 lights" in str(record.inspection.reasons[0])


def test_a_folder_that_is_missing_at_start_is_named_and_waited_for(place: Place, opened: Open) -> None:
    station = opened()
    assert station.status().state is StationState.READY
    lamp = station.status().lamps["camera"]
    assert lamp.light is Light.RED
    assert "cases is missing: put it there" in lamp.text
    with pytest.raises(CameraLost, match=r"camera front: folder .* is missing"):
        station.check_cameras()
    record = inspect(station)
    assert record.verdict is Verdict.REVIEW, "a shell that went past unseen has its record"
    place.fill(["good"])
    station.check_cameras(WITHIN_S)
    assert inspect(station).verdict is Verdict.PASS


def test_a_camera_that_vanishes_costs_one_case_and_comes_back(place: Place, opened: Open) -> None:
    place.fill(["good"] * 5)
    station = opened()
    assert inspect(station).verdict is Verdict.PASS
    away = place.cases.rename(place.folder / "away")
    lost = inspect(station)
    assert lost.verdict is Verdict.REVIEW
    assert "is gone: put it back" in str(lost.inspection.reasons[0])
    away.rename(place.cases)
    station.check_cameras(WITHIN_S)
    assert inspect(station).verdict is Verdict.PASS
    reader = station.reader()
    assert [r.inspection.trigger.number for r in reader.iterate()] == [1, 2, 3]
    reader.close()


def test_a_run_waits_for_a_lost_camera_instead_of_recording_what_nobody_saw(place: Place, opened: Open) -> None:
    place.fill(["good"] * 5)
    station = opened()
    reviewed = threading.Event()
    station.subscribe(lambda record: reviewed.set() if record.verdict is Verdict.REVIEW else None)
    inspect(station)
    away = place.cases.rename(place.folder / "away")
    station.run()
    assert reviewed.wait(WITHIN_S)
    with pytest.raises(CameraLost):
        station.check_cameras(0.5)
    assert station.status().counts.cases == 2, "one case was lost, no further one was begun"
    away.rename(place.cases)
    station.wait()
    counts = station.status().counts
    assert (counts.passed, counts.review) == (4, 1)


def test_a_run_that_waits_for_its_camera_can_be_held(place: Place, opened: Open) -> None:
    station = opened()
    station.run()
    station.hold()
    station.wait()
    assert station.status().state is StationState.READY


def test_a_database_of_a_newer_program_is_refused_untouched(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    inspect(station)
    station.close()
    file = place.folder / "data" / "records.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    before = file.read_bytes()
    with pytest.raises(DatabaseTooNew, match=r"records\.db has schema 9999.*use the newer program") as caught:
        opened()
    one_line(caught.value)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model_digest": "sha256:" + "0" * 64}, r"model\.onnx: is sha256:.*the recipe wants sha256:0+; restore"),
        ({"model": "silk"}, "silk"),
        ({"tint": "red"}, r"noise\.toml: tint: unknown key"),
        ({"view": {"colour": "red"}}, r"views\.0\.colour: unknown key"),
        ({"limits": []}, "limits"),
        ({"limits": [{"zone": "A", "label": "scratch", "length_mm": -1.0}]}, r"limits\.0\.length_mm: .*greater"),
        ({"limits": [{"label": "scratch", "length_mm": 1.0, "width_mm": 2.0}]}, "impossible: width 2.0 over length 1"),
        ({"limits": [{"label": "scratch"}]}, "limits nothing"),
        (
            {"masters": [{"name": "a", "kind": "ok", "case": "M"}, {"name": "b", "kind": "ok", "case": "M"}]},
            "barcode M",
        ),
        ({"limits": [{"zone": "Q", "length_mm": 1.0}]}, "zone Q, which no view has"),
        ({"gtin": "09520000001011"}, "wrong check digit"),
        ({"gtin": "".join(chr(0xFF10 + int(c)) for c in "09520000001018")}, "gtin"),
        ({"view": {"zones": [{"zone": "S", "polygon_mm": [[0, 0], [9, 0], [9, 9]]}]}}, "no step zones to paint them"),
        ({"view": {"default_zone": "B"}, "limits": [{"zone": "B", "length_mm": 1.0}]}, "no step zones to paint them"),
        ({"view": {"ignore": [{"name": "logo", "polygon_mm": [[0, 0], [9, 0], [9, 9]]}]}}, "no step shell_mask"),
        ({"view": {"ignore": [{"name": "logo", "polygon_mm": [[0, 0], [1e9, 0], [9, 9]]}]}}, r"polygon_mm\.1\.0"),
        ({"judge": {"smallest_mm": 3.0}}, r"limit A/\* is below judge\.smallest_mm 3"),
        ({"judge": {"smallest_mm": 50.0}}, r"judge\.smallest_mm: .*less than"),
        ({"judge": {"merge_mm": 1e6}}, r"judge\.merge_mm: .*less than"),
        ({"view": {"steps": [{"step": "polish"}]}}, "polish"),
        ({"view": {"steps": [{"step": "rotate", "degrees": 90, "by": 3}]}}, "step rotate: by"),
        ({"view": {"channels": ["side"]}}, "channel side is not among its lights top"),
        ({"view": {"px_per_mm": 9.0}}, r"9.0 px/mm, but model noise/1 was taught at 6.0: add a resize step"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_one_line(place: Place, opened: Open, changes: dict, says: str) -> None:
    place.fill(["good"])
    recipe = place.recipe(**changes)
    with pytest.raises(InputError, match=says) as caught:
        opened(recipe)
    assert "noise" in one_line(caught.value), "which recipe"
    assert not (place.folder / "data" / "records.db").exists()


def test_a_broken_model_file_is_named(place: Place, opened: Open) -> None:
    place.fill(["good"])
    store = shutil.copytree(place.store, place.folder / "store")
    file = next(store.rglob("model.onnx"))
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"model\.onnx") as caught:
        opened(models=["store"])
    one_line(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"colour": "red"}, "colour: unknown key"),
        ({"cameras": {}}, "cameras"),
        ({"recipes": []}, "recipes"),
        ({"room": 0}, "room"),
        ({"station": "st 01"}, "station"),
        ({"overrun": "drop"}, "overrun"),
        ({"save": {"frames": "some"}}, r"save\.frames"),
        ({"host": "a-domain-that-is-too-long.example.com"}, "domain"),
        ({"cameras": {"front": {"kind": "eye"}}}, "camera front: kind 'eye' is unknown"),
        ({"cameras": {"front": {"kind": "folder", "path": "cases", "zoom": 2}}}, "zoom: unknown key"),
        ({"database": "mysql://x/y"}, "mysql"),
        ({"recipes": ["gone.toml"]}, r"gone\.toml is missing"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_line(place: Place, opened: Open, changes: dict, says: str) -> None:
    place.fill(["good"])
    with pytest.raises(ShellmarkError, match=says) as caught:
        opened(**changes)
    one_line(caught.value)


def test_an_events_file_of_something_else_is_refused(place: Place, opened: Open) -> None:
    place.fill(["good"])
    (place.folder / "e.jsonl").write_text("shopping list\n")
    with pytest.raises(ShellmarkError, match=r"e\.jsonl holds something else"):
        opened(outputs={"events": {"kind": "jsonl", "path": "e.jsonl"}})
    assert inspect(opened()).verdict is Verdict.PASS, "nothing was left locked"
