"""A profile is whole or not there, says when it is too old, and is of one camera at one resolution."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from shellmark_calibration import Lens, Measurement, Plane, Profile, ProfileError

THEN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def profile():
    made = {
        "lens": Measurement(measured_at=THEN, with_what="9x6", program="shellmark"),
        "plane": Measurement(measured_at=THEN + timedelta(days=20), with_what="9x6", program="shellmark"),
    }
    lens = Lens(focal_px=(500, 500), middle_px=(320, 240), distortion=(0, 0, 0, 0, 0), rms_px=0.1)
    plane = Plane(turn=(0, 0, 0), shift_mm=(0, 0, 800), rms_px=0.1)
    return Profile(camera="top", size_px=(640, 480), made=made, lens=lens, plane=plane)


def test_what_was_written_is_read(profile, tmp_path):
    profile.write(tmp_path / "deep" / "top.json")
    again = Profile.read(tmp_path / "deep" / "top.json")
    assert again == profile
    assert again.digest == profile.digest
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["top.json"]


def test_the_oldest_part_ages_the_whole(profile):
    assert profile.expires_at == THEN + timedelta(days=30)
    assert not profile.expired(THEN + timedelta(days=29))
    assert profile.expired(THEN + timedelta(days=31))
    assert Profile(camera="top", size_px=(640, 480)).expires_at is None


def test_a_part_dated_more_than_a_day_ahead_is_named(profile):
    assert profile.ahead(THEN + timedelta(days=20)) == ()
    assert profile.ahead(THEN + timedelta(days=19, hours=1)) == ()
    assert profile.ahead(THEN + timedelta(days=18)) == ("plane",)
    assert profile.ahead(THEN - timedelta(days=2)) == ("lens", "plane")


def test_another_camera_or_resolution_is_refused(profile):
    profile.check_fits("top", (640, 480))
    profile.check_fits("top", None)
    with pytest.raises(ProfileError, match="of camera top, not side"):
        profile.check_fits("side", None)
    with pytest.raises(ProfileError, match="measured at 640 x 480 px, the frames have 1280 x 960"):
        profile.check_fits("top", (1280, 960))


@pytest.mark.parametrize("text", ["", "{}", '{"camera": "top", "size_px": [0, 4]}', '{"camera": "t", "strange": 1}'])
def test_a_file_that_is_no_profile_is_refused(tmp_path, text):
    (tmp_path / "top.json").write_text(text)
    with pytest.raises(ProfileError, match=r"profile .*top\.json: "):
        Profile.read(tmp_path / "top.json")


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ProfileError, match="shellmark calibrate lens"):
        Profile.read(tmp_path / "top.json")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("lens", {"focal_px": [float("nan"), 500]}),
        ("lens", {"focal_px": ["NaN", 500]}),
        ("lens", {"focal_px": [float("inf"), 500]}),
        ("lens", {"focal_px": [-500, 500]}),
        ("lens", {"focal_px": [0, 500]}),
        ("lens", {"focal_px": [1e308, 1e308]}),
        ("lens", {"distortion": [0, 0, 0]}),
        ("lens", {"distortion": ["NaN", 0, 0, 0, 0]}),
        ("lens", {"rms_px": -1}),
        ("plane", {"shift_mm": [0, 0, -800]}),
        ("plane", {"shift_mm": [0, 0, 0]}),
        ("plane", {"shift_mm": ["NaN", 0, 800]}),
        ("plane", {"turn": [0, 1.6, 0]}),
        ("plane", {"turn": [3.1416, 0, 0]}),
        ("made", {"lens": {"measured_at": "0001-01-01T00:00:00Z", "with_what": "9x6", "program": "s"}}),
        ("made", {"lens": {"measured_at": "9999-12-31T00:00:00Z", "with_what": "9x6", "program": "s"}}),
    ],
)
def test_a_part_that_cannot_be_is_refused(profile, tmp_path, part, change):
    whole = json.loads(profile.model_dump_json(exclude_none=True))
    whole[part] |= change
    (tmp_path / "top.json").write_text(json.dumps(whole))
    with pytest.raises(ProfileError, match=rf"top\.json: {part}.*measure it anew"):
        Profile.read(tmp_path / "top.json")


@pytest.mark.parametrize("days", [0, -1, 1e300, "Infinity", "NaN"])
def test_a_profile_expires(profile, tmp_path, days):
    whole = json.loads(profile.model_dump_json(exclude_none=True)) | {"valid_days": days}
    (tmp_path / "top.json").write_text(json.dumps(whole))
    with pytest.raises(ProfileError, match=r"top\.json: valid_days"):
        Profile.read(tmp_path / "top.json")


def test_a_part_without_a_date_is_refused(profile, tmp_path):
    profile.model_copy(update={"made": {"lens": profile.made["lens"]}}).write(tmp_path / "top.json")
    with pytest.raises(ProfileError, match="nobody knows how old its plane is"):
        Profile.read(tmp_path / "top.json")


def test_nothing_is_left_where_a_profile_cannot_be_written(profile, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProfileError, match="cannot be written"):
        profile.write(tmp_path / "folder")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
