from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_inspect.cameras import read_still
from shellmark_inspect.errors import BadFrame

from .stills import cmyk_jpeg, cut, picture, write


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
@pytest.mark.parametrize("colour", [True, False])
def test_a_lossless_still_comes_back_as_it_was(tmp_path: Path, suffix: str, colour: bool) -> None:
    pixels = picture(1, colour=colour)
    assert np.array_equal(read_still(write(tmp_path / f"a{suffix}", pixels)), pixels)


@pytest.mark.parametrize("options", [[], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]])
def test_every_sort_of_jpeg_is_read(tmp_path: Path, options: list[int]) -> None:
    pixels = picture(2, 320, 240)
    assert cv2.imwrite(str(tmp_path / "a.jpg"), pixels, options)
    assert read_still(tmp_path / "a.jpg").shape == pixels.shape


def test_a_jpeg_with_a_thumbnail_inside_is_whole_only_with_its_own_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jpg", picture(3, 320, 240))
    data, thumbnail = path.read_bytes(), write(tmp_path / "t.jpg", picture(4, 32, 24)).read_bytes()
    exif = b"Exif\0\0" + thumbnail
    with_exif = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    path.write_bytes(with_exif)
    assert read_still(path).shape == (240, 320, 3)
    path.write_bytes(with_exif[:-500])
    with pytest.raises(BadFrame, match="truncated"):
        read_still(path)


def _sixteen_bit(path: Path) -> None:
    write(path, picture(5).astype(np.uint16) * 257)


def _transparent(path: Path) -> None:
    write(path, np.dstack([picture(6), np.full((48, 64), 255, np.uint8)]))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("this is no picture")


def _truncated(path: Path) -> None:
    cut(write(path, picture(7, 320, 240)))


def _without_its_last_byte(path: Path) -> None:
    cut(write(path, picture(7, 320, 240)), 0.9999)


def _cmyk(path: Path) -> None:
    cmyk_jpeg(write(path, picture(8)))


def _flipped_bit(path: Path) -> None:
    data = bytearray(write(path, picture(9, 320, 240)).read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("a.jpg", _empty, r"empty \(0 bytes\): copy"),
        ("a.jpg", _text, "no JPEG, PNG, BMP or TIFF: save"),
        ("a.jpg", _truncated, "truncated .*: copy"),
        ("a.jpg", _without_its_last_byte, "truncated .*: copy"),
        ("a.png", _truncated, "truncated .*: copy"),
        ("a.png", _without_its_last_byte, "truncated .*: copy"),
        ("a.bmp", _truncated, "truncated .*: copy"),
        ("a.tif", _truncated, "torn|cannot be decoded"),
        ("a.png", _flipped_bit, "check sum is wrong.*: copy"),
        ("a.png", _sixteen_bit, "16 bits per channel: save it with 8"),
        ("a.tif", _sixteen_bit, "16 bits per channel: save it with 8"),
        ("a.png", _transparent, "transparency.*: save"),
        ("a.jpg", _cmyk, "CMYK: save it as RGB"),
    ],
)
def test_a_bad_still_is_refused_with_its_name_and_the_mend(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(tmp_path / name)
    with pytest.raises(BadFrame, match=says) as caught:
        read_still(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_missing_still_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFrame, match=r"gone\.png cannot be read"):
        read_still(tmp_path / "gone.png")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif"])
def test_no_cut_of_a_file_passes_for_whole(tmp_path: Path, suffix: str) -> None:
    whole = write(tmp_path / f"a{suffix}", picture(10, 24, 16)).read_bytes()
    path = tmp_path / f"b{suffix}"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BadFrame):
            read_still(path)
