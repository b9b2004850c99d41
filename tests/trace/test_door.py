"""What the room shows and what it must not know."""

import subprocess
import sys
from types import ModuleType

import shellmark_trace


def test_the_door_is_what_it_says() -> None:
    public = {n for n, value in vars(shellmark_trace).items() if n[0] != "_" and not isinstance(value, ModuleType)}
    assert public == set(shellmark_trace.__all__)


def test_the_room_knows_neither_station_nor_models_nor_qt() -> None:
    forbidden = ["PyQt6", "cv2", "sqlalchemy", "onnxruntime", "shellmark_inspect", "shellmark_models"]
    code = f"import sys, shellmark_trace; print([m for m in {forbidden} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
