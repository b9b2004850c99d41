"""`shellmark calibrate light`: from files to a profile, and what it refuses in one line."""

from __future__ import annotations

import json
import logging
import sys

import cv2
import numpy as np
import pytest

from shellmark_calibration import Profile
from shellmark_inspect.app import main

SIZE = (320, 240)


@pytest.fixture(autouse=True)
def _same_logging_after():
    before = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:], logging.root.level = before


@pytest.fixture
def call(monkeypatch):
    """The exit code of the command with these arguments."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["shellmark", "calibrate", "light", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0

    return run


@pytest.fixture
def stack(tmp_path):
    """A folder with four flat fields of two lights and two dark frames."""
    folder = tmp_path / "stack"
    folder.mkdir()
    rng = np.random.default_rng(3)
    x = np.linspace(0.8, 1.2, SIZE[0])
    for name, light, count in (("flat_west", x, 4), ("flat_north_bar", x[::-1], 4), ("dark", x * 0, 2)):
        for i in range(count):
            level = 2 + np.broadcast_to(140 * light, SIZE[::-1]) + rng.normal(0, 1, SIZE[::-1])
            cv2.imwrite(str(folder / f"{name}_{i}.png"), np.clip(np.round(level), 0, 255).astype(np.uint8))
    return folder


def test_a_folder_gives_every_light_a_field(call, stack, tmp_path, capsys):
    profile, page, figures = tmp_path / "top.json", tmp_path / "light.html", tmp_path / "light.json"
    assert call(stack, "--profile", profile, "--camera", "front", "--html", page, "--json", figures) == 0
    found = Profile.read(profile)
    assert set(found.lights) == {"west", "north_bar"}
    assert (found.camera, found.size_px) == ("front", SIZE)
    assert [source.name for source in found.made["light.west"].sources][-1] == "dark_1.png"
    assert found.lights["west"].uneven_after < 0.01 < found.lights["west"].uneven_before
    assert json.loads(figures.read_text())["west"]["frames"] == 4
    assert "data:image/png;base64" in page.read_text("utf-8")
    assert "uneven before" in capsys.readouterr().out


def test_one_light_is_added_and_the_others_are_kept(call, stack, tmp_path, capsys):
    profile = tmp_path / "top.json"
    assert call(stack, "--profile", profile) == 0
    capsys.readouterr()
    one = (
        "--profile",
        profile,
        "--light",
        "dome",
        "--flat",
        f"{stack}/flat_west_*.png",
        "--dark",
        f"{stack}/dark_*.png",
    )
    assert call(*one, "--exposure-us", 900, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["dome"]["exposure_us"] == 900
    assert set(Profile.read(profile).lights) == {"west", "north_bar", "dome"}


def _broken(stack, tmp_path):
    (stack / "flat_west_0.png").write_bytes(b"\x89PNG")
    return [stack, "--profile", tmp_path / "p.json"]


def _unnamed(stack, tmp_path):
    (stack / "flat_west_0.png").rename(stack / "flat_0.png")
    return [stack, "--profile", tmp_path / "p.json"]


def _strange(stack, tmp_path):
    (stack / "flat_west_0.png").rename(stack / "west.png")
    return [stack, "--profile", tmp_path / "p.json"]


def _swapped(stack, tmp_path):
    swapped = ["--flat", f"{stack}/dark_*", "--dark", f"{stack}/flat_west_*"]
    return ["--profile", tmp_path / "p.json", "--light", "west", *swapped]


def _other_size(stack, tmp_path):
    Profile(camera="top", size_px=(640, 480)).write(tmp_path / "p.json")
    return [stack, "--profile", tmp_path / "p.json"]


def _no_dark(stack, tmp_path):
    for i in range(2):
        (stack / f"dark_{i}.png").unlink()
    return [stack, "--profile", tmp_path / "p.json"]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (_broken, "flat_west_0.png"),
        (_unnamed, "does not say of which light it is"),
        (_strange, "west.png is neither flat_<light>_<n> nor dark_<light>_<n>"),
        (_swapped, "they have changed places"),
        (_other_size, "the profile was measured at 640 x 480"),
        (_no_dark, "no dark frame was given"),
        (lambda stack, tmp_path: ["--profile", tmp_path / "p.json"], "give --light with --flat and --dark"),
        (lambda stack, tmp_path: [tmp_path / "nowhere", "--profile", tmp_path / "p.json"], "nowhere is missing"),
        (lambda stack, tmp_path: [tmp_path, "--profile", tmp_path / "p.json"], "holds no pictures"),
        (lambda stack, tmp_path: [stack, "--light", "west", "--profile", tmp_path / "p.json"], "not both"),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_profile(call, stack, tmp_path, capsys, arguments, fault):
    given = arguments(stack, tmp_path)
    before = [(file, file.read_bytes()) for file in tmp_path.glob("p.json")]
    assert call(*given) == 2
    said = capsys.readouterr().err.strip()
    assert fault in said
    assert "\n" not in said
    assert [(file, file.read_bytes()) for file in tmp_path.glob("p.json")] == before


@pytest.mark.parametrize("option", ["--html", "--json"])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(call, stack, tmp_path, capsys, option):
    profile = tmp_path / "front.json"
    assert call(stack, "--profile", profile, "--camera", "front", option, tmp_path / "nowhere" / "it") == 2
    assert "cannot be written: give a file in a folder that exists" in capsys.readouterr().err
    assert not profile.exists()
