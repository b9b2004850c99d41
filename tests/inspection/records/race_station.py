"""One station of several that meet the same cases: passes each, and does with its code what comes.

Arguments: URL, folder, station, cases, file to wait for ("" for none). It prints how often it was refused.
"""

# ruff: noqa: T201 - what it prints is its result
from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import Proof, Records, SavePolicy
from shellmark_inspect.types import Inspection, Trigger, Verdict, Versions

VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64)


def main() -> None:
    url, folder, station, cases, gate = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
    policy = SavePolicy(floor_bytes=0)
    records = Records.open(url, folder, station=station, host="id.example.cn", policy=policy)
    print("ready", flush=True)
    while gate and not Path(gate).exists():
        time.sleep(0.002)
    numbers = list(range(1, cases + 1))
    random.Random(station if not gate else 1).shuffle(numbers)  # a race goes through them in one order
    refused, odometer = 0, 100
    for place, number in enumerate(numbers):
        trigger = Trigger(records.next_trigger_number(), time.monotonic_ns(), f"case-{number}")
        records.begin(trigger, "sku", VERSIONS)
        inspection = Inspection(trigger, "sku", Verdict.PASS, (), (), VERSIONS)
        code = records.store(inspection, gtin="06901234567892").code
        assert code is not None
        if place % 3 == 0:
            try:
                records.labels.send(code.serial)
                records.labels.count(code.serial, odometer)
                odometer += 1
                records.labels.activate(code.serial, Proof(code.text, 0.9, odometer))
            except InputError:  # another station was quicker
                refused += 1
    records.close()
    print(refused, flush=True)


if __name__ == "__main__":
    main()
