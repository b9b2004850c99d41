"""Collect the screen's texts into the .ts file, and compile it: `python gui/translations.py collect | compile`.

Collecting is PyQt6's own pylupdate6. Compiling needs Qt's lrelease, which PyQt6 does not bring: Debian's qt6-l10n-tools
or the package pyside6-essentials have it (`--lrelease PATH`). The compiled .qm is committed, so nobody needs it to
install or test; tests/gui/test_language.py fails when it no longer holds what the .ts holds.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from PyQt6.lupdate import lupdate

SOURCES = Path(__file__).parent / "shellmark_gui"
TEXT = SOURCES / "text" / "shellmark_zh.ts"
LRELEASE = ("lrelease", "/usr/lib/qt6/bin/lrelease", "pyside6-lrelease", "lrelease-qt6")


def collect(ts: Path = TEXT) -> None:
    """Bring the .ts up to the sources; texts nobody uses any more leave it."""
    lupdate([str(path) for path in sorted(SOURCES.rglob("*.py"))], [str(ts)], no_obsolete=True)


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
