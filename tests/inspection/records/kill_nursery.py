"""Brings up stations that store as fast as they can, and kills each one at a random moment.

Arguments: folder, number of kills, seed. Every process is a real one ended by SIGKILL, forked from this one so that the
libraries are loaded once. What a station was told is stored it appends to the file `acknowledged`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from shellmark_inspect.records import Records, SavePolicy
from shellmark_inspect.types import Evidence, Inspection, Reason, ReasonCode, Trigger, Verdict, Versions

VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64)


def station(folder: Path, seed: int, ready: int) -> None:
    random_ = np.random.default_rng(seed)
    acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    policy = SavePolicy(frames="all", floor_bytes=0)
    records = Records.open(folder / "r.db", folder / "i", station="st01", host="x.cn", policy=policy)
    records.recover()
    os.write(ready, b"!")
    for number in range(records.next_trigger_number(), 1 << 30):
        verdict = list(Verdict)[random_.integers(3)]
        trigger = Trigger(number, time.monotonic_ns(), f"case-{random_.integers(10)}")
        records.begin(trigger, "sku", VERSIONS)
        os.write(acknowledged, f"begun {number}\n".encode())
        why = () if verdict is Verdict.PASS else (Reason(ReasonCode.VIEW_MISSING, {"view": "front"}),)
        frame = Evidence("frame", "front", "left", random_.integers(0, 255, (64, 64, 3), np.uint8))
        inspection = Inspection(trigger, "sku", verdict, why, (), VERSIONS, evidence=(frame,))
        record = records.store(inspection, gtin="06901234567892")
        os.write(acknowledged, f"stored {number} {record.row} {verdict}\n".encode())


def main() -> None:
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    random_ = random.Random(int(sys.argv[3]))
    for kill in range(kills):
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ready)
            station(folder, kill, tell)
        os.close(tell)
        if kill % 4:  # every fourth is killed while it opens the database or recovers
            assert os.read(ready, 1) == b"!", "the station did not come up"
        time.sleep(random_.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "the station ended before it was killed"
        os.close(ready)


if __name__ == "__main__":
    main()
