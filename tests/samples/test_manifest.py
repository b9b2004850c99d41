"""The committed set keeps what its README and issue 2 promise."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

Row = dict[str, Any]

MB = 1_000_000
LABELS = {"scratch", "scuff", "dent", "bump", "whitening", "crack", "speck", "bubble", "burn", "stain", "print"}


@pytest.fixture(scope="module")
def manifest(samples: Path) -> dict[str, Any]:
    path = samples / "manifest.json"
    if not path.exists():
        pytest.skip("the sample images are not there: make them with python sample_images/generator")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def rows(manifest: dict[str, Any]) -> list[Row]:
    found: list[Row] = manifest["cases"]
    return found


def of(rows: list[Row], split: str, kind: str) -> list[Row]:
    return [row for row in rows if row["split"] == split and row["kind"] == kind]


def files(row: Row) -> list[str]:
    return [*row["frames"]["front"].values(), *([row["mask"]] if row["mask"] else [])]


def test_says_that_it_is_rendered(manifest: dict[str, Any]) -> None:
    assert manifest["images"] == "rendered"
    assert manifest["generator"].startswith("shellmark-render ")
    assert manifest["renderer"].startswith("mitsuba ")
    assert manifest["px_per_mm"] == 6.0


def test_every_file_is_there_and_none_is_left_over(rows: list[Row], samples: Path) -> None:
    named = {name for row in rows for name in files(row)}
    folders = {*(row["sku"] for row in rows), "large"}
    there = {
        path.relative_to(samples).as_posix()
        for folder in folders
        for path in (samples / folder).glob("**/front_*")
        if path.relative_to(samples).as_posix().count("/") > 1
    }
    assert there == named
    assert all((samples / name).stat().st_size > 0 for name in named)


def test_fits_in_the_repository(samples: Path) -> None:
    total = sum(
        path.stat().st_size for path in samples.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    assert total <= 40 * MB


def test_holds_as_many_cases_as_promised(rows: list[Row]) -> None:
    skus = {row["sku"] for row in rows}
    assert skus == {"gloss-vertical", "grain-horizontal", "film-print"}
    for sku in skus:
        mine = [row for row in rows if row["sku"] == sku]
        assert len(of(mine, "learn", "good")) >= 12
        assert len(of(mine, "learn", "defect")) >= 3
        assert len(of(mine, "test", "good")) >= 12
        assert len(of(mine, "test", "defect")) >= 18
    assert len(of(rows, "large", "defect")) == 1


def test_learn_and_test_share_no_seed(rows: list[Row]) -> None:
    seeds = Counter(row["seed"] for row in rows)
    assert max(seeds.values()) == 1
    assert len({row["case"] for row in rows}) == len(rows)


def test_every_label_is_taught_and_tested(rows: list[Row]) -> None:
    taught = Counter(d["label"] for row in of(rows, "learn", "defect") for d in row["defects"])
    tested = Counter(d["label"] for row in of(rows, "test", "defect") for d in row["defects"])
    assert set(taught) == set(tested) == LABELS
    assert min(taught.values()) >= 9
    assert min(tested.values()) >= 2


def test_sizes_reach_from_a_quarter_to_four_times_the_limit(rows: list[Row]) -> None:
    times = sorted(d["times_limit"] for row in of(rows, "test", "defect") for d in row["defects"])
    assert 0.25 <= times[0] < 0.35
    assert 3.0 < times[-1] <= 4.0
    below = sum(t < 1 for t in times) / len(times)
    assert 0.35 < below < 0.65


def test_sizes_are_multiples_of_the_limit_table(rows: list[Row]) -> None:
    from generator.sku import LABELS as TABLE

    for row in rows:
        for d in row["defects"]:
            label = TABLE[d["label"]]
            assert d["code"] == label.code
            assert d[label.measure] == pytest.approx(d["times_limit"] * label.limit_mm, rel=0.01, abs=0.001)


def test_good_cases_are_dirty_and_moved_too(rows: list[Row]) -> None:
    for kind in ("good", "defect"):
        drawn = [row["nuisances"] for row in of(rows, "test", kind)]
        assert any(n["dust"] > 0 for n in drawn)
        assert any(n["streaks"] > 0 for n in drawn)
        assert any(min(n["lamp"].values()) < 1 for n in drawn)
        assert np.std([n["shift_mm"][0] for n in drawn]) > 0.5
        assert np.std([n["turn_deg"] for n in drawn]) > 0.1


def test_good_cases_have_neither_defects_nor_a_mask(rows: list[Row]) -> None:
    for row in rows:
        assert bool(row["defects"]) == (row["mask"] is not None) == (row["kind"] == "defect")


def test_masks_show_each_defect_where_the_manifest_says(rows: list[Row], samples: Path) -> None:
    misses = defaultdict(list)
    for row in rows:
        if row["mask"] is None or row["split"] == "large":
            continue
        mask = cv2.imread(str(samples / row["mask"]), cv2.IMREAD_UNCHANGED)
        assert mask is not None
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) == {0, *(d["mask_value"] for d in row["defects"])}
        for d in row["defects"]:
            y, x = (float(v.mean()) for v in np.nonzero(mask == d["mask_value"]))
            off = np.hypot(*(np.array([x, y]) / 6.0 - d["centre_mm"]))
            # The pose may move a point by the shift and, at the corner, by 1 mm of turn.
            room = np.hypot(*row["nuisances"]["shift_mm"]) + 1.2 + 0.15 * d["length_mm"]
            if off > room:
                misses[row["case"]].append((d["label"], off, room))
    assert not misses


def test_frames_have_the_size_and_channels_of_the_contract(rows: list[Row], samples: Path) -> None:
    for row in rows[:: max(1, len(rows) // 12)]:
        size = (3648, 5472) if row["split"] == "large" else (640, 896)
        for light, name in row["frames"]["front"].items():
            frame = cv2.imread(str(samples / name), cv2.IMREAD_UNCHANGED)
            assert frame is not None
            assert frame.shape == (size if light != "diffuse" else (*size, 3))


def test_defects_lie_on_ribs_and_between_and_in_both_zones(rows: list[Row]) -> None:
    defects = [d for row in of(rows, "test", "defect") for d in row["defects"]]
    zones = Counter(d["zone"] for d in defects)
    assert zones["A"] > zones["B"] >= 3


def test_the_nominal_shell_is_described(rows: list[Row], samples: Path) -> None:
    for sku in {row["sku"] for row in rows}:
        shell = json.loads((samples / sku / "shell.json").read_text(encoding="utf-8"))
        assert shell["images"] == "rendered"
        outline = np.array(shell["outline_mm"])
        assert outline.min() >= 5
        assert cv2.pointPolygonTest(outline.astype(np.float32), (75.0, 53.0), False) > 0
