"""`shellmark evidence` on a small rendered ball, and each bad input in one line."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from shellmark_calibration import CalibrationError
from shellmark_inspect.app.cli import app

RUNNER = CliRunner()
RING = [(0.5, 0.4, 0.8), (-0.5, 0.4, 0.8), (0.0, -0.5, 0.85), (0.1, 0.1, 1.0), (0.6, -0.3, 0.75)]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A folder with a ball under five lights, its mask, and beside it lights.txt."""
    folder = tmp_path / "ball"
    folder.mkdir()
    y, x = np.mgrid[1:-1:40j, -1:1:40j]
    normal = np.stack([x, y, np.sqrt(np.maximum(1 - x**2 - y**2, 0))], axis=-1)
    mask = x**2 + y**2 < 0.9
    cv2.imwrite(str(folder / "ball.mask.png"), mask.astype(np.uint8) * 255)
    lines = []
    for i, direction in enumerate(RING):
        unit = np.array(direction) / np.linalg.norm(direction)
        level = np.clip(200 * np.maximum(normal @ unit, 0) * mask, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"ball.{i}.png"), cv2.cvtColor(level, cv2.COLOR_GRAY2BGR))
        lines.append(f"{i} {direction[0]} {direction[1]} {direction[2]}")
    (tmp_path / "lights.txt").write_text("\n".join(lines))
    return folder


def run(stack: Path, *more: str, lights: bool = True):
    given = ("--lights", str(stack.parent / "lights.txt")) if lights else ()
    return RUNNER.invoke(app, ["evidence", str(stack), "--out", str(stack.parent / "out"), *given, *more])


def test_every_channel_is_written(stack: Path):
    page = stack.parent / "page.html"
    result = run(stack, "--json", "--html", str(page))
    assert result.exit_code == 0, result.output
    out = stack.parent / "out"
    said = json.loads(result.output)
    assert said == json.loads((out / "evidence.json").read_text("utf-8"))
    assert said["axes"].startswith("x right, y up")
    assert len(said["lights"]) == 5
    normals = cv2.imread(str(out / "normals.tiff"), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert normals.dtype == np.float32
    assert normals.shape == (40, 40, 3)
    assert normals[20, 32, 0] > 0.5  # the ball's right side leans to the right
    assert normals[8, 20, 1] > 0.5  # and its top up
    assert cv2.imread(str(out / "albedo.tiff"), cv2.IMREAD_UNCHANGED)[20, 20] == pytest.approx(200, rel=0.05)
    for name in said["channels"]:
        assert (out / f"{name}.png").is_file()
    assert "normals.relief" in page.read_text("utf-8")


def other_size(stack: Path) -> None:
    cv2.imwrite(str(stack / "ball.3.png"), np.full((20, 20), 90, np.uint8))


def black(stack: Path) -> None:
    cv2.imwrite(str(stack / "ball.2.png"), np.zeros((40, 40), np.uint8))


def saturated(stack: Path) -> None:
    cv2.imwrite(str(stack / "ball.2.png"), np.full((40, 40), 255, np.uint8))


def missing(stack: Path) -> None:
    (stack / "ball.4.png").unlink()


def mask_of_another_size(stack: Path) -> None:
    cv2.imwrite(str(stack / "ball.mask.png"), np.full((20, 20), 255, np.uint8))


def two_masks(stack: Path) -> None:
    cv2.imwrite(str(stack / "ball.mask2.png"), np.full((40, 40), 255, np.uint8))


def no_picture(stack: Path) -> None:
    (stack / "ball.1.png").write_text("no picture")


def in_a_plane(stack: Path) -> None:
    lines = [f"{i} {x} 0 1" for i, x in enumerate((-2, -1, 0, 1, 2))]
    (stack.parent / "lights.txt").write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (other_size, "light 3: ball.3.png has 20 x 20 px, the first frame 40 x 40"),
        (black, "light 2: ball.2.png is black"),
        (saturated, "ball.2.png is saturated"),
        (missing, "light 4 has no picture"),
        (mask_of_another_size, "mask ball.mask.png has 20 x 20 px"),
        (two_masks, "holds 2 masks, ball.mask.png, ball.mask2.png: leave one"),
        (no_picture, "ball.1.png is no picture"),
        (in_a_plane, "lie in one plane"),
    ],
)
def test_bad_input_is_one_line(stack: Path, spoil, said: str):
    spoil(stack)
    result = run(stack)
    assert isinstance(result.exception, CalibrationError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (stack.parent / "out").exists()


def test_lights_have_to_be_given_once(stack: Path):
    assert "give either --lights FILE or --chrome" in str(run(stack, lights=False).exception)
