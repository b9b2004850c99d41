"""A lens that is known comes out of rendered pictures; what does not belong to them is refused by its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered_boards import BOARD, LENS, POSES, SIZE, Pose, corners_px, picture, sightings

from shellmark_calibration import Board, BoardError, BoardSession, Refusal, lens_sections, solve


@pytest.fixture(scope="module")
def solution():
    return solve(BOARD, sightings())


def test_a_known_lens_is_found(solution):
    lens = solution.lens
    assert np.allclose(lens.focal_px, LENS.focal_px, rtol=0.002)
    assert np.allclose(lens.middle_px, LENS.middle_px, atol=1.0)
    y, x = np.mgrid[60:300:5j, 80:400:5j]
    at = np.column_stack([x.ravel(), y.ravel()])
    # both lenses take the same pixel along the same ray, up to what focal length and pose share
    assert np.abs(lens.straight(at) - LENS.straight(at)).max() < 1.0
    assert lens.rms_px < 0.06
    assert lens.rms_px <= lens.held_out_px < 0.08
    assert solution.refused == ()


def test_the_simplest_model_that_predicts_as_well_is_taken(solution):
    best = min(solution.held_out.values())
    names = list(solution.held_out)
    assert solution.held_out[solution.model] <= 1.01 * best
    assert all(solution.held_out[name] > 1.01 * best for name in names[: names.index(solution.model)])


def test_residuals_are_found_minus_computed(solution):
    of_all = np.concatenate([view.residuals_px for view in solution.views])
    assert np.sqrt((of_all**2).sum(1).mean()) == pytest.approx(solution.lens.rms_px, rel=1e-3)


@given(st.lists(st.tuples(st.floats(0, 479), st.floats(0, 359)), min_size=1, max_size=8))
def test_pixels_go_straight_and_back(points):
    at = np.array(points)
    assert np.abs(LENS.bent(LENS.straight(at)) - at).max() < 1e-6


def test_no_points_are_no_points():
    assert LENS.bent(np.empty((0, 2))).shape == LENS.straight(np.empty((0, 2))).shape == (0, 2)


def _with(changed, i=3):
    return [changed if k == i else one for k, one in enumerate(sightings())]


def _refused(some):
    found = solve(BOARD, some)
    assert {view.sighting.name for view in found.views}.isdisjoint(one.name for one in found.refused)
    return {one.name: one.reason for one in found.refused}


def test_a_picture_of_another_camera_is_named():
    longer = LENS.model_copy(update={"focal_px": (500.0, 505.0)})
    zoomed = replace(sightings()[3], corners_px=corners_px(BOARD, POSES[3], longer))
    assert "off the lens the others agree on" in _refused(_with(zoomed))["3.png"]


def test_a_mirrored_chessboard_is_told_by_the_others():
    one = sightings()[5]
    flipped = replace(one, corners_px=one.corners_px * [-1, 1] + [SIZE[0] - 1, 0])
    assert _refused(_with(flipped, 5))["5.png"].startswith("mirrored")


def test_a_few_corners_that_are_off_are_told():
    one = sightings()[4]
    corners = one.corners_px.copy()
    corners[[7, 8]] += 6
    assert "some corners are up to" in _refused(_with(replace(one, corners_px=corners), 4))["4.png"]


def test_a_picture_far_less_sharp_than_the_others_is_told():
    assert "blurred: an edge takes 4.6 px" in _refused(_with(replace(sightings()[3], edge_px=4.6)))["3.png"]


def test_the_same_picture_twice_is_told():
    again = replace(sightings()[1], name="again.png", corners_px=sightings()[1].corners_px + 0.5)
    assert "too alike 1.png" in _refused([*sightings(), again])["again.png"]


def test_too_few_pictures_say_how_many():
    with pytest.raises(BoardError, match="too few pictures: 2 can be used, 3 are the least"):
        solve(BOARD, sightings()[:2])
    with pytest.raises(BoardError, match="too few pictures: 0"):
        solve(BOARD, [])


def test_few_pictures_are_a_warning():
    found = solve(BOARD, sightings()[:4])
    assert any(line.startswith("few pictures: 4") for line in found.warnings)
    assert found.lens.held_out_px is not None
    assert solve(BOARD, sightings()[:3]).lens.held_out_px is None


def test_a_board_that_is_never_tilted_is_refused():
    flat = [Pose(-60, -40, 320), Pose(60, 40, 320, turn=20), Pose(0, 0, 380), Pose(-50, 50, 300, turn=-15)]
    seen = [replace(sightings()[0], corners_px=corners_px(BOARD, pose)) for pose in flat]
    with pytest.raises(BoardError, match=r"poses too similar: the board was tilted by .* deg at most"):
        solve(BOARD, seen)


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(BoardError, match="differ in size"):
        solve(BOARD, _with(replace(sightings()[3], size_px=(640, 480))))


def test_a_charuco_board_gives_the_same_lens():
    board = Board.parse("charuco:9x7:20:14:4X4_50")
    found = solve(board, sightings(board, 5))
    assert np.allclose(found.lens.focal_px, LENS.focal_px, rtol=0.005)


def test_a_session_judges_pictures_as_they_come():
    session = BoardSession(BOARD)
    assert session.coverage.sum() == 0
    assert not session.can_solve
    for i, pose in enumerate(POSES[:4]):
        seen = session.look(picture(BOARD, pose), f"{i}")
        assert session.take(seen) is None
    assert session.size_px == SIZE
    assert isinstance(session.take(session.look(picture(BOARD, POSES[2]), "again")), Refusal)
    assert isinstance(session.look(np.zeros((10, 20), np.uint8)), Refusal)
    assert session.coverage.sum() == 4 * 35
    assert session.can_solve
    session.drop("1")
    assert [one.name for one in session.taken] == ["0", "2", "3"]
    assert np.allclose(session.solve().lens.focal_px, LENS.focal_px, rtol=0.02)


def test_the_report_shows_every_picture_and_every_refusal(solution):
    sections = lens_sections(solution, [Refusal("bad.png", "blurred")], BOARD.title)
    rows = [row for section in sections for row in section.rows]
    assert ("bad.png", "blurred") in rows
    assert {view.sighting.name for view in solution.views} <= {row[0] for row in rows}
    assert sum(len(section.pictures) for section in sections) == 4
