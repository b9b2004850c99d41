"""Labels in memory for the screen: what the real labeller would do, at the test's word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np

from shellmark_inspect.errors import InputError
from shellmark_inspect.labelling import Fault, Labelling, LabelState, Settings, Sight
from shellmark_inspect.records import Order, Reconciliation, Tally
from shellmark_trace import States, Suspicion, label_matrix

S = LabelState
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def drawn_label(text: str, *, dots: int = 6, size: tuple[int, int] = (354, 591)) -> np.ndarray:
    """A label of 50 x 30 mm at 300 dpi: the symbol left, lines of grey text right; True is black."""
    sheet = np.zeros(size, np.uint8)
    symbol = label_matrix(text).repeat(dots, 0).repeat(dots, 1).astype(np.uint8)
    sheet[12 : 12 + symbol.shape[0], 12 : 12 + symbol.shape[1]] = symbol
    for line, words in enumerate(("20 inch glossy", "S20-BLACK", "batch 2611-7", "2026-11-29", text[-6:])):
        cv2.putText(sheet, words, (260, 60 + 56 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 1, 3)
    return sheet.astype(bool)


def seen_label(label: np.ndarray, seed: int = 1, *, noise: float = 6.0) -> np.ndarray:
    """What a camera sees of it on a shell."""
    rng = np.random.default_rng(seed)
    frame = np.full((900, 1200), 84.0)
    paper = np.where(label, 40.0, 225.0)
    frame[240 : 240 + label.shape[0], 320 : 320 + label.shape[1]] = paper
    frame += rng.normal(0, noise, frame.shape)
    return cv2.GaussianBlur(np.clip(frame, 0, 255).astype(np.uint8), (5, 5), 0)


class MemoryLabels:
    """`go` puts the labeller where a test wants it; what people say is kept in `said` and goes on as it would."""

    def __init__(self, later: Callable[[Callable[[], object]], Future]) -> None:
        self._later = later
        self.settings = Settings()
        self.now: Labelling | None = None
        self.ordered: Order | None = None
        self.seen = Sight()
        self.said: list[tuple] = []
        self.standings: dict[str, tuple[States, Suspicion]] = {}
        self.asked_on: set[str] = set()
        self.fault: Fault | None = None
        self.printed = self.known = 41
        self.void = 3
        self.signed: tuple[datetime, str] | None = None

    def go(self, state: LabelState, **values: object) -> None:
        """The labeller is there now."""
        self.now = replace(self.now, state=state, **({"fault": None, "detail": ""} | values))

    def stick(self, case_id: str, serial: str, text: str, *, attempt: int = 1, waiting: int = 1) -> None:
        """A label came out and waits to be stuck on."""
        self.standings[serial] = (States.SENT, Suspicion.NONE)
        self.seen = Sight(serial, drawn_label(text), None, None, 18_230, None)
        self.now = Labelling(S.STICK, case_id, serial, attempt, waiting=waiting)

    def proven(self, uec: float = 0.81) -> None:
        """The label at hand was read and is right."""
        self.standings[self.now.serial] = (States.ACTIVE, Suspicion.NONE)
        frame = seen_label(self.seen.label) if self.seen.label is not None else None
        self.seen = replace(self.seen, frame=frame, uec=uec, after=(self.seen.before or 0) + 1)
        self.now = Labelling(S.IDLE)

    # the door

    def status(self) -> Labelling | None:
        return self.now

    def order(self) -> Order | None:
        return self.ordered

    def take_order(self, number: str, quantity: int, batch: str = "", *, operator: str, second: str = "") -> Future:
        def do() -> Order:
            self.said.append(("order", number, quantity, batch, operator))
            self.ordered = Order(number, quantity, batch, 0)
            return self.ordered

        return self._later(do)

    def sight(self) -> Sight:
        return self.seen

    def _say(self, *words: object, due: tuple[LabelState, ...]) -> Future:
        def do() -> None:
            if self.now.state not in due:
                raise InputError(f"{words[0]} is not due now: the labeller waits for nothing")
            self.said.append(words)
            if words[0] == "stuck":
                self.proven() if self.fault is None else self.go(S.STRIP, fault=self.fault)
            elif words[0] == "missing":
                self.go(S.STRIP, fault=Fault.MISSING)
            else:
                if words[0] == "stripped":
                    self.standings[self.now.serial] = (States.VOID, Suspicion.NONE)
                self.now = Labelling(S.IDLE)

        return self._later(do)

    def stuck(self, operator: str = "", serial: str = "") -> Future:
        return self._say("stuck", operator, serial, due=(S.STICK, S.STRIP))

    def missing(self, operator: str = "", serial: str = "") -> Future:
        return self._say("missing", operator, serial, due=(S.STICK,))

    def stripped(self, operator: str, serial: str = "") -> Future:
        return self._say("stripped", operator, serial, due=(S.STRIP,))

    def supervise(self, operator: str, second: str) -> Future:
        return self._say("supervise", operator, second, due=(S.SUPERVISOR,))

    def reconcile(self, operator: str, second: str = "", *, left: int | None = None, note: str = "") -> Future:
        def do() -> Reconciliation:
            found = self.tally_of(left).counts
            if not found.agrees and not (second and note):
                raise InputError("{what} needs two different persons: give both names", what="reconcile")
            self.said.append(("reconcile", operator, second, left, note))
            self.signed, self.printed, self.known, self.void = (NOON, f"{operator} {second}".strip()), 0, 0, 0
            self.now = Labelling(S.IDLE)
            return replace(found, operator=operator, second_operator=second, note=note)

        return self._later(do)

    def tally_of(self, left: int | None) -> Tally:
        used = None if left is None else 1000 - left
        agrees = len({self.printed, self.known, self.known if used is None else used}) == 1
        who = (NOON, "", "", "")
        counts = Reconciliation(*who, 18_230 + self.printed, self.printed, 41, self.known, "R-17", left, used, agrees)
        since, by = self.signed or (None, "")
        on_way = int(self.now.state in (S.STICK, S.READING, S.STRIP))
        on_cases = self.known - self.void - on_way
        asked = self.now.state in (S.IDLE, S.REFUSED)
        return Tally(counts, since, by, on_cases, self.void, on_way, self.now.waiting, asked)

    def tally(self, left: int | None = None) -> Future:
        return self._later(lambda: self.tally_of(left))

    def relabel(self, case_id: str, *, first: str, second: str, reason: str) -> Future:
        return self._later(lambda: self.said.append(("relabel", case_id, first, second, reason)) or "NEW")

    def load_roll(self, name: str, labels: int, *, operator: str) -> Future:
        return self._later(lambda: self.said.append(("roll", name, labels, operator)))

    def standing(self, serial: str) -> Future:
        def look() -> tuple[States, Suspicion]:
            self.asked_on.add(threading.current_thread().name)
            return self.standings.get(serial, (States.RESERVED, Suspicion.NONE))

        return self._later(look)
