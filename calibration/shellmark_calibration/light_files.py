"""Files of lights as people write them: JSON, NumPy, or lines with or without names, head and intensities."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .errors import LightError
from .lights import Lights

FILE_NAMES, INTENSITIES = "filenames.txt", "light_intensities.txt"
"""What may lie beside a file of bare directions: the pictures' names and the lights' intensities, a line each."""
MOST = 1e9
UNIT = 0.02
"""How far from 1 the length of a direction in a table that stands on its side may be."""
KEYS = {
    "name": ("name", "light", "file", "filename", "file_name", "image", "picture", "id"),
    "direction": ("direction", "dir", "vector", "xyz", "position"),
    "intensity": ("intensity", "level", "brightness", "strength", "intensity_rgb"),
    "x": ("x", "dx", "lx", "dir_x", "direction_x"),
    "y": ("y", "dy", "ly", "dir_y", "direction_y"),
    "z": ("z", "dz", "lz", "dir_z", "direction_z"),
}
"""What a column's head or a JSON key may be called, in lower case."""
Row = tuple[str | None, list[float]]
"""A light's name (None: nobody named it), and its direction with its intensity last where given."""


def read_lights(path: Path, *, y_down: bool = False) -> Lights:
    """The lights in a file: JSON, NumPy's .npy, or lines parted by spaces, tabs, commas or semicolons.

    A line is `[name] dx dy dz [intensity]`, the intensity one number or three (RGB, whose mean counts); a line of one
    whole number (a count) and `#` lines are passed over; a head names columns in any order. Four bare numbers are a
    name and a direction where the first are different whole numbers, else a direction and an intensity. Three lines of
    many numbers are a table on its side. JSON is {name: [dx, dy, dz]}, {name: {"direction", "intensity"}}, a list of
    either, {"lights": any of these}, or {"directions", "filenames", "intensities"}. Lights nobody named take the names
    of a `filenames.txt` beside the file, and lights without intensities those of a `light_intensities.txt`.
    `y_down` turns the sign of dy.

    Raises:
        LightError: the file is missing, a line or an entry is no light, or a file beside it has another count.
    """
    rows = _beside(path, _rows(path))
    if not rows:
        raise LightError(f"lights {path}: it holds no light: write a line name dx dy dz for each")
    names = [str(i) if name is None else name for i, (name, _) in enumerate(rows)]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise LightError(f"lights {path}: light {doubled[0]} is given twice: take one out")
    turn = -1.0 if y_down else 1.0
    known = len(rows[0][1]) == 4
    for name, (_, numbers) in zip(names, rows, strict=True):
        if (len(numbers) == 4) != known:
            one, others = ("has an intensity", "have none") if len(numbers) == 4 else ("has no intensity", "have one")
            raise LightError(f"lights {path}: light {name} {one} and others {others}: give all or none")
        if numbers[2] < 0:
            raise LightError(f"lights {path}: light {name} stands behind the object: z is to the camera, mend its sign")
    try:
        return Lights(
            tuple(names),
            np.array([numbers[:3] for _, numbers in rows], np.float64) * [1.0, turn, 1.0],
            np.array([numbers[3] if known else 1.0 for _, numbers in rows], np.float64),
            measured=known,
            named=all(name is not None for name, _ in rows),
        )
    except LightError as e:
        raise LightError(f"lights {path}: {e}") from e


def _rows(path: Path) -> list[Row]:
    try:
        if path.suffix.lower() == ".npy":
            return _of_array(np.load(path, allow_pickle=False))
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as e:
        raise LightError(f"lights {path} cannot be read: {e}: give a JSON, CSV, text or NumPy file") from e
    if text.lstrip().startswith(("{", "[{", "[[", "[\n", "[ ")):
        return _of_json(path, text)
    return _of_lines(path, text)


def _of_array(values: np.ndarray[Any, Any]) -> list[Row]:
    if values.ndim != 2 or (values.shape[1] not in {3, 4, 6} and values.shape[0] != 3):
        raise ValueError(f"an array of shape {values.shape} is no lights: give (n, 3)")
    rows = values if values.shape[1] in {3, 4, 6} else values.T
    return [(None, _numbers(row)) for row in rows.tolist()]


def _numbers(values: Any) -> list[float]:
    """A direction, and one intensity where there is one or where there are three."""
    if isinstance(values, str):
        raise ValueError(f"a text, {values[:20]!r}, instead of 3, 4 or 6 numbers")  # noqa: TRY004 - the file's value
    numbers = [float(value) for value in values]
    if any(abs(number) > MOST for number in numbers):
        raise ValueError(f"a number beyond {MOST:g}")
    if len(numbers) not in {3, 4, 6}:
        raise ValueError(f"{len(numbers)} numbers instead of 3, 4 or 6")
    return [*numbers[:3], float(np.mean(numbers[3:]))] if len(numbers) > 3 else numbers


def _of_json(path: Path, text: str) -> list[Row]:
    try:
        whole = json.loads(text, object_pairs_hook=_once)
        if isinstance(whole, dict) and isinstance(whole.get("directions"), list):
            return _of_columns(whole)
        entries = whole.get("lights", whole) if isinstance(whole, dict) else whole
        if isinstance(entries, dict):
            return [(str(name), _of_entry(value)[1]) for name, value in entries.items()]
        return [_of_entry(entry) for entry in entries]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as e:
        raise LightError(f"lights {path}: no list of lights ({e}): give {{name: [dx, dy, dz]}}") from e


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys are all different; JSON itself takes the last of two."""
    names = [name for name, _ in pairs]
    if doubled := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"light {doubled[0]} is given twice")
    return dict(pairs)


def _of_columns(whole: Mapping[str, Any]) -> list[Row]:
    directions = whole["directions"]
    names = whole.get("filenames") or whole.get("names") or [None] * len(directions)
    levels = whole.get("intensities") or [[]] * len(directions)
    return [
        (None if name is None else str(name), _numbers([*direction, *_listed(level)]))
        for name, direction, level in zip(names, directions, levels, strict=True)
    ]


def _of_entry(entry: Any) -> Row:
    if not isinstance(entry, dict):
        return None, _numbers(entry)
    values = {str(key).lower(): value for key, value in entry.items()}
    name, level = _value(values, "name"), _value(values, "intensity")
    direction = _value(values, "direction")
    if direction is None:
        direction = [_value(values, axis) for axis in "xyz"]
    if isinstance(direction, dict):
        direction = [direction[axis] for axis in "xyz"]
    return None if name is None else str(name), _numbers([*direction, *_listed(level)])


def _value(values: Mapping[str, Any], what: str) -> Any:
    return next((values[key] for key in KEYS[what] if values.get(key) is not None), None)


def _listed(level: Any) -> list[Any]:
    return [] if level is None else list(level) if isinstance(level, (list, tuple)) else [level]


def _of_lines(path: Path, text: str) -> list[Row]:
    lines = [(number, _words(line)) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(n, words) for n, words in lines if words and not (len(words) == 1 and words[0].isdigit())]
    head = _head(lines[0][1]) if lines else None
    if head is not None:
        return [_of_named_columns(path, n, words, head) for n, words in lines[1:]]
    if (turned := _on_its_side([words for _, words in lines])) is not None:
        return turned
    first_is_name = _first_is_name([words for _, words in lines])
    rows: list[Row] = []
    for number, words in lines:
        try:
            named = first_is_name or not _is_number(words[0])
            rows.append((words[0], _numbers(words[1:])) if named else (None, _numbers(words)))
        except ValueError as e:
            if number == lines[0][0] and not any(_is_number(word) for word in words):
                continue  # a head of its own kind
            raise LightError(
                f"lights {path}, line {number}: no light in {' '.join(words)[:60]!r}: write name dx dy dz"
            ) from e
    return rows


def _words(line: str) -> list[str]:
    return re.sub(r"[,;\[\]()\"']", " ", line.split("#", 1)[0]).split()


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _head(words: Sequence[str]) -> dict[str, list[int]] | None:
    """Which columns hold what, None where the line is no head with x, y and z."""
    found: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        plain = word.lower()
        kind = next((kind for kind, keys in KEYS.items() if plain in keys), None)
        kind = "intensity" if kind is None and re.fullmatch(r"(intensity_?|i)?[rgb]|intensity.*", plain) else kind
        if kind is not None:
            found.setdefault(kind, []).append(i)
    return found if {"x", "y", "z"} <= found.keys() else None


def _of_named_columns(path: Path, number: int, words: Sequence[str], head: Mapping[str, list[int]]) -> Row:
    columns = [head["x"][0], head["y"][0], head["z"][0], *head.get("intensity", [])]
    try:
        name = words[head["name"][0]] if "name" in head else None
        return name, _numbers([words[i] for i in columns])
    except (ValueError, IndexError) as e:
        raise LightError(
            f"lights {path}, line {number}: no light in {' '.join(words)[:60]!r}: fill every column of the head"
        ) from e


def _on_its_side(lines: Sequence[Sequence[str]]) -> list[Row] | None:
    """The lights of three lines of five numbers or more that are directions when read downwards; None when not."""
    counts = {len(words) for words in lines}
    if len(lines) != 3 or len(counts) != 1 or counts.pop() < 5 or not all(_is_number(w) for row in lines for w in row):
        return None
    columns = np.array(lines, np.float64).T
    if np.abs(np.linalg.norm(columns, axis=1) - 1).max() > UNIT:
        return None
    return [(None, column.tolist()) for column in columns]


def _first_is_name(lines: Sequence[Sequence[str]]) -> bool:
    """Whether numbers come first that are names: a number too many for a direction, and different whole ones."""
    if not lines or any(len(words) not in {4, 5, 7} for words in lines):
        return False
    firsts = [words[0] for words in lines]
    return all(first.isdigit() for first in firsts) and len(set(firsts)) == len(firsts)


def _beside(path: Path, rows: list[Row]) -> list[Row]:
    """Names and intensities from the files beside, where the lights' own file gives none."""
    if rows and all(name is None for name, _ in rows) and (names := _lines_beside(path, FILE_NAMES, len(rows))):
        rows = [(name, numbers) for name, (_, numbers) in zip(names, rows, strict=True)]
    if all(len(numbers) == 3 for _, numbers in rows) and (lines := _lines_beside(path, INTENSITIES, len(rows))):
        try:
            levels = [float(np.mean([float(word) for word in _words(line)])) for line in lines]
        except ValueError as e:
            raise LightError(f"{path.parent / INTENSITIES}: {e}: give a number, or three, a line") from e
        rows = [(name, [*numbers, level]) for (name, numbers), level in zip(rows, levels, strict=True)]
    return rows


def _lines_beside(path: Path, name: str, count: int) -> list[str]:
    file = path.parent / name
    if file == path or not file.is_file():
        return []
    lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    if len(lines) != count:
        raise LightError(f"{file} has {len(lines)} lines, {path.name} {count} lights: make them alike, or move it away")
    return lines
