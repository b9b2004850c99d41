"""A station that records and labels; what it was told is kept it writes to the file `acknowledged`.

Arguments: folder, cases, and to show what it would cost another `PRAGMA synchronous` than the station's. It ends in
order, after one close and open in the middle, which checkpoints and drops the WAL.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np

from shellmark_inspect.records import Proof, Records, SavePolicy
from shellmark_inspect.types import Evidence, Inspection, Reason, ReasonCode, Trigger, Verdict, Versions

VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64)
FRAME = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)


def open_records(folder: Path) -> Records:
    policy = SavePolicy(frames="all", floor_bytes=0)
    records = Records.open(folder / "r.db", folder / "i", station="st01", host="x.cn", policy=policy)
    for synchronous in sys.argv[3:]:
        dbapi = records._connection.connection.dbapi_connection
        assert dbapi is not None
        dbapi.execute(f"PRAGMA synchronous = {synchronous}")
    return records


def main() -> None:
    folder, cases = Path(sys.argv[1]), int(sys.argv[2])
    acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(*words: object) -> None:
        os.write(acknowledged, (" ".join(str(word) for word in words) + "\n").encode())

    records, odometer = open_records(folder), 100
    tell("opened")
    for number in range(1, cases + 1):
        if number == cases // 2:
            records.close()
            records = open_records(folder)
        trigger = Trigger(number, time.monotonic_ns(), f"case-{number}")
        records.begin(trigger, "sku", VERSIONS)
        tell("begun", number)
        verdict = Verdict.FAIL if number % 5 == 0 else Verdict.PASS
        why = (Reason(ReasonCode.VIEW_MISSING, {"view": "front"}),) if verdict is Verdict.FAIL else ()
        evidence = (Evidence("frame", "front", "left", np.roll(FRAME, number)),) if number % 3 == 0 else ()
        inspection = Inspection(trigger, "sku", verdict, why, (), VERSIONS, evidence=evidence)
        record = records.store(inspection, gtin="06901234567892")
        tell("stored", number, record.row, verdict)
        if record.code is None:
            continue
        serial = record.code.serial
        tell("code", serial, "RESERVED")
        records.labels.send(serial)
        tell("code", serial, "SENT")
        records.labels.count(serial, odometer)
        tell("counted", serial)
        odometer += 1
        if number % 4 == 0:
            new = records.labels.replace(serial, "weak", odometer=odometer)
            tell("code", serial, "VOID")
            tell("code", new, "RESERVED")
        else:
            proof = Proof(record.code.text, 0.8, odometer, "w17")
            records.labels.activate(serial, proof, np.roll(FRAME, -number))
            tell("code", serial, "ACTIVE")
    records.close()
    tell("closed")


if __name__ == "__main__":
    main()
