"""`shellmark calibrate colour`: from a picture to a profile, a page and figures; bad input is one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import pytest

from shellmark_calibration import Profile
from shellmark_inspect.app import cli

sys.path.insert(0, str(Path(__file__).parents[2] / "calibration"))
from drawn_card import DrawnCard


@pytest.fixture(scope="module")
def card(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("card") / "card.png"
    cv2.imwrite(str(path), DrawnCard().picture())
    return path


def run(monkeypatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["shellmark", "calibrate", "colour", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_card_becomes_a_profile_a_page_and_figures(card, tmp_path, monkeypatch, capsys):
    Profile(camera="top", size_px=(600, 420)).write(tmp_path / "old.json")
    files = {name: tmp_path / name for name in ("new.json", "figures.json", "page.html")}
    options = ("--profile", tmp_path / "old.json", "--out", files["new.json"], "--html", files["page.html"])
    assert run(monkeypatch, card, "--card", "classic", *options, "--json", files["figures.json"]) == 0
    assert "mean camera ΔE00" in capsys.readouterr().out
    figures = json.loads(files["figures.json"].read_text("utf-8"))
    assert figures["found"]
    assert figures["card"] == "classic"
    assert figures["camera_de_after"] < 1 < figures["camera_de_before"]
    assert len(figures["patches"]) == 24
    profile = Profile.read(files["new.json"])
    assert profile.colour is not None
    assert profile.made["colour"].sources[0].name == "card.png"
    page = files["page.html"].read_text("utf-8")
    assert "相机 ΔE" in page
    assert page.count("data:image/jpeg") == 2


def test_what_is_no_card_is_one_line(tmp_path, monkeypatch, capsys):
    black, text = tmp_path / "black.png", tmp_path / "text.png"
    cv2.imwrite(str(black), DrawnCard().picture() // 40)
    text.write_text("no picture")
    figures = tmp_path / "figures.json"
    for words, reason in (
        ((black, "--json", figures), "the picture is black"),
        ((text,), "is no picture"),
        ((tmp_path / "none.png",), "is missing"),
        ((tmp_path,), "cannot be read"),
        ((black, "--card", "it8"), "--card"),
    ):
        assert run(monkeypatch, *words) == 2
        said = capsys.readouterr().err.strip()
        assert reason in said
        assert len(said.splitlines()) == 1
    assert json.loads(figures.read_text("utf-8")) == {
        "image": "black.png", "found": False, "reason": json.loads(figures.read_text("utf-8"))["reason"]
    }  # fmt: skip


def test_a_profile_of_another_resolution_is_refused(card, tmp_path, monkeypatch, capsys):
    Profile(camera="top", size_px=(5472, 3648)).write(tmp_path / "old.json")
    assert run(monkeypatch, card, "--profile", tmp_path / "old.json") == 2
    assert "measured at 5472 x 3648 px, the frames have 600 x 420" in capsys.readouterr().err
