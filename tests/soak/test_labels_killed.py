"""A thousand cases, six hundred kills, a printer that loses, doubles and lies: no label in doubt.

`make soak`. SHELLMARK_LABEL_CASES and SHELLMARK_LABEL_KILLS change how many.
"""

# ruff: noqa: T201 - the table is printed for whoever runs it
from __future__ import annotations

import os
from pathlib import Path

import label_world
import pytest

CASES = int(os.environ.get("SHELLMARK_LABEL_CASES", "1000"))
KILLS = int(os.environ.get("SHELLMARK_LABEL_KILLS", "600"))


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the world forks its stations")
def test_a_thousand_cases_and_six_hundred_kills(tmp_path: Path) -> None:
    found = label_world.run(tmp_path, CASES, KILLS, seed=5)
    columns = ", ".join(f"{name} {len(what)}" for name, what in found.columns.items())
    print(f"\n{CASES} cases, {KILLS} kills: {columns}")
    print("  " + ", ".join(f"{name} {value}" for name, value in sorted(found.told.items())))
    assert found.columns == {column: [] for column in label_world.COLUMNS}
