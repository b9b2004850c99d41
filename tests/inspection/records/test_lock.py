"""One station at a time, held against other processes and let go when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shellmark_inspect.errors import DatabaseInUse
from shellmark_inspect.records import RecordReader, Records

STATION = """
import sys
from pathlib import Path
from shellmark_inspect.errors import DatabaseInUse
from shellmark_inspect.records import Records
folder = Path(sys.argv[1])
try:
    records = Records.open(folder / "r.db", folder / "i", station=sys.argv[2], host="x.cn")
except DatabaseInUse as e:
    print("refused:", e, flush=True)
    sys.exit(3)
print("ready", flush=True)
sys.stdin.read()
"""


def start(folder: Path, station: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", STATION, str(folder), station]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_second_process_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    with start(tmp_path, "st01") as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        with start(tmp_path, "st02") as second:
            said, _ = second.communicate()
        assert second.returncode == 3
        assert "station st01" in said
        assert f"process {first.pid}" in said
        assert len(said.splitlines()) == 1
        RecordReader(tmp_path / "r.db", tmp_path / "i").close()  # readers are always welcome
        os.kill(first.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        first.wait()
    Records.open(tmp_path / "r.db", tmp_path / "i", station="st03", host="x.cn").close()


def test_a_holder_that_left_no_name_is_still_refused(tmp_path: Path) -> None:
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    (tmp_path / "r.db.holder").write_text("[")
    with pytest.raises(DatabaseInUse, match="another process"):
        Records.open(tmp_path / "r.db", tmp_path / "i", station="st02", host="x.cn")
    records.close()
