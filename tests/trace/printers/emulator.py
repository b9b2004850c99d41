"""A label printer that speaks like a Zebra on TCP 9100, counts its labels for life, and can be told to misbehave.

In a test: `with Emulator() as printer: ... printer.port ... printer.pictures`. As a process that outlives a killed
station: `with EmulatorProcess(folder) as printer: ...`, or by hand `python emulator.py FOLDER --port N --faults JSON`,
which prints its port and serves until its standard input ends. What it has printed lies in the folder as 000001.png,
000002.png, ... in order; the odometer lies there too, so that the printer can itself be stopped and started. One
connection is served after the other, as a printer does: what is asked after a job is answered after that job was taken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FIRST_COUNT = 18_230
"""What the odometer says of a printer that is not new."""

_FORMAT = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL)
_GETVAR = re.compile(rb'! U1 getvar "([^"]*)"[^\n]*\n')
_GRAPHIC = re.compile(rb"\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),([0-9A-Fa-f]*)")
_TICK_S = 0.02


@dataclass(frozen=True, slots=True)
class Faults:
    """How the printer misbehaves.

    `lose` and `double` are the chances that a label of a job never comes or comes twice (the odometer counts what
    came), `late` that one more copy comes `late_s` after it; `lie` is the chance that an answer of the odometer is one
    off; labels come `delay_s` after their job; `offline` refuses connections.
    """

    lose: float = 0.0
    double: float = 0.0
    late: float = 0.0
    late_s: float = 0.0
    lie: float = 0.0
    delay_s: float = 0.0
    offline: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """One label as it came out: the job's number from 1, which copy of the job it is, its dots (True black)."""

    job: int
    copy: int
    picture: NDArray[np.bool_]


class Emulator:
    """The printer. `pictures` is every label in the order it came out; close it, or use it as a context.

    `count` is where its odometer begins, `first` how many jobs it has had, `render` what draws a format's body.
    """

    def __init__(self, port: int = 0, faults: Faults | None = None, *, count: int = FIRST_COUNT, first: int = 0,
                 render: Callable[[bytes], NDArray[np.bool_]] | None = None) -> None:  # fmt: skip
        self._faults, self._render = faults or Faults(), render or drawn
        self._random = random.Random(f"{self._faults.seed}/{count}")
        self._lock = threading.Lock()
        self._due: queue.Queue[tuple[float, int, int, NDArray[np.bool_]] | None] = queue.Queue()
        self._stop = threading.Event()
        self.printed: list[Printed] = []
        self.jobs: list[bytes] = []
        """Every format as it came, without ^XA and ^XZ."""
        self.without_jzn = 0
        """Formats that left out ^JZN."""
        self.torn = 0
        """Connections that ended within a format: it was thrown away."""
        self._count = count
        self._made = first
        self._reprints = True  # ^JZ is Y at power-up
        self._listener: socket.socket | None = None
        self.host, self.port = "127.0.0.1", port
        self._listen()
        self._threads = [
            threading.Thread(target=self._serve, name="emulator-net"),
            threading.Thread(target=self._press, name="emulator-press"),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        """Misbehave so from now on; returns when connections are refused or taken accordingly."""
        with self._lock:
            self._faults = faults
        while not self._stop.is_set() and (self._listener is None) != faults.offline:
            time.sleep(_TICK_S / 4)

    @property
    def pictures(self) -> list[NDArray[np.bool_]]:
        with self._lock:
            return [label.picture for label in self.printed]

    @property
    def count(self) -> int:
        """The true odometer: labels that came out over the printer's life."""
        with self._lock:
            return self._count

    def reprint(self, back: int = 1) -> None:
        """Somebody presses the button that prints the last label again, or the one so many labels back comes late."""
        with self._lock:
            last = self.printed[-back]
        self._out(last.job, last.copy + 1, last.picture)

    def open_head(self) -> None:
        """The head is opened and closed after a label: unless the last format said ^JZN, the label comes again."""
        if self._reprints and self.printed:
            self.reprint()

    def power_cycle(self) -> None:
        """Off and on: ^JZ is Y again; the odometer stays."""
        self._reprints = True

    def wait(self, labels: int, timeout_s: float = 5.0) -> None:
        """Until so many labels have come out."""
        end = time.monotonic() + timeout_s
        while len(self.pictures) < labels:
            assert time.monotonic() < end, f"{len(self.pictures)} labels came out, not {labels}"
            time.sleep(0.005)

    def close(self) -> None:
        """Stop; what waits to be printed still comes out."""
        self._stop.set()
        self._threads[0].join()
        self._due.put(None)
        self._threads[1].join()

    # the network side

    def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(16)
        listener.settimeout(_TICK_S)
        self.port = listener.getsockname()[1]
        self._listener = listener

    def _serve(self) -> None:
        while not self._stop.is_set():
            if self._faults.offline:
                self._refuse()
                time.sleep(_TICK_S / 4)
                continue
            if self._listener is None:
                self._listen()
            assert self._listener is not None
            with contextlib.suppress(TimeoutError):
                self._talk(self._listener.accept()[0])
        self._refuse()

    def _refuse(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):
            connection.settimeout(_TICK_S)
            data = b""
            while not (self._stop.is_set() or self._faults.offline):
                try:
                    chunk = connection.recv(1 << 16)
                except TimeoutError:
                    continue
                data = self._take(data + chunk, connection)
                if not chunk:
                    self.torn += b"^XA" in data
                    return

    def _take(self, data: bytes, connection: socket.socket) -> bytes:
        """Act on every whole format and question, in order; what is left of the data."""
        while True:
            found = [match for match in (_FORMAT.search(data), _GETVAR.search(data)) if match]
            if not found:
                return data
            first = min(found, key=lambda match: match.start())
            data = data[first.end() :]
            if first.re is _FORMAT:
                self._format(first[1])
            else:
                connection.sendall(self._answer(first[1].decode()))

    def _answer(self, name: str) -> bytes:
        with self._lock:
            lie = self._random.choice((-1, 1)) if self._random.random() < self._faults.lie else 0
            return f'"{self._count + lie}"'.encode() if name == "odometer.total_label_count" else b'"?"'

    # the paper side

    def _format(self, body: bytes) -> None:
        with self._lock:
            self.jobs.append(body)
            self._made += 1
            job, faults = self._made, self._faults
            self.without_jzn += b"^JZN" not in body
            copies = sum(self._copies(faults) for _ in range(_number(rb"\^PQ(\d+)", body, 1)))
            late = copies > 0 and self._random.random() < faults.late
        for word, reprints in ((b"^JZN", False), (b"^JZY", True)):
            if word in body:
                self._reprints = reprints
        picture = self._render(body)
        for copy in range(copies):
            self._print(job, copy + 1, picture, faults.delay_s)
        if late:
            self._print(job, copies + 1, picture, faults.delay_s + faults.late_s)

    def _copies(self, faults: Faults) -> int:
        draw = self._random.random()
        return 0 if draw < faults.lose else 2 if draw < faults.lose + faults.double else 1

    def _print(self, job: int, copy: int, picture: NDArray[np.bool_], delay_s: float) -> None:
        if delay_s > 0:
            self._due.put((time.monotonic() + delay_s, job, copy, picture))
        else:
            self._out(job, copy, picture)

    def _press(self) -> None:
        while (due := self._due.get()) is not None:
            at, job, copy, picture = due
            time.sleep(max(0.0, at - time.monotonic()))
            self._out(job, copy, picture)

    def _out(self, job: int, copy: int, picture: NDArray[np.bool_]) -> None:
        with self._lock:
            self._count += 1
            self.printed.append(Printed(job, copy, picture))
            self._keep(picture)

    def _keep(self, picture: NDArray[np.bool_]) -> None:
        """What is done with a label that came out; a process keeps it as a file."""


def drawn(body: bytes) -> NDArray[np.bool_]:
    """The label of a format: our graphics on a sheet of ^PW by ^LL dots, True black."""
    sheet = np.zeros((_number(rb"\^LL(\d+)", body, 100), _number(rb"\^PW(\d+)", body, 100)), np.bool_)
    for found in _GRAPHIC.finditer(body):
        left, top, sent, total, row_bytes = (int(found[n]) for n in range(1, 6))
        data = bytes.fromhex(found[6].decode())
        assert sent == total == len(data), "the graphic has other bytes than it says"
        assert total % row_bytes == 0, "the graphic has no whole rows"
        dots = np.unpackbits(np.frombuffer(data, np.uint8).reshape(-1, row_bytes), axis=1).astype(np.bool_)
        part = sheet[top : top + dots.shape[0], left : left + dots.shape[1]]
        part |= dots[: part.shape[0], : part.shape[1]]
    return sheet


def _number(pattern: bytes, body: bytes, default: int) -> int:
    found = re.search(pattern, body)
    return int(found[1]) if found else default


class _Kept(Emulator):
    """An emulator that keeps labels and odometer in a folder, and takes its faults from there."""

    def __init__(self, folder: Path, port: int, faults: Faults) -> None:
        self.folder = folder
        labels = len(list(folder.glob("*.png")))
        count = folder / "odometer"
        known = int(count.read_text()) if count.exists() else FIRST_COUNT
        self._labels = labels
        super().__init__(port, faults, count=known, first=labels)

    def _keep(self, picture: NDArray[np.bool_]) -> None:
        self._labels += 1
        partial = self.folder / "partial"
        Image.fromarray(~picture).save(partial, format="PNG")
        partial.replace(self.folder / f"{self._labels:06}.png")
        partial.write_text(str(self._count))
        partial.replace(self.folder / "odometer")
        self.printed.clear()  # they lie on the disk


class EmulatorProcess:
    """The printer as a process of its own; it goes on when the station that prints is killed."""

    def __init__(self, folder: Path, faults: Faults | None = None, *, port: int = 0) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, __file__, str(folder), "--port", str(port)]
        command += ["--faults", json.dumps(asdict(faults or Faults()))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        self.host = "127.0.0.1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def count(self) -> int:
        """The true odometer."""
        kept = self.folder / "odometer"
        return int(kept.read_text()) if kept.exists() else FIRST_COUNT

    @property
    def files(self) -> list[Path]:
        """The labels that came out, in order."""
        return sorted(self.folder.glob("[0-9]*.png"))

    @property
    def pictures(self) -> list[NDArray[np.bool_]]:
        return [~np.asarray(Image.open(path), np.bool_) for path in self.files]

    def tell(self, faults: Faults) -> None:
        """Misbehave so from now on; returns when it does."""
        self._say(faults=asdict(faults))

    def reprint(self) -> None:
        """Somebody presses the button that prints the last label again."""
        self._say(reprint=True)

    def facts(self) -> dict[str, Any]:
        """What the process counted: `jobs`, `without_jzn`, `torn`."""
        return self._say()

    def close(self) -> None:
        """End the process; what waits to be printed still comes out."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def _say(self, **words: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def main() -> None:
    """Print until standard input ends."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--port", type=int, default=0)
    reader.add_argument("--faults", type=json.loads, default={})
    said = reader.parse_args()
    with _Kept(said.folder, said.port, Faults(**said.faults)) as printer:
        print(printer.port, flush=True)  # noqa: T201 - whoever started it reads the port here
        for order in map(json.loads, sys.stdin):
            if "faults" in order:
                printer.faults = Faults(**order["faults"])
            if "reprint" in order:
                picture = ~np.asarray(Image.open(sorted(said.folder.glob("[0-9]*.png"))[-1]), np.bool_)
                printer._out(0, 0, picture)
            facts = {"jobs": len(printer.jobs), "without_jzn": printer.without_jzn, "torn": printer.torn}
            print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    os.environ.pop("COVERAGE_PROCESS_START", None)
    main()
