"""Normals of a ball whose shape is known, with shadows, highlights and lamps that are not what was said."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_calibration import LightError, Lights, mirror_ball, read_lights
from shellmark_calibration.curve import found_gamma, in_alphabet
from shellmark_calibration.normals import surface
from shellmark_calibration.stack import frames_of, linear, matched

RING = [(0.5, 0.47, 0.73), (0.24, 0.14, 0.96), (-0.04, 0.18, 0.98), (-0.1, 0.44, 0.89), (-0.32, 0.5, 0.8),
        (-0.1, 0.56, 0.82), (0.28, 0.42, 0.86), (0.1, 0.43, 0.9), (0.2, -0.33, 0.92), (0.1, -0.3, 0.94)]  # fmt: skip


def ball(side: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Normals (h, w, 3), y up, and the mask of a ball."""
    y, x = np.mgrid[1 : -1 : side * 1j, -1 : 1 : side * 1j]
    z = np.sqrt(np.maximum(1 - x**2 - y**2, 0))
    return np.stack([x, y, z], axis=-1), np.asarray(x**2 + y**2 < 0.95)


def lit(normals: np.ndarray, lights: Lights, gloss: float = 0.0, seed: int = 1) -> np.ndarray:
    """Frames (n, h, w) of a matt ball with Blinn's highlights, attached shadows, noise, 8 bits."""
    rng = np.random.default_rng(seed)
    halfway = lights.directions + np.array([0.0, 0.0, 1.0])
    halfway /= np.linalg.norm(halfway, axis=1)[:, None]
    matt = np.maximum(normals @ lights.directions.T, 0)
    shine = gloss * np.maximum(normals @ halfway.T, 0) ** 40 * (matt > 0)
    frames = (matt + shine).transpose(2, 0, 1) * lights.intensities[:, None, None] * 150 + 2
    return np.clip(np.rint(frames + rng.normal(0, 1, frames.shape)), 0, 255)


def error_deg(found: np.ndarray, true: np.ndarray, mask: np.ndarray) -> float:
    return float(np.degrees(np.arccos(np.clip((found * true).sum(-1), -1, 1)))[mask].mean())


def plain(frames: np.ndarray, lights: Lights) -> np.ndarray:
    scaled = np.linalg.lstsq(lights.directions, frames.reshape(len(frames), -1), rcond=None)[0].T
    return (scaled / np.maximum(np.linalg.norm(scaled, axis=1), 1e-6)[:, None]).reshape(*frames.shape[1:], 3)


def lights_of(directions=RING, intensities=None) -> Lights:
    count = len(directions)
    return Lights(
        tuple(str(i) for i in range(count)),
        np.array(directions, float),
        np.ones(count) if intensities is None else np.array(intensities),
    )


def test_a_matt_ball_is_had_within_two_degrees():
    true, mask = ball()
    found = surface(lit(true, lights_of()), lights_of(), mask)
    assert error_deg(found.normals, true, mask) < 2
    assert found.normals[~mask].max() == 0


def test_highlights_and_shadows_cost_less_than_by_plain_least_squares():
    true, mask = ball()
    frames = lit(true, lights_of(), gloss=0.5)
    frames[3, 10:30, 10:30] = 4  # something stands before one lamp
    robust = error_deg(surface(frames, lights_of(), mask).normals, true, mask)
    assert robust < 0.7 * error_deg(plain(frames, lights_of()), true, mask)
    assert robust < 4


def test_a_dim_lamp_is_found_out_and_put_right():
    true, mask = ball()
    strengths = np.array([1.1, 1, 0.8, 1, 1.05, 1.05, 1, 1, 1, 0.95])
    frames = lit(true, lights_of(intensities=strengths))
    found = surface(frames, lights_of(), mask)
    assert error_deg(found.normals, true, mask) < 0.75 * error_deg(plain(frames, lights_of()), true, mask)
    assert int(np.argmin(np.linalg.norm(found.vectors, axis=1))) == 2


@pytest.mark.parametrize("gamma", [1.0, 1.5, 2.2])
def test_a_cameras_curve_is_told_from_the_stack(gamma):
    true, mask = ball()
    bent = np.rint(255 * (lit(true, lights_of(), gloss=0.3) / 255) ** (1 / gamma))
    assert found_gamma(bent, lights_of(), mask) == gamma


def test_lamps_that_are_not_as_said_are_not_taken_for_a_curve():
    true, mask = ball()
    frames = lit(true, lights_of(intensities=np.array([1.1, 1, 0.85, 1, 1.05, 0.95, 1, 1.1, 0.9, 1])))
    assert found_gamma(frames, lights_of(), mask) == 1


def test_pictures_in_the_alphabets_order_are_found_out():
    true, mask = ball()
    names = [f"ball.{i}.png" for i in range(2, 12)]
    frames = lit(true, lights_of(), gloss=0.3)
    assert not in_alphabet(frames, lights_of(), mask, names)
    alphabetical = np.empty_like(frames)
    alphabetical[sorted(range(10), key=names.__getitem__)] = frames  # light 0 is ball.10.png
    assert in_alphabet(alphabetical, lights_of(), mask, names)
    assert not in_alphabet(alphabetical, lights_of(), mask, [f"ball.{i:02}.png" for i in range(10)])


def test_too_few_lights_tell_no_curve():
    true, mask = ball()
    assert found_gamma(lit(true, lights_of(RING[:5])) ** 0.5, lights_of(RING[:5]), mask) == 1


def test_a_black_background_without_a_mask_costs_little():
    true, mask = ball()
    frames = lit(true, lights_of(), gloss=0.5) * mask + 2 * ~mask
    noisy = np.clip(np.rint(frames + np.random.default_rng(3).normal(0, 1, frames.shape)), 0, 255)
    wide = np.pad(noisy, ((0, 0), (60, 60), (60, 60)), constant_values=1)
    alone = surface(noisy, lights_of(), mask).normals
    found = surface(wide, lights_of(), np.ones(wide.shape[1:], bool)).normals[60:-60, 60:-60]
    assert error_deg(found, true, mask) < error_deg(alone, true, mask) + 0.3


def test_a_flat_object_leaves_the_lights_as_given():
    flat = np.zeros((20, 20, 3))
    flat[..., 2] = 1
    found = surface(lit(flat, lights_of()), lights_of(), np.ones((20, 20), bool))
    assert error_deg(found.normals, flat, np.ones((20, 20), bool)) < 1.5


def test_a_black_stack_and_an_empty_mask_are_refused():
    with pytest.raises(LightError, match="black"):
        surface(np.zeros((10, 8, 8)), lights_of(), np.ones((8, 8), bool))
    with pytest.raises(LightError, match="mask is empty"):
        surface(np.ones((10, 8, 8)), lights_of(), np.zeros((8, 8), bool))


@pytest.mark.parametrize(
    ("directions", "said"),
    [
        ([(0, 0, 1), (1, 0, 1)], "three are the least"),
        ([(0, 0, 1), (1, 0, 1), (0, 0, 0)], "has no direction"),
        ([(0, 0, 1), (1, 0, 1), (-1, 0, 1), (2, 0, 1)], "in one plane"),
        ([(0, 0, 1), (0, 0, 1), (0, 0, 1)], "in one plane"),
        ([(0, 0, 1), (1, 0, 1), (0, float("nan"), 1)], "has no direction"),
    ],
)
def test_lights_that_cannot_do_are_refused(directions, said):
    with pytest.raises(LightError, match=said):
        lights_of(directions)


@pytest.mark.parametrize(
    "text",
    [
        "3\n0 0 1\n1 0 1\n0 1 1\n",
        "name,dx,dy,dz\na,0,0,1\nb,1,0,1\nc,0,1,1\n",
        "# x y z\na 0 0 1 2\nb 1 0 1 2\nc 0 1 1 2\n",
        '{"a": [0, 0, 1], "b": [1, 0, 1], "c": [0, 1, 1]}',
        '{"lights": [{"name": "a", "direction": [0, 0, 1], "intensity": 2}, {"direction": [1, 0, 1], "intensity": 1},'
        ' {"direction": [0, 1, 1], "intensity": 1}]}',
        "[[0, 0, 1], [1, 0, 1], [0, 1, 1]]",
    ],
)
def test_lights_are_read_from_every_kind_of_file(tmp_path, text):
    (tmp_path / "lights.txt").write_text(text)
    lights = read_lights(tmp_path / "lights.txt")
    assert lights.directions[1] == pytest.approx([2**-0.5, 0, 2**-0.5])
    assert lights.directions[2] == pytest.approx([0, 2**-0.5, 2**-0.5])
    assert read_lights(tmp_path / "lights.txt", y_down=True).directions[2, 1] < 0
    assert lights.measured == ("intensity" in text or " 2\n" in text)


@pytest.mark.parametrize("text", ["", "a 0 0 1\nb x y z\n", '{"a": [1, 2]}', "{", "a 0 0 1\na 1 0 1\nc 0 1 1\n"])
def test_a_file_that_holds_no_lights_is_refused(tmp_path, text):
    (tmp_path / "lights.txt").write_text(text)
    with pytest.raises(LightError, match=r"lights\.txt"):
        read_lights(tmp_path / "lights.txt")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": [0, 0, 1], "a": [1, 0, 1], "b": [1, 0, 1], "c": [0, 1, 1]}', "light a is given twice"),
        ('{"a": "001", "b": [1, 0, 1], "c": [0, 1, 1]}', "instead of 3, 4 or 6 numbers"),
        ('{"a": [0, 0, 1, 5], "b": [1, 0, 1], "c": [0, 1, 1]}', "light b has no intensity and others have one"),
        ('{"a": [0, 0, 1], "b": [1, 0, -1], "c": [0, 1, 1]}', "light b stands behind the object"),
        ('{"a": [1e300, 0, 1], "b": [1, 0, 1], "c": [0, 1, 1]}', "no list of lights"),
        ("[" * 100_000, "no list of lights"),
    ],
)
def test_lights_that_say_two_things_are_refused(tmp_path, text, said):
    (tmp_path / "lights.txt").write_text(text)
    with pytest.raises(LightError, match=said):
        read_lights(tmp_path / "lights.txt")


def test_a_mirror_ball_shows_where_the_lights_are():
    y, x = np.mgrid[0:201, 0:201]
    mask = (x - 100) ** 2 + (y - 90) ** 2 <= 80**2
    pictures = []
    for direction in RING[:4]:
        unit = np.array(direction) / np.linalg.norm(direction)
        normal = unit + np.array([0.0, 0.0, 1.0])
        normal /= np.linalg.norm(normal)
        spot = np.exp(-((x - 100 - 80 * normal[0]) ** 2 + (y - 90 + 80 * normal[1]) ** 2) / 8)
        pictures.append(np.clip(spot * 900, 0, 255).astype(np.uint8))
    found = mirror_ball(list("abcd"), pictures, mask)
    true = np.array(RING[:4]) / np.linalg.norm(RING[:4], axis=1)[:, None]
    assert np.abs(found.directions - true).max() < 0.01
    with pytest.raises(LightError, match="light b makes no glint"):
        mirror_ball(list("ab"), [pictures[0], pictures[1] * 0], mask)
    with pytest.raises(LightError, match="no whole disc"):
        mirror_ball(list("a"), pictures[:1], mask & (x < 100))


def test_pictures_are_taken_in_their_natural_order_and_by_name(tmp_path):
    for name in ("cat.10.png", "cat.2.png", "cat.0.png", "cat.mask.png"):
        (tmp_path / name).write_bytes(b"")
    files = frames_of(tmp_path)
    assert [path.name for path in files] == ["cat.0.png", "cat.2.png", "cat.10.png"]
    assert matched(files, ["10", "0", "2"], tmp_path)["10"].name == "cat.10.png"
    assert matched(files, ["a", "b", "c"], tmp_path)["b"].name == "cat.2.png"
    with pytest.raises(LightError, match="light 3 has no picture"):
        matched(files, ["10", "0", "3"], tmp_path)
    with pytest.raises(LightError, match=r"picture cat\.2\.png"):
        matched(files, ["10", "0"], tmp_path)
    with pytest.raises(LightError, match="no folder"):
        frames_of(tmp_path / "none")


def test_gamma_and_depth_come_out_linear():
    assert linear(np.full((2, 2), 65535, np.uint16), 1.0).max() == pytest.approx(255)
    assert linear(np.full((2, 2, 3), 128, np.uint8), 2.0).max() == pytest.approx(64.25, abs=0.1)
