"""A hundred thousand records go out in the memory ten thousand need, in every format.

`make soak`. SHELLMARK_EXPORT_RECORDS changes how many.
"""

# ruff: noqa: T201 - the figures are printed for whoever runs it
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from many_records import fill

RECORDS = int(os.environ.get("SHELLMARK_EXPORT_RECORDS", "100000"))
MOST_GROWTH_MB = 16.0
"""What ten times the records may cost: 90,000 of them kept by mistake at 1 kB each would be 90 MB."""

CHILD = """
import json, resource, sys
from shellmark_inspect.app.cli import app
app(sys.argv[1:], standalone_mode=False)
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""


def export(kind: str, data: Path, file: Path) -> tuple[float, float, float]:
    """Peak memory (MB), seconds and file size (MB) of an export in a process of its own."""
    options = ["--host", "id.example.cn", "--offset", "+08:00"] if kind == "epcis" else []
    command = [sys.executable, "-c", CHILD, "export", kind, str(file), "--data", str(data), *options]
    began = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1]), time.perf_counter() - began, file.stat().st_size / 1e6


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_memory_does_not_grow_with_the_records(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    for folder, count in ((few, RECORDS // 10), (many, RECORDS)):
        folder.mkdir()
        fill(folder, count)
    for kind in ("csv", "jsonl", "xlsx", "epcis"):
        small, _, _ = export(kind, few, tmp_path / f"few.{kind}")
        peak, seconds, size = export(kind, many, tmp_path / f"many.{kind}")
        print(f"{kind:6} {RECORDS} records: {small:.0f} -> {peak:.0f} MB, {seconds:.0f} s, file {size:.0f} MB")
        assert peak - small < MOST_GROWTH_MB, kind
    assert len((tmp_path / "many.csv").read_text("utf-8-sig").splitlines()) == RECORDS + 1
