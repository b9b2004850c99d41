"""The doors of the rooms about keys, and what they must not know."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

ROOMS = ["keys", "signed", "manifest", "dealer"]


@pytest.mark.parametrize("room", ROOMS)
def test_the_door_is_what_it_says(room: str) -> None:
    door = importlib.import_module(f"shellmark_trace.{room}")
    members = vars(door).items()
    public = {name for name, value in members if not name.startswith("_") and not isinstance(value, ModuleType)}
    assert public == set(door.__all__)
    assert len(door.__all__) == len(set(door.__all__))


def test_the_rooms_know_neither_station_nor_web_nor_sql() -> None:
    forbidden = [
        "PyQt6",
        "cv2",
        "sqlalchemy",
        "fastapi",
        "starlette",
        "onnxruntime",
        "shellmark_inspect",
        "shellmark_models",
    ]
    code = f"import sys, shellmark_trace.dealer; print([m for m in {forbidden} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
