"""Which pictures are kept, how they look when read back, and when they go."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.records import SavePolicy
from shellmark_inspect.records.pictures import Pictures
from shellmark_inspect.types import Evidence, Inspection, Verdict

Make = Callable[..., Inspection]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = SavePolicy(frames="all", floor_bytes=0)


def test_frames_are_near_and_crops_and_maps_exactly_what_was_seen(tmp_path: Path, inspection: Make) -> None:
    seen = inspection(1, verdict=Verdict.FAIL)
    smooth = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (80, 60, 3), np.uint8), (0, 0), 3)
    grey = smooth[..., 0].copy()
    evidence = (Evidence("frame", "front", "left", smooth), Evidence("map", "front", "left", grey))
    kept = Pictures(tmp_path, ALL, "st").keep(replace(seen, evidence=evidence), NOON)
    assert [(ref.kind, ref.path.suffix) for ref in kept.refs] == [("frame", ".jpg"), ("map", ".png"), ("crop", ".png")]
    back = [cv2.imread(str(ref.path), cv2.IMREAD_UNCHANGED) for ref in kept.refs]
    assert np.abs(back[0].astype(int) - smooth).max() <= 8
    np.testing.assert_array_equal(back[1], grey)
    np.testing.assert_array_equal(back[2], seen.defects[0].crop)
    for ref in kept.refs:
        digest = hashlib.sha256(ref.path.read_bytes()).hexdigest()
        assert ref.digest == f"sha256:{digest}"
        assert ref.path == tmp_path / "2026-11-23" / f"{digest}{ref.path.suffix}"


def test_a_crop_the_inspector_chose_is_not_kept_twice(tmp_path: Path, inspection: Make) -> None:
    seen = inspection(1, verdict=Verdict.FAIL)
    crop = seen.defects[0].crop
    assert crop is not None
    kept = Pictures(tmp_path, ALL, "st").keep(
        replace(seen, evidence=(Evidence("crop", "front", "left", crop, 0),)), NOON
    )
    assert [ref.defect for ref in kept.refs] == [0]


def test_one_content_is_one_file_and_discarding_spares_what_was_there(tmp_path: Path, inspection: Make) -> None:
    pictures = Pictures(tmp_path, ALL, "st")
    first = pictures.keep(inspection(1), NOON)
    second = pictures.keep(inspection(1), NOON)
    assert first.refs == second.refs
    second.discard()
    assert first.refs[0].path.is_file()
    first.discard()
    assert not first.refs[0].path.exists()


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["all", "failures", "every_nth"]),
    st.integers(1, 7),
    st.lists(st.sampled_from(Verdict), max_size=60),
    st.booleans(),
)
def test_the_policy(frames: str, nth: int, verdicts: list[Verdict], room: bool) -> None:
    policy = SavePolicy(frames=frames, every_nth=nth, floor_bytes=1000)  # type: ignore[arg-type]
    passes, kept = 0, 0
    for verdict in verdicts:
        passes += verdict is Verdict.PASS
        keeps = policy.keeps(verdict, passes, 1000 if room else 999)
        assert keeps or verdict is Verdict.PASS, "a failure without pictures"
        kept += keeps and verdict is Verdict.PASS
    due = {"all": passes, "failures": 0, "every_nth": passes // nth}[frames]
    assert kept == (due if room else 0)


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    for wrong in ({"frames": "some"}, {"every_nth": 0}, {"days": 0}, {"floor_bytes": -1}, {"day": 3}):
        with pytest.raises(ValidationError):
            SavePolicy.model_validate(wrong)


def test_every_nth_pass_of_a_run_keeps_its_frames(tmp_path: Path, inspection: Make) -> None:
    pictures = Pictures(tmp_path, SavePolicy(frames="every_nth", every_nth=3, floor_bytes=0), "st")
    kept = [len(pictures.keep(inspection(number), NOON).refs) for number in range(1, 8)]
    assert kept == [0, 0, 1, 0, 0, 1, 0]


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path, inspection: Make) -> None:
    too_wide = np.zeros((1, 70_000), np.uint8)  # JPEG ends at 65,500
    bad = replace(inspection(1), evidence=(*inspection(1).evidence, Evidence("frame", "front", "left", too_wide)))
    with pytest.raises(RecordsError, match="front"):
        Pictures(tmp_path, ALL, "st").keep(bad, NOON)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_old_days_go_counted_from_the_newest_record(tmp_path: Path, inspection: Make) -> None:
    pictures = Pictures(tmp_path, SavePolicy(frames="all", floor_bytes=0, days=30), "st")
    for age in (0, 29, 30, 31, 90):
        pictures.keep(inspection(age + 1), NOON - timedelta(days=age))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    assert pictures.prune(NOON) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-10-24", "2026-10-25", "2026-11-23", "mine"]
    assert Pictures(tmp_path, ALL, "st").prune(NOON + timedelta(days=999)) == 0


def test_pruning_never_touches_a_row(sqlite: object, inspection: Make) -> None:
    records = sqlite.open(policy=SavePolicy(frames="all", floor_bytes=0, days=1))  # type: ignore[attr-defined]
    assert records.prune() == 0
    stored = records.store(sqlite.begin(records, inspection(1)))  # type: ignore[attr-defined]
    day = stored.images[0].path.parent
    day.rename(day.with_name("2020-01-01"))
    assert records.prune() == 1
    assert sqlite.reader().get(stored.row).images == stored.images  # type: ignore[attr-defined]


def test_what_a_crash_left_unfinished_is_cleared_at_start(tmp_path: Path) -> None:
    day = tmp_path / "2026-11-22"
    day.mkdir()
    (day / ".unfinished-st-abc").write_bytes(b"half")
    (day / ".unfinished-other-abc").write_bytes(b"another station is writing this")
    (day / "whole.jpg").write_bytes(b"whole")
    Pictures(tmp_path, ALL, "st")
    assert {path.name for path in day.iterdir()} == {"whole.jpg", ".unfinished-other-abc"}


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_picture_has_its_name_only_when_it_is_whole_on_the_disk(
    tmp_path: Path, inspection: Make, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        assert [path.name[:12] for path in tmp_path.rglob("*") if path.is_file()] == [".unfinished-"]
        raise OSError(5, "Input/output error")

    pictures = Pictures(tmp_path, ALL, "st")
    (tmp_path / "2026-11-23").mkdir()
    monkeypatch.setattr(*((os, "fsync", fail) if step == "fsync" else (Path, "replace", fail)))
    with pytest.raises(RecordsError, match="Input/output error"):
        pictures.keep(inspection(1), NOON)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
