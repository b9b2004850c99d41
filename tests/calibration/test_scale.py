"""Millimetres of a plane: there and back, the true plane found again, pixels as large as geometry says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered_boards import BOARD, LENS, SIZE, Pose, picture, sightings

from shellmark_calibration import BoardError, Lens, MmMap, Plane, look, measured_lengths, plane_of, scale_sections

STRAIGHT = Lens(focal_px=(400, 400), middle_px=(239.5, 179.5), distortion=(0, 0, 0, 0, 0), rms_px=0)
TILTED = MmMap(LENS, Plane(turn=(0.2, -0.15, 0.1), shift_mm=(3, -4, 500), rms_px=0), SIZE)
FLAT = MmMap(STRAIGHT, Plane(turn=(0, 0, 0), shift_mm=(0, 0, 800), rms_px=0), SIZE)


@given(st.lists(st.tuples(st.floats(0, 479), st.floats(0, 359)), min_size=1, max_size=8))
def test_pixels_go_to_the_plane_and_back(points):
    at = np.array(points)
    assert np.abs(TILTED.px(TILTED.mm(at)) - at).max() < 1e-5


def test_a_camera_straight_above_has_one_scale():
    assert np.allclose(FLAT.mm(np.array([[239.5, 179.5], [339.5, 179.5]])), [[0, 0], [200, 0]])
    assert np.allclose(FLAT.mm_per_px(FLAT.corners_px), 2.0)
    assert FLAT.tilt_deg == pytest.approx(0, abs=1e-6)
    assert np.allclose(FLAT.plane.eye_mm, [0, 0, -800])
    assert FLAT.smallest_mm(3) == pytest.approx(6.0)


def test_scale_changes_by_two_percent_for_twenty_millimetres_in_a_thousand():
    nearer = MmMap(STRAIGHT, Plane(turn=(0, 0, 0), shift_mm=(0, 0, 980), rms_px=0), SIZE)
    farther = MmMap(STRAIGHT, Plane(turn=(0, 0, 0), shift_mm=(0, 0, 1000), rms_px=0), SIZE)
    assert nearer.worst_mm_per_px / farther.worst_mm_per_px == pytest.approx(0.98)


def test_the_worst_place_of_a_tilted_plane_is_its_far_corner():
    longest = TILTED.mm_per_px(TILTED.corners_px)[:, 0]
    assert TILTED.worst_mm_per_px == pytest.approx(longest.max(), rel=0.01)
    assert longest.max() > 1.15 * longest.min()


@pytest.mark.parametrize("pose", [Pose(turn=30), Pose(20, 10, 340, 15, -10, 160), Pose(-15, 0, 300, -20, 12, 90)])
def test_the_plane_of_a_board_does_not_depend_on_how_it_lies(pose):
    found = plane_of(BOARD, look(BOARD, picture(BOARD, pose)), LENS)
    rotation, place = pose.of(BOARD)
    normal = rotation[:, 2]
    assert np.degrees(np.arccos(found.rotation[:, 2] @ normal)) < 0.3
    assert abs(normal @ (np.array(found.shift_mm) - place)) < 0.5
    # x to the right, y down, and the middle of the frame is (0, 0)
    to_mm = MmMap(LENS, found, SIZE)
    assert np.abs(to_mm.mm(to_mm.middle_px)).max() < 1e-6
    right, down = (to_mm.mm(to_mm.middle_px + 20 * step)[0] for step in np.eye(2))
    assert right[0] > 10 > abs(right[1])
    assert down[1] > 10 > abs(down[0])


def test_known_lengths_are_measured_again():
    seen = sightings()[1]
    to_mm = MmMap(LENS, plane_of(BOARD, seen, LENS), SIZE)
    lengths = measured_lengths(BOARD, seen, to_mm)
    assert len(lengths.known_mm) == 12
    assert np.abs(lengths.error_mm).max() < 0.2
    assert abs(lengths.scale_error) < 0.001


def test_a_board_a_centimetre_above_the_plane_is_seen_in_its_lengths():
    to_mm = MmMap(LENS, plane_of(BOARD, look(BOARD, picture(BOARD, Pose(z=300))), LENS), SIZE)
    above = measured_lengths(BOARD, look(BOARD, picture(BOARD, Pose(z=290))), to_mm)
    assert above.scale_error == pytest.approx(10 / 290, rel=0.03)


def test_a_plane_seen_from_its_side_is_refused():
    seen = look(BOARD, picture(BOARD, Pose(z=300, tilt_y=66)), most_edge_px=9)
    with pytest.raises(BoardError, match="more than 60 deg"):
        plane_of(BOARD, seen, LENS)


def test_the_report_has_both_pictures():
    seen = sightings()[0]
    (figures, pictures) = scale_sections(TILTED, seen, picture(BOARD, Pose()), [("tilt", "3 deg")])
    assert figures.rows == [("tilt", "3 deg")]
    assert len(pictures.pictures) == 2
