"""The commands that calibrate lens and scale, on rendered boards: what they print, write and refuse."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from rendered_boards import BOARD, LENS, POSES, SIZE, Pose, picture
from typer.testing import CliRunner

from shellmark_calibration import CalibrationError, Profile
from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ShellmarkError

LIES = Pose(5, -4, 320, 4, -3, 10)


def call(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["calibrate", *(str(one) for one in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    with pytest.raises((ShellmarkError, CalibrationError)) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of a board, some of them bad."""
    place = tmp_path_factory.mktemp("boards")
    for i, pose in enumerate(POSES[:6]):
        cv2.imwrite(str(place / f"{i}.png"), picture(BOARD, pose))
    cv2.imwrite(str(place / "blurred.png"), cv2.GaussianBlur(picture(BOARD, POSES[1]), (0, 0), 3))
    cv2.imwrite(str(place / "small.png"), cv2.resize(picture(BOARD, POSES[2]), (400, 300)))
    cv2.imwrite(str(place / "twice.png"), picture(BOARD, POSES[2]))
    (place / "torn.png").write_bytes(b"\x89PNG no more")
    return place


@pytest.fixture(scope="module")
def solved(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `calibrate lens` wrote of them."""
    out = tmp_path_factory.mktemp("solved")
    given = ("lens", folder, "--board", "7x5", "--square-mm", "20", "--camera", "top")
    call(*given, "--out", out / "top.json", "--json", out / "lens.json", "--html", out / "lens.html")
    return out


def test_lens_writes_a_profile_figures_and_a_report(solved: Path, folder: Path) -> None:
    found = json.loads((solved / "lens.json").read_text())
    assert found["rms_px"] < 0.08
    assert found["held_out_px"] < 0.12
    assert np.allclose(found["focal_px"], LENS.focal_px, rtol=0.01)
    assert found["used"] == [f"{i}.png" for i in range(6)]
    assert sorted(found["refused"]) == ["blurred.png", "small.png", "torn.png", "twice.png"]
    for name, word in (("blurred", "edge"), ("small", "400 x 300"), ("torn", "cannot be read"), ("twice", "alike 2")):
        assert word in found["refused"][f"{name}.png"]
    assert found["views"].keys() == set(found["used"])
    profile = Profile.read(solved / "top.json")
    assert (profile.camera, profile.size_px) == ("top", SIZE)
    sources = {one.name: one for one in profile.made["lens"].sources}
    assert sources.keys() == {file.name for file in folder.iterdir()}
    assert sources["blurred.png"].refused
    assert not sources["0.png"].refused
    assert all(one.digest.startswith("sha256:") for one in sources.values())
    html = (solved / "lens.html").read_text("utf-8")
    assert html.count("<img") == 4
    assert "twice.png" in html


def test_lens_prints_json_alone(folder: Path) -> None:
    result = CliRunner().invoke(app, ["calibrate", "lens", str(folder / "[0-3].png"), "--board", "7x5", "--json", "-"])
    assert json.loads(result.stdout)["used"] == ["0.png", "1.png", "2.png", "3.png"]
    assert "25 mm taken" in result.stderr


def test_scale_says_the_smallest_defect_and_check_measures_the_board_again(solved: Path, tmp_path: Path) -> None:
    profile, image = tmp_path / "top.json", tmp_path / "plane.png"
    profile.write_bytes((solved / "top.json").read_bytes())
    cv2.imwrite(str(image), picture(BOARD, LIES))
    board = ("--board", "7x5", "--square-mm", "20")
    text = call(
        "scale", image, "--profile", profile, *board, "--json", tmp_path / "s.json", "--html", tmp_path / "s.html"
    )
    found = json.loads((tmp_path / "s.json").read_text())
    # straight above a pixel were distance / focal length; a corner of the frame is farther and bent as well
    assert 1.0 < found["worst_mm_per_px"] / (320 / 420) < 2.0
    assert found["smallest_mm"]["3 px"] == pytest.approx(3 * found["worst_mm_per_px"])
    assert f"{found['smallest_mm']['4 px']:.3f} mm at the worst place" in text
    assert "<img" in (tmp_path / "s.html").read_text("utf-8")
    assert Profile.read(profile).plane is not None
    assert "the profile holds" in call("check", profile, image, *board)
    assert "the profile holds" in call("check", profile)
    cv2.imwrite(str(image), picture(BOARD, Pose(5, -4, 312, 4, -3, 10)))
    assert "does not hold: lengths come out +2." in refused("check", profile, image, *board)


def test_a_new_lens_takes_the_old_plane_out(solved: Path, folder: Path, tmp_path: Path) -> None:
    profile, image = tmp_path / "top.json", tmp_path / "plane.png"
    profile.write_bytes((solved / "top.json").read_bytes())
    cv2.imwrite(str(image), picture(BOARD, LIES))
    call("scale", image, "--profile", profile, "--board", "7x5", "--square-mm", "20")
    call("lens", folder / "[0-3].png", "--board", "7x5", "--square-mm", "20", "--out", profile)
    assert Profile.read(profile).plane is None
    assert Profile.read(profile).made.keys() == {"lens"}
    assert "is of camera top, not side" in refused(
        "lens", folder / "[0-3].png", "--board", "7x5", "--camera", "side", "--out", profile
    )


def test_an_old_profile_does_not_hold(solved: Path, tmp_path: Path) -> None:
    profile = Profile.read(solved / "top.json")
    old = profile.made["lens"].model_copy(update={"measured_at": datetime.now(UTC) - timedelta(days=40)})
    profile.model_copy(update={"made": {"lens": old}}).write(tmp_path / "old.json")
    assert "lens is 40 days old, 30 are the most" in refused("check", tmp_path / "old.json")
    early = old.model_copy(update={"measured_at": datetime.now(UTC) + timedelta(days=3)})
    profile.model_copy(update={"made": {"lens": early}}).write(tmp_path / "early.json")
    assert "in the future" in refused("check", tmp_path / "early.json")
    Profile(camera="top", size_px=SIZE).write(tmp_path / "empty.json")
    assert "nothing was measured" in refused("check", tmp_path / "empty.json")


def test_bad_input_is_one_line(solved: Path, folder: Path, tmp_path: Path) -> None:
    profile, good = solved / "top.json", folder / "0.png"
    plane = ("scale", good, "--profile", profile, "--square-mm", "20")
    assert "shows the board chessboard 9x4" in refused("lens", folder / "0.png", "--board", "9x4")
    assert "too few pictures: 2" in refused("lens", folder / "0.png", folder / "1.png", "--board", "7x5")
    assert "is missing" in refused("lens", tmp_path / "no.png", "--board", "7x5")
    assert "holds no pictures" in refused("lens", tmp_path, "--board", "7x5")
    assert "no picture is called" in refused("lens", tmp_path / "*.png", "--board", "7x5")
    assert "is no board" in refused("lens", good, "--board", "seven")
    assert "not 9 x 6" in refused(*plane, "--board", "9x6")
    assert "400 x 300" in refused("scale", folder / "small.png", "--profile", profile, "--board", "7x5")
    assert "cannot be read as a picture" in refused(
        "scale", folder / "torn.png", "--profile", profile, "--board", "7x5"
    )
    assert "is missing" in refused("scale", good, "--profile", tmp_path / "no.json", "--board", "7x5")
    assert "give --board" in refused("check", profile, good)
    assert "no plane" in refused("check", profile, good, "--board", "7x5")
    assert "neither .pdf nor .png" in refused("board", "--board", "7x5", "--out", tmp_path / "board.gif")
    large = ("board", "--board", "9x6", "--out", tmp_path / "board.pdf", "--square-mm")
    assert "10020 x 7020 mm is larger than an A0 sheet" in refused(*large, "1000")
    assert "1190 x 839 mm is larger than an A0 sheet" in refused(*large, "117")
    assert not (tmp_path / "board.pdf").exists()


def test_a_board_is_printed_at_its_true_size(tmp_path: Path) -> None:
    call("board", "--board", "charuco:9x7:20:14:4X4_50", "--out", tmp_path / "board.png", "--margin-mm", "5")
    with Image.open(tmp_path / "board.png") as found:
        dpi = found.info["dpi"][0]
        assert found.size[0] / dpi * 25.4 == pytest.approx(9 * 20 + 10, abs=0.1)
    call("board", "--board", "7x5", "--square-mm", "20", "--out", tmp_path / "board.pdf")
    box = (tmp_path / "board.pdf").read_bytes().split(b"/MediaBox")[1].split(b"]")[0]
    assert float(box.split()[3]) / 72 * 25.4 == pytest.approx(8 * 20 + 20, abs=0.2)
