"""All steps in a row, as a recipe has them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.steps import build_steps, evidence
from shellmark_inspect.types import Frame, View, project

# steps that want a profile, a tile or several lights have tests of their own
PARAMETERS = {
    "region": {"rectangle_px": [0, 0, 640, 480]},
    "rotate": {"degrees": 180},
    "resize": {},
    "align": {},
    "shell_mask": {"outline": "reference"},
    "zones": {},
    "illumination": {"to": "reference"},
    "bipolar": {"azimuths_deg": {"west": 180}},
    "lines": {},
}


def frozen(pixels: np.ndarray) -> np.ndarray:
    """Pixels as a camera hands them on: read-only."""
    return Frame(pixels.copy(), 1, 0, "top", "west").pixels


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_step_leaves_the_cameras_pixels_alone(name, spec, shell, view, tmp_path):
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    ((_, step),) = build_steps(spec({"step": name, **PARAMETERS[name]}, reference={"west": "west.png"}), tmp_path)
    pixels = shell(seed=2)
    before = view(west=frozen(pixels), colour=frozen(np.dstack([pixels] * 3)))
    after = step(before)
    assert np.array_equal(before.planes["west"], pixels)
    assert set(after.planes) == {"west", "colour"}
    assert {plane.shape[:2] for plane in after.planes.values()} == {after.size}
    assert all(isinstance(value, float) for value in after.notes.values())
    for mask in (after.shell, after.zones):
        assert mask is None or mask.shape == after.size


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_step_gives_the_same_twice(name, spec, shell, view, tmp_path):
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    ((_, step),) = build_steps(spec({"step": name, **PARAMETERS[name]}, reference={"west": "west.png"}), tmp_path)
    one, other = (step(view(west=shell(seed=2))) for _ in range(2))
    assert np.array_equal(one.planes["west"], other.planes["west"])
    assert np.array_equal(one.to_frame, other.to_frame)
    assert one.notes == other.notes


def test_a_defect_is_where_it_is_in_zone_frame_and_mm(spec, shell, tmp_path):
    """The shell lies 3 mm to the right, upside down and at another scale; a white spot comes back to its place."""
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    zones = [{"zone": "B", "polygon_mm": [[90, 70], [110, 70], [110, 80], [90, 80]]}]
    steps = [{"step": name, **PARAMETERS[name]} for name in ("rotate", "resize", "align", "shell_mask", "zones")]
    recipe = spec(*steps, {"step": "illumination", "to": "reference"}, reference={"west": "west.png"}, zones=zones)
    picture = shell(move=np.array([[1, 0, 12.0], [0, 1, 0]]), seed=2)
    cv2.circle(picture, (412, 300), 4, 255, -1)
    frame = cv2.resize(np.rot90(picture, 2), None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    turned_mm = np.array([[1 / 6, 0, 0], [0, 1 / 6, 0], [0, 0, 1]])
    view = View("front", {"west": frozen(frame)}, np.eye(3), turned_mm)
    for _, step in build_steps(recipe, tmp_path):
        view = step(view)
    spot = cv2.GaussianBlur(view.planes["west"].astype(np.float32) - shell(), (0, 0), 3)
    y, x = np.unravel_index(int(spot.argmax()), spot.shape)
    assert np.hypot(x - 400, y - 300) < 1.5
    assert view.zone_names[view.zones[y, x]] == "B"
    assert view.shell[y, x]
    in_frame = project(view.to_frame, np.array([[x, y]], np.float64))[0]
    assert np.abs(in_frame - [(639 - 412) * 1.5, (479 - 300) * 1.5]).max() < 3
    assert view.notes["shift_x_mm"] == pytest.approx(3.0, abs=0.05)
    assert view.notes["resize"] == pytest.approx(2 / 3, abs=1e-6)
    assert evidence(view, ("west",)).shape == (480, 640, 3)
