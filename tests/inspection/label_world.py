"""A shop whose station is killed: the world, its operator and its printer live on and remember what the dead one did.

`python label_world.py FOLDER CASES KILLS SEED` prints one JSON object. The station is a real process (the real records
and the real labeller over TCP against the emulated printer, which is a process too), forked from this one so that the
libraries are loaded once, and ended by SIGKILL at random moments and at the print command. What is physically true is
kept here alone: every label that came out is a file of the printer, and lies in the tray, sticks on a shell, or is
destroyed. The operator is careless now and then: sticks two labels, forgets one in the tray, does not strip.
"""

# ruff: noqa: T201 - what it prints is its result
from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

from label_shop import Shop, emulator, frame_of

from shellmark_inspect.errors import InputError
from shellmark_inspect.labelling import LabelState
from shellmark_trace.readback import read_labels

LOSE, DOUBLE, LATE, LIE = 0.01, 0.015, 0.01, 0.004
REPRINT, CARELESS = 0.02, 0.05
AGAIN_S = 1.0
"""After so long without an answer on the screen the button is pressed again."""
TRAY_S = 0.25
"""How long the operator looks for a label before saying that none came."""
UP_S, STUCK_S = 60.0, 60.0
LATE_S = 0.3
S = LabelState


# ── the station's process ───────────────────────────────────────────────────────────────────────────────────────────


def station(folder: Path, port: int, orders: int, told: int) -> None:
    """Serve until killed: orders come a line each, statuses and answers go back a line each."""
    shop = Shop(folder, port)

    def look(code: Any) -> list[Any]:
        path = folder / "shells" / f"{code.case_id}.npy"
        return [np.load(path) if path.exists() else frame_of([])]

    def tell(**words: Any) -> None:
        os.write(told, (json.dumps(words) + "\n").encode())

    shop.looks = look
    shop.keep(lambda records: records.recover()).result()
    labeller = shop.start()
    labeller._on_change = lambda: tell(**_status(shop))
    tell(up=True)
    tell(**_status(shop))
    with os.fdopen(orders) as lines:
        for line in lines:
            order = json.loads(line)
            if (case_id := order.get("inspect")) is not None:
                record = shop.inspect(case_id)
                tell(stored=case_id, code=record.code is not None)
            else:
                tell(**_said(getattr(labeller, order.pop("call")), order))
    os._exit(3)


def _status(shop: Shop) -> dict[str, Any]:
    now = shop.status()
    return {
        "state": str(now.state),
        "case": now.case_id,
        "serial": now.serial,
        "fault": now.fault,
        "detail": now.detail,
    }


def _said(call: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Say it as soon as the labeller listens."""
    deadline = time.monotonic() + 1.0
    while True:
        answer: Future[None] = call(**values)
        error = answer.exception(STUCK_S)
        if error is None or not isinstance(error, InputError) or "not due" not in str(error):
            return {"said": "" if error is None else str(error)}
        if time.monotonic() > deadline:
            return {"said": str(error)}
        time.sleep(0.002)


# ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Process:
    """A running station: its process, and the two pipes."""

    pid: int
    orders: int
    told: int
    rest: bytes = b""

    def order(self, **words: Any) -> None:
        os.write(self.orders, (json.dumps(words) + "\n").encode())

    def hear(self, timeout_s: float) -> list[dict[str, Any]]:
        if not select.select([self.told], [], [], timeout_s)[0]:
            return []
        data = os.read(self.told, 1 << 16)
        assert data, "the station ended before it was killed"
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFSIGNALED(status), f"the station ended with {status} before it was killed"
        os.close(self.orders)
        os.close(self.told)


@dataclass
class World:
    """What is physically there, and the person who handles it."""

    folder: Path
    printer: Any
    dice: random.Random
    todo: list[str]
    out: int = 0
    tray: list[Path] = field(default_factory=list)
    on: dict[str, list[Path]] = field(default_factory=dict)
    destroyed: set[Path] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    busy: bool = False
    status: dict[str, Any] = field(default_factory=dict)
    since: float = 0.0
    reprinted: float = 0.0
    stored: set[str] = field(default_factory=set)
    asked: str = ""
    acted: dict[str, Any] | None = None
    """The status that was acted on: one press each."""

    def collect(self) -> None:
        """Labels that came out since lie in the tray."""
        files = self.printer.files
        self.tray += files[self.out :]
        self.out = len(files)

    def show(self, case_id: str) -> None:
        """The camera sees the shell as it is."""
        labels = [~np.asarray(Image.open(path), np.bool_) for path in self.on.get(case_id, [])]
        path = self.folder / "shells" / f"{case_id}.npy"
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, frame_of(labels))
        part.replace(path)

    def take(self, words: dict[str, Any]) -> None:
        """What the station says."""
        if "state" in words:
            self.status, self.since = words, time.monotonic()
        if "said" in words:
            self.busy = False
            self.counts["refusals"] += bool(words["said"])
            self.acted = None if words["said"] else self.acted
        if "stored" in words:
            self.asked = ""
            self.stored |= {words["stored"]} if words["code"] else set()

    def act(self, process: Process) -> None:
        """Do what the screen asks for, once it is asked for, and feed further cases."""
        self.collect()
        if not self.asked and len(self.stored) < len(self.todo) and self.dice.random() < 0.2:
            self.asked = next(case_id for case_id in self.todo if case_id not in self.stored)
            process.order(inspect=self.asked)
        if self.busy or (self.status is self.acted and time.monotonic() - self.since < AGAIN_S):
            return
        match self.status.get("state"):
            case S.STICK:
                self._stick(process, self.status["case"])
            case S.STRIP:
                self._strip(process, self.status["case"])
            case S.REFUSED:
                self._destroy_tray()
                self._say(process, call="reconcile", operator="w17", second="s01", note="looked for, destroyed")
            case S.SUPERVISOR:
                self._say(process, call="supervise", operator="w17", second="s01")
        if self.status.get("state") == S.IDLE and self.printer.files and self.dice.random() < REPRINT:
            self.printer.reprint()
            self.reprinted = time.monotonic()
            self.counts["reprints"] += 1

    def _stick(self, process: Process, case_id: str) -> None:
        if not self.on.get(case_id) and not self.tray:
            if time.monotonic() - self.since < TRAY_S:
                return
            self.counts["missing"] += 1
            self._say(process, call="missing", operator="w17", serial=self.status["serial"])
            return
        if not self.on.get(case_id):
            taken = len(self.tray) if len(self.tray) > 1 and self.dice.random() < 0.5 else 1
            self.on[case_id], self.tray = self.tray[:taken], self.tray[taken:]
        self.show(case_id)
        self._say(process, call="stuck", operator="w17", serial=self.status["serial"])

    def _strip(self, process: Process, case_id: str) -> None:
        self.counts[f"strip {self.status['fault']}"] += 1
        if self.dice.random() > CARELESS:
            self.destroyed |= set(self.on.pop(case_id, []))
            self.show(case_id)
        if self.dice.random() > CARELESS:
            self._destroy_tray()
        self._say(process, call="stripped", operator="w17", serial=self.status["serial"])

    def _destroy_tray(self) -> None:
        self.collect()
        self.destroyed |= set(self.tray)
        self.tray = []

    def _say(self, process: Process, **words: Any) -> None:
        self.busy, self.since, self.acted = True, time.monotonic(), self.status
        process.order(**words)

    @property
    def is_through(self) -> bool:
        """Whether every case is stored and nothing is on its way."""
        through = len(self.stored) == len(self.todo) and self.status.get("state") == S.IDLE
        return through and ask(self.folder, "SELECT count(*) FROM codes WHERE state IN ('RESERVED', 'SENT')") == [(0,)]


def start(world: World) -> Process:
    """Bring a station up."""
    orders_in, orders = os.pipe()
    told, told_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(orders)
        os.close(told)
        try:
            station(world.folder, world.printer.port, orders_in, told_in)
        finally:
            os._exit(4)
    os.close(orders_in)
    os.close(told_in)
    world.busy, world.asked, world.status = False, "", {}
    return Process(pid, orders, told)


def live(world: World, process: Process, *, kill: bool) -> None:
    """Run a station until it is killed, or until everything is done."""
    at_print = kill and world.dice.random() < 0.4
    lives_s = world.dice.uniform(0.0, 0.7)
    kill_at = time.monotonic() + lives_s if kill and not at_print else None
    began, through_at = time.monotonic(), None
    while True:
        for words in process.hear(0.003):
            world.take(words)
            if at_print and words.get("state") == S.PRINTING:
                kill_at = time.monotonic() + world.dice.uniform(0.0, 0.03)
                at_print = False
        now = time.monotonic()
        if kill_at is not None and now >= kill_at:
            return
        assert now - max(began, world.since) < STUCK_S, f"nothing moves: {world.status}"
        world.act(process)
        through_at = (through_at or now) if world.is_through else None
        if through_at is not None and (kill or now - max(through_at, world.reprinted) > LATE_S + 1.0):
            return  # the station has had the time to look at its printer once more


def main() -> None:
    folder, cases, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    dice = random.Random(int(sys.argv[4]))
    cv2.setNumThreads(0)
    (folder / "shells").mkdir(parents=True)
    faults = emulator.Faults(
        lose=LOSE, double=DOUBLE, late=LATE, late_s=LATE_S, lie=LIE, delay_s=0.005, seed=dice.random()
    )
    with emulator.EmulatorProcess(folder / "labels", faults) as printer:
        world = World(folder, printer, dice, [])
        for kill in range(kills):
            world.todo = [f"case-{n:04}" for n in range(1, -(-cases * (kill + 1) // kills) + 1)]
            process = start(world)
            live(world, process, kill=True)
            process.kill()
            world.stored |= {row[0] for row in ask(folder, "SELECT DISTINCT case_id FROM codes")}
        world.todo = [f"case-{n:04}" for n in range(1, cases + 1)]
        process = start(world)
        live(world, process, kill=False)
        world.collect()
        process.kill()
        jobs = printer.facts()
    where = {path.name: case_id for case_id, paths in world.on.items() for path in paths}
    labels = [
        {
            "serial": _serial(path),
            "on": where.get(path.name, ""),
            "destroyed": path in world.destroyed,
        }
        for path in printer.files
    ]
    print(json.dumps({"cases": world.todo, "labels": labels, "counts": world.counts, "kills": kills, **jobs}))


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What the database's file says; nothing before the first station has made it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{folder / 'r.db'}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()
    return []


# ── what the dead and the living left ───────────────────────────────────────────────────────────────────────────────

COLUMNS = ("no label", "two labels", "unknown label", "active elsewhere", "active with a copy")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The five columns that have to be 0, and what else there is to tell.

    A copy counts whether or not it was destroyed: that a careful person took it away is no merit of the station.
    """

    columns: dict[str, list[str]]
    told: dict[str, Any]


def run(folder: Path, cases: int, kills: int, seed: int) -> Outcome:
    """Let a world run in a process of its own, and lay it beside its database."""
    command = [sys.executable, __file__, str(folder), str(cases), str(kills), str(seed)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    world = json.loads(found.stdout)
    with closing(sqlite3.connect(f"file:{folder / 'r.db'}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        codes = {row[0]: row[1:] for row in db.execute("SELECT serial, case_id, state, suspicion FROM codes")}
        commands = db.execute("SELECT count(*) FROM odometers WHERE cause = 'before'").fetchone()[0]
        leaves = db.execute('SELECT count(*), max("index") + 1 FROM log_leaves').fetchone()
        told = db.execute("SELECT count(*), max(number) FROM outbox").fetchone()
        reconciled = db.execute("SELECT count(*) FROM reconciliations").fetchone()[0]
    assert leaves[0] == leaves[1] == told[0] == told[1], "log and outbox have no gap"
    assert world["jobs"] + world["torn"] <= commands, "a print command was given that no reading was kept for"
    assert world["without_jzn"] == 0
    more = {"void": sum(code[1] == "VOID" for code in codes.values()), "codes": len(codes)}
    more |= {"suspect": sum(code[2] != "NONE" for code in codes.values()), "reconciled": reconciled}
    more |= {"labels": len(world["labels"]), "kills": world["kills"], "cases": len(world["cases"])}
    return Outcome(_columns(world, codes), more | world["counts"])


def _columns(world: dict[str, Any], codes: dict[str, tuple[str, str, str]]) -> dict[str, list[str]]:
    there = [label for label in world["labels"] if not label["destroyed"]]
    on = Counter(label["on"] for label in there if label["on"])
    came = Counter(label["serial"] for label in world["labels"])
    active = {serial: case for serial, (case, state, _) in codes.items() if state == "ACTIVE"}
    trusted = {serial for serial in active if codes[serial][2] == "NONE"}
    stuck = {(label["serial"], label["on"]) for label in there}
    live = Counter(case for case, state, _ in codes.values() if state != "VOID")
    assert all(live[case] == 1 for case in world["cases"]), "a case without its one live code"
    return dict(
        zip(
            COLUMNS,
            (
                [case for case in world["cases"] if on[case] == 0],
                [case for case in world["cases"] if on[case] > 1],
                [label["serial"] for label in world["labels"] if label["serial"] not in codes],
                [serial for serial, case in active.items() if (serial, case) not in stuck],
                [serial for serial in trusted if came[serial] > 1],
            ),
            strict=True,
        )
    )


def _serial(path: Path) -> str:
    reads = read_labels(frame_of([~np.asarray(Image.open(path), np.bool_)]))
    assert len(reads) == 1
    assert reads[0].link is not None
    return reads[0].link.serial


if __name__ == "__main__":
    main()
