"""The 13 real chessboards: the figures the calibration promises, and each bad view told. Skipped where absent."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_calibration import Board, Refusal, Sighting, look, solve

BOARD = Board.parse("9x6", 25)


@pytest.fixture(scope="module")
def pictures(real_data: Path) -> dict[str, np.ndarray]:
    """The pictures by name."""
    files = sorted((real_data / "chessboards").glob("*.jpg"))
    if not files:
        pytest.skip(f"no chessboards at {real_data}")
    return {file.name: cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files}


@pytest.fixture(scope="module")
def seen(pictures: dict[str, np.ndarray]) -> list[Sighting]:
    """What is seen in them."""
    return [look(BOARD, pixels, name) for name, pixels in pictures.items()]


def test_every_view_is_used_and_the_lens_predicts_views_it_had_not_seen(seen):
    found = solve(BOARD, seen)
    assert len(found.views) == 13
    assert found.refused == ()
    assert found.lens.rms_px <= 0.195
    assert found.lens.held_out_px <= 0.25
    assert found.lens.focal_px[0] == pytest.approx(532.8, abs=2)


def test_a_mirrored_view_among_them_is_named(pictures, seen):
    flipped = look(BOARD, np.ascontiguousarray(pictures["left04.jpg"][:, ::-1]), "flipped.jpg")
    found = solve(BOARD, [*(one for one in seen if one.name != "left04.jpg"), flipped])
    assert [one.name for one in found.refused] == ["flipped.jpg"]
    assert found.refused[0].reason.startswith("mirrored")


def test_bad_views_are_refused_each_with_its_reason(pictures):
    plain = pictures["left01.jpg"]
    half = plain.copy()
    half[:, :330] = 120
    bad = {
        "blurred": cv2.GaussianBlur(plain, (0, 0), 3),
        "hidden": half,
        "outside": np.ascontiguousarray(plain[:, 330:]),
        "no board": cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (480, 640), np.uint8), (0, 0), 2),
    }
    for word, pixels in bad.items():
        found = look(BOARD, pixels, word)
        assert isinstance(found, Refusal)
        assert word in found.reason
    other = look(Board.parse("8x5"), plain)
    assert isinstance(other, Refusal)
    assert other.reason == "shows 9 x 6 corners, not 8 x 5: another board"
