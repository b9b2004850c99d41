"""How fast records become EPCIS events and rows: CPU time of one core, medians of rounds with their range.

python benchmarks/trace/exports.py [--records 2000] [--rounds 7]
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "inspection"))

from many_records import fill

from shellmark_inspect.records import RecordReader, record_json, write_csv, write_jsonl, write_xlsx
from shellmark_trace.columns import plain_table
from shellmark_trace.epcis import Plant, check_event, event_hash, events_of, write_document

PLANT = Plant("id.example.cn", "6901234567892", "+08:00")


def rates(do: Callable[[], int], rounds: int) -> list[float]:
    """Things a second of CPU time, round by round, after one that is not counted."""
    found = []
    for turn in range(rounds + 1):
        began = time.process_time()
        count = do()
        if turn:
            found.append(count / (time.process_time() - began))
    return sorted(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        fill(folder, asked.records)
        reader = RecordReader(folder / "records.db", folder / "images")
        told = list(reader.tellings().iterate())
        records = list(reader.iterate())
        rows = [record_json(record) for record in records]
        events = [event for one in told for event in events_of(one.kind, one.payload, PLANT)]
        spaces, table, now = {"shellmark": PLANT.namespace}, plain_table(), datetime.now(UTC)
        size = write_document(events, PLANT, now, file := io.StringIO()) and len(file.getvalue().encode()) / len(events)
        work: dict[str, Callable[[], int]] = {
            "told -> checked EPCIS events": lambda: sum(len(events_of(o.kind, o.payload, PLANT)) for o in told),
            "event hash": lambda: sum(bool(event_hash(event, spaces)) for event in events),
            "check of an event": lambda: sum(bool(check_event(event)) for event in events),
            "row of every field": lambda: sum(bool(table.row(row)) for row in rows),
            "record -> JSON": lambda: sum(bool(record_json(record)) for record in records),
            "records from the database": lambda: sum(1 for _ in reader.iterate()),
            "export csv, from the database": lambda: write_csv(reader.iterate(), folder / "o.csv"),
            "export jsonl, from the database": lambda: write_jsonl(reader.iterate(), folder / "o.jsonl"),
            "export xlsx, from the database": lambda: write_xlsx(reader.iterate(), folder / "o.xlsx"),
        }
        print(f"{len(records)} records, {len(events)} EPCIS events, {size:.0f} bytes an event, {asked.rounds} rounds")
        for name, do in work.items():
            found = rates(do, asked.rounds)
            print(f"{name:34} {median(found):10,.0f} /s   ({found[0]:,.0f} to {found[-1]:,.0f})")
        reader.close()


if __name__ == "__main__":
    main()
