"""Six processes meet the same cases: every case has exactly one live code, whoever was quicker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

SCRIPT = Path(__file__).with_name("race_station.py")
STATIONS = 6

long = [pytest.mark.soak, pytest.mark.timeout(1800)]


def start(bench: Any, station: int, cases: int, gate: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), bench.url, str(bench.images), f"st{station:02}", str(cases), gate]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def check(bench: Any, cases: int) -> None:
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    live = "state IN ('RESERVED', 'SENT', 'ACTIVE', 'SHIPPED', 'CLAIMED', 'RETURNED', 'REWORKED')"
    with engine.connect() as connection:

        def one(query: str) -> tuple[Any, ...]:
            return tuple(connection.exec_driver_sql(query).one())

        assert one(f"SELECT count(*), count(DISTINCT case_id) FROM codes WHERE {live}") == (cases, cases)
        assert one("SELECT count(*) FROM codes") == (cases,), "nobody drew a code in vain"
        assert one("SELECT count(*) FROM inspections") == (STATIONS * cases,)
        assert one("SELECT count(*), count(DISTINCT serial) FROM odometers WHERE cause = 'before'")[0] > 0
        logs = connection.exec_driver_sql('SELECT count(*), max("index") + 1 FROM log_leaves GROUP BY station').all()
        assert len(logs) == STATIONS
        assert all(count == last for count, last in logs), "a log with a gap"


@pytest.mark.slow
@pytest.mark.parametrize("cases", [15, pytest.param(300, marks=long)])
def test_six_stations_race_on_one_server(postgresql: Any, tmp_path: Path, cases: int) -> None:
    postgresql.open("st00").close()  # the schema is made once
    gate = tmp_path / "go"
    running = [start(postgresql, station, cases, str(gate)) for station in range(STATIONS)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    gate.touch()
    for process in running:
        assert process.communicate(timeout=900)[0].strip().isdigit()
        assert process.returncode == 0
    check(postgresql, cases)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_six_stations_take_turns_on_one_file(sqlite: Any) -> None:
    cases = 300
    for station in range(STATIONS):
        process = start(sqlite, station, cases, "")
        process.communicate(timeout=900)
        assert process.returncode == 0
    check(sqlite, cases)
