"""A small shop for labels: real records on their own thread, the emulated printer over TCP, shells with labels on them.

What is a fact here is a fact of the world: a label that came out of the printer is a picture, it lies loose or sticks
on a shell, and the camera sees a picture of the shell as it is. Whoever sticks and strips is the test.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.labelling import Labeller, Labelling, LabelState, Parts, Settings
from shellmark_inspect.records import Proof, Records, SavePolicy, Waiting
from shellmark_inspect.types import Inspection, Pixels, Reason, ReasonCode, Trigger, Verdict, Versions
from shellmark_trace import label_matrix
from shellmark_trace.printers import Zebra
from shellmark_trace.readback import read_labels

GTIN = "06901234567892"
VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64)
DOTS = 4
WITHIN_S = 20.0
LABEL_FRAME = np.full((64, 64), 90, np.uint8)


def _emulator() -> ModuleType:
    path = Path(__file__).parents[1] / "trace" / "printers" / "emulator.py"
    spec = importlib.util.spec_from_file_location("label_printer_emulator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


emulator = _emulator()


def label_all(records: Records, case_ids: Sequence[str], gtin: str) -> None:
    """Store a PASS of each case and bring its code to ACTIVE, as if its label had been printed and read back."""
    for number, case_id in enumerate(case_ids, 1):
        one = passed(number, case_id)
        records.begin(one.trigger, one.sku, one.versions)
        records.store(one, gtin=gtin)
    for count, code in enumerate(records.labels.waiting(), emulator.FIRST_COUNT):
        records.labels.send(code.serial)
        records.labels.count(code.serial, count)
        records.labels.activate(code.serial, Proof(code.text, 0.8, count + 1, "w17"), LABEL_FRAME)


def draw(code: Waiting) -> NDArray[np.bool_]:
    """The symbol and nothing else, 4 dots a module: 148 x 148 dots, so that a frame is read in milliseconds."""
    dots = label_matrix(code.text).repeat(DOTS, 0).repeat(DOTS, 1)
    sheet: NDArray[np.bool_] = np.zeros((dots.shape[0], -(-dots.shape[1] // 8) * 8), np.bool_)
    sheet[:, : dots.shape[1]] = dots
    return sheet


def frame_of(labels: Sequence[NDArray[np.bool_]]) -> Pixels:
    """What the camera sees of a grey shell with these labels on it, side by side."""
    frame = np.full((200, 60 + 190 * max(2, len(labels))), 120, np.uint8)
    for place, label in enumerate(labels):
        left = 30 + 190 * place
        part = label[:160, :160]
        frame[20 : 20 + part.shape[0], left : left + part.shape[1]] = np.where(part, 25, 235)
    return frame


def passed(number: int, case_id: str, verdict: Verdict = Verdict.PASS) -> Inspection:
    """An inspection without pictures."""
    why = () if verdict is Verdict.PASS else (Reason(ReasonCode.VIEW_MISSING, {"view": "front"}),)
    return Inspection(Trigger(number, time.monotonic_ns(), case_id), "sku-1", verdict, why, (), VERSIONS)


class Shop:
    """The records of one station, a printer's address, and the labels on each shell."""

    def __init__(self, folder: Path, port: int, **settings: Any) -> None:
        self.folder = folder
        self.on: dict[str, list[NDArray[np.bool_]]] = {}
        self.looks: Callable[[Waiting], Sequence[Pixels]] = lambda code: [frame_of(self.on.get(code.case_id, []))]
        policy = SavePolicy(floor_bytes=0)
        self.records = Records.open(folder / "r.db", folder / "i", station="st01", host="x.cn", policy=policy)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._settings = Settings(**({"first_pause_s": 0.02, "longest_pause_s": 0.1} | settings))
        self._port = port
        self.labeller: Labeller | None = None

    def keep(self, do: Callable[[Any], Any]) -> Future[Any]:
        """On the records' own thread."""
        return self._thread.submit(do, self.records)

    def inspect(self, case_id: str, verdict: Verdict = Verdict.PASS) -> Any:
        """Record a case."""

        def do(records: Records) -> Any:
            one = passed(records.next_trigger_number(), case_id, verdict)
            records.begin(one.trigger, one.sku, one.versions)
            return records.store(one, gtin=GTIN)

        record = self.keep(do).result()
        if self.labeller is not None:
            self.labeller.news()
        return record

    def start(self) -> Labeller:
        """Start the driver."""
        printer = Zebra("127.0.0.1", self._port, answer_s=1.0, connect_s=1.0)
        self.labeller = Labeller(Parts(self.keep, printer, draw, self.looks, read_labels), self._settings)
        return self.labeller.start()

    def status(self) -> Labelling:
        """What the driver does now."""
        assert self.labeller is not None
        return self.labeller.status()

    def wait(self, *states: LabelState, but: Labelling | None = None) -> Labelling:
        """Wait until the driver is in one of these states, with a status that is not `but`."""
        deadline = time.monotonic() + WITHIN_S
        while (status := self.status()).state not in states or status == but:
            assert time.monotonic() < deadline, f"the labeller is {status}, not {states}"
            time.sleep(0.003)
        return status

    def wait_case(self, case_id: str) -> Labelling:
        """Wait until the label of a case is to be stuck."""
        deadline = time.monotonic() + WITHIN_S
        while (status := self.status()).state is not LabelState.STICK or status.case_id != case_id:
            assert time.monotonic() < deadline, f"the labeller is {status}, not at {case_id}"
            time.sleep(0.003)
        return status

    def do(self, what: Callable[..., Future[None]], *values: Any, **more: Any) -> None:
        """Say something as soon as the driver listens: its status is shown a moment before."""
        deadline = time.monotonic() + WITHIN_S
        while (error := what(*values, **more).exception(WITHIN_S)) is not None:
            if "is not due now" not in str(error) or time.monotonic() > deadline:
                raise error
            time.sleep(0.002)

    def close(self) -> None:
        """Stop everything, the driver first."""
        if self.labeller is not None:
            self.labeller.close()
        self._thread.shutdown()
        self.records.close()
