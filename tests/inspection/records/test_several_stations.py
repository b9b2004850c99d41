"""Several stations on one PostgreSQL: each has its own count and log, and a case has one live code among all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shellmark_inspect.records import Records
from shellmark_inspect.types import Inspection

Make = Callable[..., Inspection]
CASES = 25
GTIN = "06901234567892"


def test_stations_that_meet_the_same_cases_make_one_live_code_each(postgresql: Any, inspection: Make) -> None:
    stations = [postgresql.open(f"st{number:02}") for number in range(1, 4)]
    start = threading.Barrier(len(stations))
    faults: list[BaseException] = []

    def work(records: Records) -> None:
        try:
            start.wait()
            for number in range(1, CASES + 1):
                one = postgresql.begin(records, inspection(number, f"case-{number}"))
                assert records.store(one, gtin=GTIN).code is not None
        except BaseException as e:  # noqa: BLE001 - told to the test's own thread
            faults.append(e)

    threads = [threading.Thread(target=work, args=(records,)) for records in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    found = list(postgresql.reader().iterate())
    assert len(found) == CASES * len(stations)
    for station in {record.station for record in found}:
        mine = [record.sequence for record in found if record.station == station]
        assert sorted(mine) == list(range(1, CASES + 1))
    for case_id in {record.inspection.trigger.case_id for record in found}:
        chain = [record for record in found if record.inspection.trigger.case_id == case_id]
        assert len({record.code.serial for record in chain if record.code is not None}) == 1
        assert len({record.previous for record in chain}) == len(stations), "a row was followed twice"
    engine = sa.create_engine(postgresql.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*), count(DISTINCT case_id) FROM codes").one() == (CASES, CASES)
        logs = connection.exec_driver_sql('SELECT station, count(*), max("index") + 1 FROM log_leaves GROUP BY station')
        assert all(row[1] == row[2] for row in logs)
