"""A board is what its text says, and what cannot be is one line."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_calibration import Board, BoardError


def test_a_plain_board_counts_inner_corners():
    board = Board.parse("9x6", 25)
    assert (board.columns, board.rows, board.square_mm, board.square_known, board.markers) == (9, 6, 25, True, None)
    assert board.points_mm.shape == (54, 3)
    assert np.array_equal(board.points_mm[[0, 8, 9]], [[0, 0, 0], [200, 0, 0], [0, 25, 0]])


def test_a_square_nobody_told_is_remembered_as_that():
    assert not Board.parse("9x6").square_known
    assert "taken" in Board.parse("9x6").title
    assert "taken" not in Board.parse("9x6", 25).title


def test_a_charuco_board_counts_squares():
    board = Board.parse("charuco:11x8:15:11:5x5_100")
    assert (board.columns, board.rows, board.square_mm) == (10, 7, 15)
    corners = np.asarray(board.charuco().getChessboardCorners())
    assert np.allclose(corners - corners[0], board.points_mm)


@pytest.mark.parametrize(
    ("text", "square_mm", "fault"),
    [
        ("", None, "is no board"),
        ("9", None, "is no board"),
        ("9x6x2", None, "is no board"),
        ("2x2", None, "3 to 60"),
        ("900x6", None, "3 to 60"),
        ("9x6", 0, "0.1 to 1000 mm"),
        ("9x6", -25, "0.1 to 1000 mm"),
        ("9x6", float("nan"), "0.1 to 1000 mm"),
        ("charuco:11x8:15:11", None, "is no board"),
        ("charuco:11x8:15:15:5X5_100", None, "do not fit"),
        ("charuco:11x8:1.5.2:11:5X5_100", None, "is no board"),
        ("charuco:11x8:15:11:9X9_100", None, "no dictionary"),
        ("charuco:20x20:15:11:4X4_50", None, "needs 200 markers, 4X4_50 has 50"),
        ("charuco:11x8:15:11:5X5_100", 20, "give it once"),
    ],
)
def test_a_board_that_cannot_be_is_one_line(text, square_mm, fault):
    with pytest.raises(BoardError, match=fault) as caught:
        Board.parse(text, square_mm)
    assert "\n" not in str(caught.value)


def test_it_is_drawn_at_the_size_asked_for():
    drawn = Board(7, 5, 20.0).drawn(px_per_mm=2, margin_mm=10)
    assert drawn.shape == (6 * 40 + 40, 8 * 40 + 40)
    assert (drawn[:20] == 255).all()
    assert drawn[21, 21] == 0
    assert drawn[21, 61] == 255
