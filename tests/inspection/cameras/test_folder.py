from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shellmark_inspect.cameras import build_camera
from shellmark_inspect.errors import BadFrame, CameraLost, ConfigError, SourceEnded
from shellmark_inspect.types import Trigger

from .stills import cmyk_jpeg, cut, picture, write

LIGHTS = ("west", "north")


def trigger(number: int) -> Trigger:
    return Trigger(number, time.monotonic_ns(), f"C{number}")


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Cases c1, c2 and c10, each with a view "front" under two lights and a view "back" under one."""
    for seed, name in enumerate(("c1", "c2", "c10")):
        for k, stem in enumerate(("front_west", "front_north", "back_west")):
            write(tmp_path / "set" / name / f"{stem}.png", picture(10 * seed + k))
    return tmp_path / "set"


def opened(path: Path, **more: Any) -> Any:
    camera: Any = build_camera("cam", {"kind": "folder", "path": path, **more})
    camera.open()
    return camera


def names(camera: Any, lights: tuple[str, ...] = LIGHTS) -> list[str]:
    """The cases that are served until the source ends."""
    served = []
    while not camera.ended:
        served.append(camera.expose(trigger(len(served)), "front", lights)[0].case_id)
    return served


def test_a_case_folder_is_served_light_by_light(cases: Path) -> None:
    west, north = opened(cases).expose(trigger(7), "front", LIGHTS)
    assert (west.light, north.light, west.trigger, west.case_id, west.camera) == ("west", "north", 7, "c1", "cam")
    assert np.array_equal(west.pixels, picture(0))
    assert np.array_equal(north.pixels, picture(1))
    assert north.number == west.number + 1


def test_cases_come_in_natural_order_and_then_the_source_ends(cases: Path) -> None:
    camera = opened(cases)
    assert names(camera) == ["c1", "c2", "c10"]
    with pytest.raises(SourceEnded, match="3 cases"):
        camera.expose(trigger(9), "front", LIGHTS)


def test_two_views_of_one_trigger_come_from_one_case(cases: Path) -> None:
    camera = opened(cases)
    for number, case in ((1, "c1"), (2, "c2")):
        front = camera.expose(trigger(number), "front", LIGHTS)
        back = camera.expose(trigger(number), "back", ("west",))
        assert {frame.case_id for frame in front + back} == {case}


def test_the_last_case_may_still_give_its_further_views(cases: Path) -> None:
    camera = opened(cases)
    names(camera)
    assert camera.ended
    assert camera.expose(trigger(2), "back", ("west",))[0].case_id == "c10"


def test_a_looping_folder_never_ends(cases: Path) -> None:
    camera = opened(cases, loop=True)
    served = [camera.expose(trigger(k), "front", LIGHTS)[0].case_id for k in range(7)]
    assert served == ["c1", "c2", "c10", "c1", "c2", "c10", "c1"]
    assert not camera.ended


def test_a_shuffled_folder_has_every_case_once_and_the_same_order_again(cases: Path) -> None:
    for k in range(20):
        shutil.copytree(cases / "c1", cases / f"more{k}")
    first, again, other = (names(opened(cases, order="shuffled", seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(first) == sorted(names(opened(cases)))


def test_single_files_are_a_case_each(tmp_path: Path) -> None:
    for k in (1, 2, 10):
        write(tmp_path / f"p{k}.jpg", picture(k))
    assert names(opened(tmp_path), ("ring",)) == ["p1.jpg", "p2.jpg", "p10.jpg"]
    with pytest.raises(BadFrame, match=r"p1\.jpg is one file but view front has 2 lights"):
        opened(tmp_path).expose(trigger(1), "front", LIGHTS)


def manifest(cases: Path, name: str) -> Path:
    """The same three cases as rows, case c2 being a defective one of another SKU."""
    words = {"c1": ("test", "good", "a"), "c2": ("test", "defect", "b"), "c10": ("learn", "good", "a")}
    if name.endswith(".json"):
        rows = [
            {"case": f"{sku}/{case}", "split": split, "kind": kind, "sku": sku, "seed": 1, "mask": None,
             "frames": {"front": {light: f"set/{case}/front_{light}.png" for light in LIGHTS}}}
            for case, (split, kind, sku) in words.items()
        ]  # fmt: skip
        text = json.dumps({"generator": "test", "cases": rows})
    else:
        lines = [
            f"{sku}/{case},front,{light},set/{case}/front_{light}.png,{split},{kind},{sku}"
            for case, (split, kind, sku) in words.items()
            for light in LIGHTS
        ]
        text = "\n".join(["\ufeffcase,view,light,path,split,kind,sku", *lines])
    path = cases.parent / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["manifest.json", "rows.csv"])
@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        (None, ["a/c1", "b/c2", "a/c10"]),
        ({"split": "test"}, ["a/c1", "b/c2"]),
        ({"kind": "good", "sku": "a"}, ["a/c1", "a/c10"]),
    ],
)
def test_a_manifest_is_served_by_its_rows(
    cases: Path, name: str, wanted: dict[str, str] | None, served: list[str]
) -> None:
    path = manifest(cases, name)
    camera = opened(path, filter=wanted)
    assert camera.expose(trigger(0), "front", LIGHTS)[1].pixels.tolist() == picture(1).tolist()
    assert names(opened(path, filter=wanted)) == served


def test_a_folder_with_a_manifest_is_served_by_it(cases: Path) -> None:
    manifest(cases, "manifest.json")
    assert names(opened(cases.parent)) == ["a/c1", "b/c2", "a/c10"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("m.json", "{", "cannot be read"),
        ("m.json", '{"cases": [{"case": "a"}]}', r"cases\.0\.frames"),
        ("m.csv", "case,view,path\n", "column light is missing"),
        ("m.csv", "case,view,light,path\na,b\n", "line 2 is too short"),
        ("m.json", '{"cases": []}', "no case in"),
        ("m.txt", "\xff", "cannot be read"),
    ],
)
def test_a_bad_manifest_is_named_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, "latin-1")
    with pytest.raises(CameraLost, match=says) as caught:
        opened(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_had_says_what_to_do(cases: Path, tmp_path: Path) -> None:
    with pytest.raises(CameraLost, match="missing: put it there"):
        opened(tmp_path / "nowhere")
    with pytest.raises(CameraLost, match=r"no manifest\.json to filter by"):
        opened(cases, filter={"split": "test"})
    with pytest.raises(CameraLost, match="no case of sku z"):
        opened(manifest(cases, "m.json"), filter={"sku": "z"})
    (tmp_path / "empty").mkdir()
    with pytest.raises(CameraLost, match=r"no case in .*put stills"):
        opened(tmp_path / "empty")


def test_settings_that_are_wrong_are_refused(cases: Path) -> None:
    for settings, says in (
        ({"kind": "folder"}, "path: Field required"),
        ({"kind": "folder", "path": cases, "colour": 1}, "camera cam .folder.: colour: unknown key"),
        ({"kind": "folder", "path": cases, "live_fps": 0}, "live_fps"),
        ({"kind": "fodler", "path": cases}, "'fodler' is unknown: say one of folder"),
        ({"path": cases}, "'' is unknown"),
    ):
        with pytest.raises(ConfigError, match=says):
            build_camera("cam", settings)


def test_a_relative_path_is_taken_from_the_configurations_place(cases: Path) -> None:
    camera = build_camera("cam", {"kind": "folder", "path": "set"}, base=cases.parent)
    camera.open()
    assert camera.expose(trigger(1), "front", LIGHTS)[0].case_id == "c1"


def _zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def _deep(path: Path) -> None:
    write(path.with_suffix(".png"), picture(1).astype(np.uint16) * 200)
    path.with_suffix(".png").rename(path)


def _twice(path: Path) -> None:
    write(path.with_suffix(".bmp"), picture(1))


@pytest.mark.parametrize("spoil", [_zero_bytes, cut, cmyk_jpeg, _deep, _twice, Path.unlink])
def test_a_bad_still_costs_its_own_case_and_no_other(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    for name in ("c1", "c2", "c3"):
        for light in LIGHTS:
            write(tmp_path / name / f"front_{light}.jpg", picture(1))
    spoil(tmp_path / "c2" / "front_west.jpg")
    camera = opened(tmp_path)
    assert camera.expose(trigger(1), "front", LIGHTS)[0].case_id == "c1"
    with pytest.raises(BadFrame, match=r"c2.*front_west"):
        camera.expose(trigger(2), "front", LIGHTS)
    assert camera.expose(trigger(3), "front", LIGHTS)[0].case_id == "c3"
    assert camera.ended


def test_a_folder_that_vanishes_is_lost_and_goes_on_when_it_is_back(cases: Path) -> None:
    camera = opened(cases)
    camera.expose(trigger(1), "front", LIGHTS)
    away = cases.rename(cases.with_name("away"))
    with pytest.raises(CameraLost, match="is gone: put it back"):
        camera.expose(trigger(2), "front", LIGHTS)
    camera.close()
    with pytest.raises(CameraLost, match="missing"):
        camera.open()
    away.rename(cases)
    camera.open()
    assert camera.expose(trigger(3), "front", LIGHTS)[0].case_id == "c10"


def test_the_live_view_shows_the_coming_case_and_uses_none_up(cases: Path) -> None:
    camera = opened(cases)
    first = camera.look()
    assert (first.case_id, first.trigger) == ("c1", None)
    assert camera.look() is first
    assert camera.expose(trigger(1), "front", LIGHTS)[0].case_id == "c1"
    assert names(camera) == ["c2", "c10"]
    assert camera.look() is not None


def test_a_bad_still_does_not_disturb_the_live_view(cases: Path) -> None:
    for file in cases.glob("c1/*"):
        file.write_bytes(b"")
    assert opened(cases).look() is None
