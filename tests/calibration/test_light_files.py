"""Files of lights as strangers write them, and pictures as they lie beside them."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from shellmark_calibration import LightError, read_lights
from shellmark_calibration.stack import frames_of, linear, mask_of, matched, read_mask, read_stack, white_of

WANTED = np.array([[0, 0, 1], [0.6, 0, 0.8], [0, 0.6, 0.8], [-0.6, 0, 0.8], [0, -0.6, 0.8]])
BARE = "".join(f"{x} {y} {z}\n" for x, y, z in WANTED)
NAMED = [("a.png", *WANTED[0]), ("b.png", *WANTED[1]), ("c.png", *WANTED[2]), ("d.png", *WANTED[3]),
         ("e.png", *WANTED[4])]  # fmt: skip


def lines(pattern: str) -> str:
    return "".join(pattern.format(i=i, n=n, x=x, y=y, z=z) + "\n" for i, (n, x, y, z) in enumerate(NAMED))


TEXTS = {
    "bare": (BARE, False, False),
    "count": ("5\n" + BARE, False, False),
    "comma": (BARE.replace(" ", ", "), False, False),
    "brackets": (lines("[{x}, {y}, {z}]"), False, False),
    "tabs": (lines("{n}\t{x}\t{y}\t{z}"), True, False),
    "head": ("filename,x,y,z\n" + lines("{n},{x},{y},{z}"), True, False),
    "quoted head": ('"image";"lx";"ly";"lz"\n' + lines('"{n}";{x};{y};{z}'), True, False),
    "other order": ("z,y,x,light,intensity\n" + lines("{z},{y},{x},{n},2.5"), True, True),
    "rgb head": ("name,x,y,z,r,g,b\n" + lines("{n},{x},{y},{z},2,2.5,3"), True, True),
    "bare rgb": (lines("{x} {y} {z} 2 2.5 3"), False, True),
    "named rgb": (lines("{n} {x} {y} {z} 2 2.5 3"), True, True),
    "whole numbers first": (lines("{i} {x} {y} {z}"), True, False),
    "intensity last": (lines("{x} {y} {z} 2.5"), False, True),
    "strange head": ("which where how far\n" + lines("{n} {x} {y} {z}"), True, False),
    "on its side": ("\n".join(" ".join(str(v) for v in row) for row in WANTED.T), False, False),
    "windows": ("\ufeff" + BARE.replace("\n", "\r\n"), False, False),
    "json by name": (json.dumps({n: [x, y, z] for n, x, y, z in NAMED}), True, False),
    "json entries by name": (
        json.dumps({n: {"direction": [x, y, z], "intensity": 2.5} for n, x, y, z in NAMED}),
        True,
        True,
    ),
    "json files": (
        json.dumps({"lights": [{"file": n, "x": x, "y": y, "z": z, "intensity": [2, 2.5, 3]} for n, x, y, z in NAMED]}),
        True,
        True,
    ),
    "json list": (json.dumps(WANTED.tolist(), indent=1), False, False),
    "json columns": (
        json.dumps({"directions": WANTED.tolist(), "filenames": [n for n, *_ in NAMED], "intensities": [2.5] * 5}),
        True,
        True,
    ),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_lights_are_read_as_strangers_write_them(tmp_path, kind):
    text, named, measured = TEXTS[kind]
    (tmp_path / "lights.txt").write_text(text, "utf-8")
    found = read_lights(tmp_path / "lights.txt")
    assert found.directions == pytest.approx(WANTED)
    assert (found.named, found.measured) == (named, measured)
    assert not measured or found.intensities == pytest.approx(np.full(5, 2.5))
    assert not named or found.names in {tuple(n for n, *_ in NAMED), tuple("01234")}


@pytest.mark.parametrize("values", [WANTED, WANTED.T, np.hstack([WANTED, np.full((5, 1), 2.0)])])
def test_lights_are_read_from_numpy(tmp_path, values):
    np.save(tmp_path / "lights.npy", values)
    found = read_lights(tmp_path / "lights.npy")
    assert found.directions == pytest.approx(WANTED)
    assert found.measured == (values.shape == (5, 4))


def test_names_and_intensities_are_taken_from_the_files_beside(tmp_path):
    (tmp_path / "light_directions.txt").write_text(BARE)
    (tmp_path / "filenames.txt").write_text("".join(f"{n}\n" for n, *_ in NAMED))
    (tmp_path / "light_intensities.txt").write_text("1 2 3\n" * 4 + "2 4 6\n")
    found = read_lights(tmp_path / "light_directions.txt")
    assert found.names == ("a.png", "b.png", "c.png", "d.png", "e.png")
    assert found.intensities.tolist() == [2, 2, 2, 2, 4]
    assert found.named
    assert found.measured
    (tmp_path / "filenames.txt").write_text("a.png\n")
    with pytest.raises(LightError, match=r"filenames\.txt has 1 lines, light_directions\.txt 5 lights"):
        read_lights(tmp_path / "light_directions.txt")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no light"),
        ("name,x,y,z\na,0,0\n", "line 2: no light in 'a 0 0'"),
        ("a 0 0 1\nb one 0 1\nc 0 1 1\n", "line 2"),
        ("0 0 1\n1 0\n0 1 1\n", "line 2"),
        ('{"lights": [{"name": "a"}]}', "no list of lights"),
        ('{"directions": [[0, 0, 1]], "filenames": ["a", "b"]}', "no list of lights"),
        ('[["a", 0, 0, 1]]', "no list of lights"),
    ],
)
def test_what_is_no_light_is_said_where(tmp_path, text, said):
    (tmp_path / "lights.txt").write_text(text)
    with pytest.raises(LightError, match=said):
        read_lights(tmp_path / "lights.txt")


def test_an_array_of_another_kind_is_refused(tmp_path):
    np.save(tmp_path / "lights.npy", np.zeros((5, 2)))
    with pytest.raises(LightError, match="shape"):
        read_lights(tmp_path / "lights.npy")


def folder_of(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"")
    return frames_of(tmp_path)


def test_names_fit_pictures_whatever_their_folder_capitals_ending_and_zeros(tmp_path):
    files = folder_of(tmp_path, ["IMG_001.PNG", "IMG_002.PNG", "IMG_010.PNG", "mask.png", "Normal_gt.png"])
    for names in (["img/IMG_001.png", "img/IMG_002.png", "img/IMG_010.png"], ["1", "2", "10"], ["img_001.jpg",
                  "img_002.jpg", "img_010.jpg"], ["001", "002", "010"]):  # fmt: skip
        assert [path.name for path in matched(files, names, tmp_path).values()] == [path.name for path in files]
    with pytest.raises(LightError, match="both"):
        matched(files, ["1", "2", "10", "010"], tmp_path)


def test_lights_nobody_named_are_taken_in_the_pictures_order(tmp_path):
    files = folder_of(tmp_path, ["1.png", "2.png", "10.png"])
    assert [path.name for path in matched(files, ["0", "1", "2"], tmp_path, named=False).values()] == [
        "1.png", "2.png", "10.png"]  # fmt: skip
    with pytest.raises(LightError, match="2 lights without names, 3 pictures"):
        matched(files, ["0", "1"], tmp_path, named=False)


def test_a_mask_is_found_among_masks_and_read_whatever_its_white(tmp_path):
    for name in ("mask.png", "eye_mask.png"):
        cv2.imwrite(str(tmp_path / name), np.eye(4, dtype=np.uint8))
    assert mask_of(tmp_path) == tmp_path / "mask.png"
    assert (read_mask(tmp_path / "mask.png", (4, 4)) == np.eye(4, dtype=bool)).all()


def test_a_camera_of_twelve_bits_ends_at_its_own_white(tmp_path):
    frame = np.linspace(0, 4000, 64).astype(np.uint16).reshape(8, 8)
    cv2.imwrite(str(tmp_path / "a.png"), frame)
    stack = read_stack({"a": tmp_path / "a.png"})
    assert white_of(list(stack.values())) == 4095
    assert linear(stack["a"], 1.0, 4095).max() == pytest.approx(249, abs=0.2)
    assert white_of([frame * 16]) == 65535
    assert white_of([frame.astype(np.uint8)]) == 255
