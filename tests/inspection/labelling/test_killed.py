"""kill -9 of a station that labels, with a printer that loses, doubles and lies: the short run of every commit."""

from __future__ import annotations

import os
from pathlib import Path

import label_world
import pytest


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the world forks its stations")
def test_every_case_has_its_one_label_whatever_was_killed(tmp_path: Path) -> None:
    found = label_world.run(tmp_path, cases=40, kills=20, seed=7)
    assert found.columns == {column: [] for column in label_world.COLUMNS}, found.told
