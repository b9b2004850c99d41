"""Collect the screen's texts into the .ts file, and compile it: `python gui/translations.py collect | compile`.

Collecting is PyQt6's own pylupdate6. Compiling needs Qt's lrelease, which PyQt6 does not bring: Debian's qt6-l10n-tools
or the package pyside6-essentials have it (`--lrelease PATH`). The compiled .qm is committed, so nobody needs it to
install or test; tests/gui/test_language.py fails when it no longer holds what the .ts holds.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

from PyQt6.lupdate import lupdate

SOURCES = Path(__file__).parent / "shellmark_gui"
TEXT = SOURCES / "text" / "shellmark_zh.ts"
ROOT = Path(__file__).parents[1]
STATION = ROOT / "inspect" / "shellmark_inspect"
CONTEXT = "station"
LINES = ("Said", "mapped", "_write")
"""Calls whose first argument is a line of the station, or a part of one: what the records were doing."""

_CAMERA = ("CameraError", "CameraLost", "FrameTimeout", "BadFrame", "StaleFrame", "SourceEnded")
_RECORDS = ("InputError", "WrongState", "RecordsError", "StorageFull", "DatabaseInUse", "Moved")
ERRORS = {
    "inspect/shellmark_inspect/cameras": _CAMERA,
    "inspect/shellmark_inspect/loop": (*_CAMERA, "NotReady"),
    "inspect/shellmark_inspect/labelling": ("InputError", "WrongState", "PrinterError"),
    "inspect/shellmark_inspect/steps": ("StepError", "NotAligned"),
    "inspect/shellmark_inspect/inspector.py": ("StepError",),
    "inspect/shellmark_inspect/station/checks.py": ("InputError",),
    "inspect/shellmark_inspect/station/station.py": (*_CAMERA, "InputError", "NotReady"),
    "inspect/shellmark_inspect/station/label_desk.py": (*_CAMERA, "InputError"),
    **{
        f"inspect/shellmark_inspect/records/{name}.py": _RECORDS
        for name in ("checks", "codes", "database", "labels", "life", "lock", "pictures", "stock", "writer")
    },
    "inspect/shellmark_trace/printers/files.py": ("PrinterError",),
    "inspect/shellmark_trace/printers/zebra.py": ("PrinterError",),
    **{
        f"inspect/shellmark_trace/labels/{name}.py": ("LabelError",)
        for name in ("drawing", "fonts", "symbol", "template")
    },
    "calibration/shellmark_calibration/lamps.py": ("LightError",),
    "calibration/shellmark_calibration/tile.py": ("LightError",),
}
"""The rooms whose errors a line inspector can meet, and which: labels, cameras, pictures, storage, daily checks."""

LRELEASE = ("lrelease", "/usr/lib/qt6/bin/lrelease", "pyside6-lrelease", "lrelease-qt6")


def collect(ts: Path = TEXT) -> None:
    """Bring the .ts up to the sources, the screen's and the station's; texts nobody uses any more leave it."""
    with TemporaryDirectory() as folder:
        lines = Path(folder) / "station_lines.py"
        marked = [f"QT_TRANSLATE_NOOP({CONTEXT!r}, {sentence!r})\n" for sentence in sorted(sentences())]
        lines.write_text("".join(marked), "utf-8")
        lupdate([*(str(path) for path in sorted(SOURCES.rglob("*.py"))), str(lines)], [str(ts)], no_obsolete=True)
    kept = [line for line in ts.read_text("utf-8").splitlines(keepends=True) if lines.name not in line]
    ts.write_text("".join(kept), "utf-8")


def sentences() -> set[str]:
    """What the station can say on the screen: every `Said`, and every error of the rooms an inspector meets."""
    found = {text for path in station_sources() for text in _said_in(ast.parse(path.read_text("utf-8")), path)}
    return {text for text in found if any(part.strip(" :;,()") for part, *_ in Formatter().parse(text))}


def station_sources() -> list[Path]:
    """The sources of the station, without its command line."""
    return [path for path in sorted(STATION.rglob("*.py")) if "app" not in path.parts] + [
        path for room in ERRORS for path in (sorted((ROOT / room).rglob("*.py")) or [ROOT / room])
    ]


def told_errors(tree: ast.AST, path: Path) -> Iterator[ast.Call]:
    """The calls that build an error which may come on the screen."""
    room = path.relative_to(ROOT).as_posix()
    kinds = {kind for prefix, kinds in ERRORS.items() if room.startswith(prefix) for kind in kinds}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
            yield node


def _said_in(tree: ast.AST, path: Path) -> Iterator[str]:
    calls = list(told_errors(tree, path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            calls += [node] if name in LINES else []
    for call in calls:
        if call.args and isinstance(first := call.args[0], ast.Constant) and isinstance(first.value, str):
            yield first.value


def compile_text(lrelease: str | None = None) -> int:
    """Compile the .ts into the .qm beside it; returns the exit code."""
    tool = lrelease or next((found for name in LRELEASE if (found := shutil.which(name))), None)
    if tool is None:
        print("lrelease is missing: install qt6-l10n-tools, or give --lrelease PATH", file=sys.stderr)  # noqa: T201
        return 2
    return subprocess.run([tool, str(TEXT), "-qm", str(TEXT.with_suffix(".qm"))], check=False).returncode


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("collect", "compile"))
    parser.add_argument("--lrelease")
    arguments = parser.parse_args()
    if arguments.what == "collect":
        collect()
        return 0
    return compile_text(arguments.lrelease)


if __name__ == "__main__":
    sys.exit(main())
