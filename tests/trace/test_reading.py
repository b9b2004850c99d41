"""Files people name: what never ends, never begins or cannot be a file is refused, and no text holds a NUL."""

from __future__ import annotations

import os
import socket
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from shellmark_trace.reading import MOST_TOML_BYTES, read_file, read_toml


def endless(_folder: Path) -> Path:
    return Path("/dev/zero")


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def door(folder: Path) -> Path:
    path = folder / "door"
    with closing(socket.socket(socket.AF_UNIX)) as one:
        one.bind(str(path))
    return path


def link_to_endless(folder: Path) -> Path:
    (folder / "link").symlink_to("/dev/zero")
    return folder / "link"


def nul(folder: Path) -> Path:
    return folder / "a\0b"


def folder_itself(folder: Path) -> Path:
    return folder


SPECIAL = (endless, pipe, door, link_to_endless)


@pytest.mark.parametrize("make", [*SPECIAL, nul, folder_itself])
@pytest.mark.parametrize("read", [read_file, read_toml])
def test_what_is_no_file_is_refused_without_waiting(
    tmp_path: Path, make: Callable[[Path], Path], read: Callable[[Path], object]
) -> None:
    says = {nul: "NUL", folder_itself: "directory"}.get(make, "a device or a pipe, no file")
    with pytest.raises(OSError, match=says) as refused:
        read(make(tmp_path))
    assert refused.value.strerror is not None
    assert "\n" not in refused.value.strerror


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read_file(path, 10) == b"x" * 10
    with pytest.raises(OSError, match="more than 9 bytes"):
        read_file(path, 9)
    path.write_bytes(b"#" * (MOST_TOML_BYTES + 1))
    with pytest.raises(OSError, match="more than 1048576 bytes"):
        read_toml(path)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('a = "x\\u0000y"', "a holds a NUL"),
        ('[label.printer]\nhost = "h\\u0000"', "label.printer.host holds a NUL"),
        ('recipes = ["a", "b\\u0000"]', "recipes holds a NUL"),
        ('[[log.witnesses]]\nkey = "\\u0000"', "log.witnesses.key holds a NUL"),
        ('[outputs]\n"a\\u0000" = 1', "outputs holds a NUL"),
        ('"\\u0000" = 1', "a name holds a NUL"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deep"),
        (".".join(["a"] * 5000) + " = 1", "nested too deep"),
        ("a = \0", "at line 1"),
    ],
)
def test_a_toml_file_holds_no_nul_and_is_not_nested_beyond_reading(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(tomllib.TOMLDecodeError, match=says):
        read_toml(tmp_path / "a.toml")


def test_a_toml_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('a = "一"\n[b]\nc = [1, "2"]')
    assert read_toml(tmp_path / "a.toml") == {"a": "一", "b": {"c": [1, "2"]}}
