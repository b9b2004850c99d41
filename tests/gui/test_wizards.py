"""The wizards on a live picture: lens pictures taken when still and new, solved, kept; the scale from one picture."""

from __future__ import annotations

import time

import numpy as np
import pytest
from drawn_boards import FOCAL, POSES, drawn_board
from drawn_card import DrawnCard
from PyQt6.QtCore import Qt

from shellmark_calibration import Board, Profile, Refusal
from shellmark_gui.profiles import keep_parts, measurement

BOARD = Board.parse("9x6", 25.0)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [drawn_board(BOARD, *pose) for pose in POSES]


@pytest.fixture
def wizard(qtbot, window):
    """Opens a wizard by its button; returns its desk."""

    def start(name: str):
        calibration = window.engineer.calibration
        calibration.open()
        calibration.page.work_buttons[name].click()
        qtbot.waitUntil(lambda: window.page is calibration.wizard_page)
        return calibration.wizards[name]

    return start


def hold(qtbot, station, desk, pixels: np.ndarray, until) -> None:
    """Hold a picture before the camera, a new frame after the other, until something is so."""
    ends = time.monotonic() + 20
    while not until():
        assert time.monotonic() < ends
        station.refresh_live(pixels)
        qtbot.wait(20)


def test_the_lens_is_solved_from_what_is_held_before_the_camera(qtbot, window, station, wizard, pictures):
    desk = wizard("lens")
    page = desk.page
    for number, pixels in enumerate(pictures[:10], 1):
        hold(qtbot, station, desk, pixels, lambda n=number: len(desk.session.taken) >= n)
    qtbot.waitUntil(lambda: desk.solution is not None and not desk.busy, timeout=30_000)
    lens = desk.solution.lens
    assert lens.focal_px == pytest.approx((FOCAL, FOCAL), rel=0.02)
    assert lens.rms_px < 0.3
    assert "RMS" in page.list.rows[2].facts
    assert (page.canvas.coverage > 0).mean() > 0.4
    hold(qtbot, station, desk, pictures[10], lambda: desk.residual_px is not None)
    qtbot.waitUntil(lambda: page.work_buttons["save"].isEnabled())
    page.work_buttons["save"].click()
    qtbot.waitUntil(lambda: desk.profile is not None)
    kept = Profile.read(desk.place)
    assert kept.lens == desk.solution.lens
    assert kept.size_px == (640, 480)
    assert all(source.digest.startswith("sha256:") for source in kept.made["lens"].sources)
    assert "profile-memory.json" in page.line.text()


def test_a_picture_that_does_not_do_is_refused_with_its_reason(qtbot, window, station, wizard, pictures):
    desk = wizard("lens")
    hold(qtbot, station, desk, np.full((480, 640, 3), 90, np.uint8), lambda: desk.reason != "")
    assert "no" in desk.page.instruction.text()
    assert not desk.page.work_buttons["take"].isEnabled()
    hold(qtbot, station, desk, pictures[0], lambda: len(desk.session.taken) == 1)
    hold(qtbot, station, desk, pictures[0], lambda: "alike" in desk.reason)
    assert len(desk.session.taken) == 1
    qtbot.waitUntil(lambda: "alike" in desk.page.instruction.text())


def test_the_pedal_takes_and_a_picture_is_dropped(qtbot, window, station, wizard, pictures):
    desk = wizard("lens")
    desk.press("auto")
    hold(qtbot, station, desk, pictures[1], lambda: desk._last is not None)
    qtbot.waitUntil(desk.page.work_buttons["take"].isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(desk.session.taken) == 1)
    assert station.records() == []
    desk.page.work_buttons["drop"].click()
    assert desk.session.taken == ()


def test_frames_are_never_queued(qtbot, window, station, wizard, pictures, monkeypatch):
    desk = wizard("lens")
    seen, running = [], []

    def slow(frame):
        running.append(frame)
        assert len(running) == 1
        time.sleep(0.15)  # a picture takes its time; this is the thing simulated
        running.clear()
        seen.append(frame.number)
        return Refusal("", "nothing"), None

    monkeypatch.setattr(desk, "looked_at", slow)
    for _ in range(30):
        station.refresh_live(pictures[0])
        qtbot.wait(20)
    qtbot.waitUntil(lambda: not running)
    assert 1 <= len(seen) <= 12, "of thirty frames those pass that come while one is looked at"


def test_the_scale_says_the_smallest_defect(qtbot, window, station, wizard, pictures):
    lens_desk = wizard("lens")
    place = lens_desk.place
    for number, pixels in enumerate(pictures[:10], 1):
        hold(qtbot, station, lens_desk, pixels, lambda n=number: len(lens_desk.session.taken) >= n)
    qtbot.waitUntil(lambda: lens_desk.solution is not None and not lens_desk.busy, timeout=30_000)
    lens = lens_desk.solution.lens
    keep_parts(place, "memory", (640, 480), {"lens": lens}, {"lens": measurement("board", [])})
    lens_desk._leave()
    desk = wizard("scale")
    hold(qtbot, station, desk, pictures[0], lambda: desk.found is not None and desk.profile is not None)
    qtbot.waitUntil(desk.page.work_buttons["take"].isEnabled)
    desk.page.work_buttons["take"].click()
    qtbot.waitUntil(lambda: desk.map is not None and not desk.busy)
    assert desk.map.smallest_mm(3.0) == pytest.approx(3 * 420 / FOCAL, rel=0.05)
    assert "3 px: 1.8" in desk.page.figures.text()
    desk.page.work_buttons["save"].click()
    qtbot.waitUntil(lambda: desk._is_kept())
    assert Profile.read(place).plane == desk.map.plane
    assert set(Profile.read(place).made) == {"lens", "plane"}


def test_the_scale_wants_the_lens_first(qtbot, window, station, wizard, pictures):
    desk = wizard("scale")
    hold(qtbot, station, desk, pictures[0], lambda: desk.found is not None)
    qtbot.waitUntil(lambda: "先测镜头" in desk.page.instruction.text())
    assert not desk.page.work_buttons["take"].isEnabled()


def test_a_profile_of_another_resolution_is_not_written_into(qtbot, window, station, wizard, pictures):
    desk = wizard("lens")
    Profile(camera="memory", size_px=(1920, 1200)).write(desk.place)
    before = desk.place.read_bytes()
    for number, pixels in enumerate(pictures[:10], 1):
        hold(qtbot, station, desk, pixels, lambda n=number: len(desk.session.taken) >= n)
    qtbot.waitUntil(lambda: desk.solution is not None and not desk.busy, timeout=30_000)
    qtbot.waitUntil(desk.page.work_buttons["save"].isEnabled)
    desk.page.work_buttons["save"].click()
    qtbot.waitUntil(lambda: "1920 x 1200" in desk.page.line.text())
    assert desk.place.read_bytes() == before


def test_another_board_begins_anew(qtbot, window, station, wizard, pictures):
    desk = wizard("lens")
    hold(qtbot, station, desk, pictures[0], lambda: len(desk.session.taken) == 1)
    desk.page.work_buttons["what"].click()
    window.choice_page.answers[6].click()
    assert window.page is desk.page
    assert desk.board.markers is not None
    assert desk.session.taken == ()


def flat(seed: int, *, level: float = 190.0) -> np.ndarray:
    """An even surface under a light that falls off to the corners, (480, 640) grey."""
    y, x = np.mgrid[-1:1:480j, -1:1:640j]
    even = 3 + level * (1 - 0.25 * (x**2 + y**2) / 2)
    return np.clip(even + np.random.default_rng(seed).normal(0, 1.2, even.shape), 0, 255).astype(np.uint8)


def dark(seed: int) -> np.ndarray:
    return np.clip(np.random.default_rng(seed).normal(3, 0.8, (480, 640)), 0, 255).astype(np.uint8)


def feed(qtbot, station, make, until) -> None:
    """New frames one after the other until something is so."""
    ends, seed = time.monotonic() + 20, 0
    while not until():
        assert time.monotonic() < ends
        seed += 1
        station.refresh_live(make(seed))
        qtbot.wait(30)


def test_a_light_is_measured_from_dark_frames_and_an_even_surface(qtbot, window, station, wizard):
    desk = wizard("light")
    page = desk.page
    page.work_buttons["take"].click()
    feed(qtbot, station, dark, lambda: desk.which == 1)
    qtbot.waitUntil(page.work_buttons["take"].isEnabled)
    page.work_buttons["take"].click()
    feed(qtbot, station, flat, lambda: "low_n" in desk.measured and not desk.busy)
    field = desk.measured["low_n"].field
    assert field.frames == 8
    assert field.dark == pytest.approx(2.5, abs=0.3)
    assert field.uneven_before > 10 * field.uneven_after
    page.work_buttons["auto"].click()
    feed(qtbot, station, flat, lambda: page.canvas._frame is None)
    qtbot.waitUntil(page.work_buttons["save"].isEnabled)
    page.work_buttons["save"].click()
    qtbot.waitUntil(lambda: desk.profile is not None and "low_n" in desk.profile.lights)
    kept = Profile.read(desk.place)
    assert kept.lights["low_n"] == field
    assert len(kept.made["light.low_n"].sources) == 16


def test_a_light_that_cannot_be_measured_says_why_and_wants_the_dark_first(qtbot, window, station, wizard):
    desk = wizard("light")
    desk.page.work_buttons["what"].click()
    desk.show()
    assert not desk.page.work_buttons["take"].isEnabled()
    desk.which = 0
    desk.show()
    desk.page.work_buttons["take"].click()
    feed(qtbot, station, dark, lambda: desk.which == 1)
    desk.show()
    desk.page.work_buttons["take"].click()
    feed(qtbot, station, lambda seed: np.full((480, 640), 255, np.uint8), lambda: desk.reason != "")
    assert desk.measured == {}
    qtbot.waitUntil(lambda: "low_n" in desk.page.line.text())
    assert not desk.page.work_buttons["save"].isEnabled()


def test_a_colour_card_is_found_read_and_kept(qtbot, window, station, wizard):
    desk = wizard("colour")
    card = DrawnCard(gamma="linear").picture()
    hold(qtbot, station, desk, card, lambda: any(place.whole for place in desk.places))
    qtbot.waitUntil(desk.page.work_buttons["take"].isEnabled)
    desk.page.work_buttons["take"].click()
    qtbot.waitUntil(lambda: desk.reading is not None and not desk.busy, timeout=20_000)
    fit = desk.reading.fit.correction
    assert fit.camera_de_after < 3.0 < fit.camera_de_before
    assert "相机 ΔE" in desk.page.list.rows[1].facts
    assert len(desk.page.canvas.labels) == 24
    desk.page.work_buttons["save"].click()
    qtbot.waitUntil(lambda: desk.profile is not None and desk.profile.colour is not None)
    assert Profile.read(desk.place).colour == fit


def test_a_picture_without_a_card_says_so(qtbot, window, station, wizard):
    desk = wizard("colour")
    hold(qtbot, station, desk, drawn_board(BOARD, *POSES[0]), lambda: desk._frame is not None)
    qtbot.waitUntil(desk.page.work_buttons["take"].isEnabled)
    desk.page.work_buttons["take"].click()
    qtbot.waitUntil(lambda: desk.reason != "")
    assert not desk.page.work_buttons["save"].isEnabled()


def test_the_first_page_says_how_each_part_stands_and_leads_there(qtbot, window, station):
    calibration = window.engineer.calibration
    lens = calibration.wizards["lens"]
    keep_parts(lens.place, "memory", (400, 300), {}, {})
    station.checks.give_masters()
    calibration.open()
    qtbot.waitUntil(lambda: "还没有" in calibration.page.list.rows[0].facts)
    rows = {row.key: row for row in calibration.page.list.rows}
    assert list(rows) == ["lens", "scale", "light", "colour", "zones", "check", "drift"]
    assert rows["check"].facts == "自动模式已锁定"
    calibration.page.list.places[5].click()
    assert window.page is calibration.check_page
