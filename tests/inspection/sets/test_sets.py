"""Every layout gives the same kind of cases, and what is wrong with a set is one line."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_sets
from small_sets import write
from small_station import good

from shellmark_inspect.cameras.stills import SUFFIXES
from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import IMAGE_SUFFIXES, ImageSet, check_set, read_set


def facts(found: ImageSet) -> list[tuple[str, str, str | None, str, bool]]:
    return [(case.name, case.kind, case.label, case.split, case.mask is not None) for case in found.cases]


def test_the_suffixes_are_the_folder_cameras() -> None:
    assert IMAGE_SUFFIXES == SUFFIXES


def test_mvtec(tmp_path: Path) -> None:
    found = read_set(small_sets.mvtec(tmp_path / "lid", learn=2, goods=1, each=1))
    assert facts(found) == [
        ("train/good/000.png", "good", None, "train", False),
        ("train/good/001.png", "good", None, "train", False),
        ("test/good/000.png", "good", None, "test", False),
        ("test/scratch/000.png", "defect", "scratch", "test", True),
        ("test/spot/000.png", "defect", "spot", "test", True),
    ]
    assert found.name == "lid"
    assert found.remarks == ()
    assert [case.split for case in found.to_learn] == ["train"] * 2
    assert [case.split for case in found.to_judge] == ["test"] * 3
    assert found.labels == ("scratch", "spot")
    assert check_set(found) == []


@pytest.mark.parametrize("mask", ["{}_mask.png", "{}.png", "{}_MASK.BMP", "{}_gt.png"])
def test_masks_by_any_of_their_names(tmp_path: Path, mask: str) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", each=2)
    for old in (folder / "ground_truth" / "spot").iterdir():
        stem = old.stem.removesuffix("_mask")
        old.unlink()
        write(folder / "ground_truth" / "spot" / mask.format(stem), small_sets.spot_mask())
    spots = [case for case in read_set(folder).cases if case.label == "spot"]
    assert len(spots) == 2
    for case in spots:
        assert case.mask is not None
        assert case.mask.name.startswith(Path(case.name).stem)


def test_suffixes_and_folders_in_any_case_and_nested(tmp_path: Path) -> None:
    folder = tmp_path / "lid"
    write(folder / "Train" / "Good" / "monday" / "A.PNG", good(1))
    write(folder / "Train" / "Good" / "b.JpG", good(2))
    write(folder / "TEST" / "good" / "1" / "x.TIFF", good(3))
    write(folder / "TEST" / "Crack" / "10.png", good(4))
    write(folder / "TEST" / "Crack" / "9.png", good(5))
    (folder / "TEST" / "Crack" / "notes.txt").write_text("no picture")
    (folder / "TEST" / "Crack" / "._9.png").write_text("no picture either")
    assert [case.name for case in read_set(folder).cases] == [
        "Train/Good/b.JpG",
        "Train/Good/monday/A.PNG",
        "TEST/Crack/9.png",
        "TEST/Crack/10.png",
        "TEST/good/1/x.TIFF",
    ]


@pytest.mark.parametrize("name", ["good", "Normal", "OK"])
def test_class_folders(tmp_path: Path, name: str) -> None:
    found = read_set(small_sets.classes(tmp_path / "lid", name))
    assert sorted((case.kind, case.label or "") for case in found.cases) == (
        [("defect", "scratch")] * 2 + [("defect", "spot")] * 2 + [("good", "")] * 4
    )
    assert len(found.to_learn) == 4
    assert found.to_judge == found.cases, "no split: all is judged"


def test_a_plain_folder_is_all_good(tmp_path: Path) -> None:
    for place in ("2.png", "10.png", "more/1.png"):
        write(tmp_path / "goods" / place, good(len(place)))
    found = read_set(tmp_path / "goods")
    assert [case.name for case in found.cases] == ["2.png", "10.png", "more/1.png"]
    assert {case.kind for case in found.cases} == {"good"}
    assert found.to_learn == found.cases


def test_several_lights_are_one_case(tmp_path: Path) -> None:
    found = read_set(small_sets.lights(tmp_path / "lid"))
    assert [case.name for case in found.cases][:2] == ["good/c0", "good/c1"]
    assert set(found.cases[0].files) == {"front_west", "front_north", "front_diffuse"}
    assert found.cases[0].file_of("front", "north", 3).name == "front_north.png"
    assert [case.name for case in found.cases if case.mask] == ["scratch/c0"]
    with pytest.raises(InputError, match="no picture front_south"):
        found.cases[0].file_of("front", "south", 3)


def test_a_plain_folder_of_cases_of_several_lights(tmp_path: Path) -> None:
    found = read_set(small_sets.lights(tmp_path / "lid") / "good")
    assert [case.name for case in found.cases] == ["c0", "c1", "c2"]


def test_one_file_serves_a_recipe_of_one_light_only(tmp_path: Path) -> None:
    case = read_set(small_sets.mvtec(tmp_path / "lid")).cases[0]
    assert case.file_of("front", "top").name == "000.png"
    with pytest.raises(InputError, match="view front has 3 lights"):
        case.file_of("front", "top", 3)


def test_an_index_with_groups(tmp_path: Path) -> None:
    found = read_set(small_sets.indexed(tmp_path / "spindle"))
    assert {case.group for case in found.cases} == {"g0", "g1"}
    spots = [case for case in found.cases if case.kind == "defect"]
    assert [case.name for case in spots] == ["p0_crop_2", "p3_crop_2"]
    assert all(case.mask is not None and case.area_px and case.area_px > 400 for case in spots)
    assert check_set(found) == []


def test_a_manifest(tmp_path: Path) -> None:
    found = read_set(small_sets.manifest(tmp_path / "samples"))
    assert [case.split for case in found.cases].count("train") == 2
    assert [case.sku for case in found.cases] == ["noise"] * len(found.cases)
    scratch = next(case for case in found.cases if case.label == "scratch")
    assert scratch.defects[0].times_limit == 1.5
    assert scratch.defects[0].mask_value == 3
    assert scratch.file_of("front", "top").is_file()
    assert found.remarks == ("all images are rendered", "1 cases of split large are left out")
    assert read_set(tmp_path / "samples" / "manifest.json").cases == found.cases


def test_a_case_travels_to_another_process(tmp_path: Path) -> None:
    for case in read_set(small_sets.manifest(tmp_path / "samples")).cases:
        assert pickle.loads(pickle.dumps(case)) == case


def _empty_class(folder: Path) -> None:
    (folder / "test" / "crack").mkdir()


def _no_goods(folder: Path) -> None:
    shutil.rmtree(folder / "train")
    shutil.rmtree(folder / "test" / "good")


def _nothing(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _missing(folder: Path) -> None:
    shutil.rmtree(folder)


def _loose(folder: Path) -> None:
    write(folder / "test" / "stray.png", good(1))


def _only_defects(folder: Path) -> None:
    (folder / "test").rename(folder.parent / "was")
    shutil.rmtree(folder)
    shutil.rmtree(folder.parent / "was" / "good")
    (folder.parent / "was").rename(folder)


def _one_defect_with_masks(folder: Path) -> None:
    (folder / "test" / "spot").rename(folder.parent / "spot")
    (folder / "ground_truth").rename(folder.parent / "truths")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder.parent / "spot").rename(folder / "spot")
    (folder.parent / "truths").rename(folder / "ground_truth")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_one_defect_with_masks, r"has masks \(ground_truth\) but no good picture"),
        (_empty_class, "class crack of .* has no picture"),
        (_no_goods, "has no good picture"),
        (_nothing, "has no picture"),
        (_missing, "is missing"),
        (_loose, "stray.png lies in test itself"),
        (_only_defects, r"none of its folders \(scratch, spot\) is called good"),
    ],
)
def test_a_bad_set_is_one_line(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    folder = small_sets.mvtec(tmp_path / "lid")
    spoil(folder)
    with pytest.raises(InputError, match=said) as caught:
        read_set(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "manifest .* cannot be read"),
        ('{"cases": [{"case": "a", "frames": {}, "kind": "good"}]}', "frames"),
        ('{"cases": [{"case": "a", "frames": {"front": {"top": "a.png"}}, "kind": "bad"}]}', "kind"),
    ],
)
def test_a_bad_manifest_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=said):
        read_set(tmp_path)


def test_a_case_named_twice(tmp_path: Path) -> None:
    path = small_sets.manifest(tmp_path / "samples") / "manifest.json"
    told = json.loads(path.read_text())
    told["cases"].append(told["cases"][0])
    path.write_text(json.dumps(told))
    with pytest.raises(InputError, match="names case noise/learn/good/000 twice"):
        read_set(path)


def test_a_bad_index_is_one_line(tmp_path: Path) -> None:
    folder = small_sets.indexed(tmp_path / "spindle")
    index = folder / "index.csv"
    good_text = index.read_text()
    index.write_text(good_text.replace("name,", "file,"))
    with pytest.raises(InputError, match="no column name"):
        read_set(folder)
    index.write_text(good_text.replace("p1_crop_2,good", "p9_crop_2,good"))
    with pytest.raises(InputError, match="picture p9_crop_2 is not in"):
        read_set(folder)
    index.write_text(good_text.replace("p1_crop_2,good", "p1_crop_2,"))
    with pytest.raises(InputError, match="p1_crop_2 has no label"):
        read_set(folder)


def test_twins_are_said_and_more_so_when_learned_and_judged(tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid")
    shutil.copy(folder / "test" / "good" / "000.png", folder / "test" / "good" / "twin.png")
    (line,) = read_set(folder).remarks
    assert line == "1 pictures are in the set twice (first test/good/000.png = test/good/twin.png)"
    shutil.copy(folder / "train" / "good" / "000.png", folder / "test" / "spot" / "twin.png")
    _, line = read_set(folder).remarks
    assert "1 of them in both train and test" in line
    assert "1 both as good and as defect (first train/good/000.png, test/spot/twin.png)" in line


def test_defects_without_a_mask_are_counted(tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", each=2)
    (folder / "ground_truth" / "spot" / "001_mask.png").unlink()
    (line,) = read_set(folder).remarks
    assert line.startswith("1 of 4 defect cases have no mask (first test/spot/001.png)")


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid")
    write(folder / "ground_truth" / "spot" / "000_mask.png", np.zeros((10, 20), np.uint8))
    with pytest.raises(InputError, match=r"000_mask.png is 20x10 px but its picture is 128x128"):
        check_set(read_set(folder))
    (folder / "ground_truth" / "spot" / "000_mask.png").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be opened"):
        check_set(read_set(folder))


def test_a_picture_that_is_none_is_said(tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid")
    (folder / "test" / "good" / "001.png").write_text("<html>")
    (line,) = check_set(read_set(folder))
    assert "001.png cannot be opened" in line


def test_the_real_sets(real_data: Path) -> None:
    spindle = read_set(real_data / "spindle")
    assert len(spindle.cases) == 483
    assert sum(case.kind == "good" for case in spindle.cases) == 338
    assert len({case.group for case in spindle.cases}) == 7
    assert all(case.mask for case in spindle.cases if case.kind == "defect")
    toys = read_set(real_data / "toys")
    assert [sum(case.kind == kind for case in toys.cases) for kind in ("good", "defect")] == [58, 60]
    with pytest.raises(InputError, match="no good picture"):
        read_set(real_data / "steel" / "X-SDD" / "datas")
