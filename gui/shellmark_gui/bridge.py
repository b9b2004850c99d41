"""The one place where threads meet Qt: the station's door, and how its answers come to the GUI thread.

The screen pulls status and live frames on timers. Records are pushed as one queued signal, and so are the answers of
what was asked for: `ask` for the station's futures, `fetch` for work (pictures from disk) on a thread of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from shellmark_inspect.errors import ShellmarkError
from shellmark_inspect.loop.status import Status
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import Disposition, Frame, ImageRef, Record

T = TypeVar("T")
_log = logging.getLogger(__name__)


class StationDoor(Protocol):
    """What the screen needs of a station; every call is thread-safe and returns at once unless it says otherwise."""

    def status(self) -> Status:
        """The station's state at this instant; cheap."""
        ...

    def live(self) -> Mapping[str, Frame]:
        """The newest frame per view, without a copy; never judged."""
        ...

    def records(self) -> Sequence[Record]:
        """The last 50 records of this run, newest first, from memory."""
        ...

    def recipe(self) -> Recipe:
        """The recipe in use."""
        ...

    def skus(self) -> Sequence[tuple[str, str, str]]:
        """Every SKU with a recipe: (sku, name, Chinese name)."""
        ...

    def trigger(self, case_id: str | None = None) -> Future[Record]:
        """Inspect one case."""
        ...

    def run(self) -> None:
        """Inspect case after case until `hold` or the source ends."""
        ...

    def hold(self) -> None:
        """Back to Ready after the open cases."""
        ...

    def select(self, sku: str) -> Future[None]:
        """Change over to another SKU, between two cases."""
        ...

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future[Record]:
        """Keep a person's decision on a record as a new row."""
        ...

    def acknowledge(self) -> Future[None]:
        """Leave the Error state: build everything again."""
        ...

    def subscribe(self, callback: Callable[[Record], None]) -> Callable[[], None]:
        """Call back with every new record, on the records thread; returns what unsubscribes."""
        ...

    def picture(self, image: ImageRef) -> Path:
        """Where a kept picture is."""
        ...

    def close(self) -> None:
        """Stop; blocks until every open case has its record."""
        ...


class Bridge(QObject):
    """A station as the GUI thread sees it. `recorded` carries each new record."""

    recorded = pyqtSignal(object)
    _answered = pyqtSignal(object, object, object)

    def __init__(self, station: StationDoor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self._open = True
        self._answered.connect(self._deliver)
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._unsubscribe = station.subscribe(self._push)

    def ask(self, request: Callable[[], Future[T]], done: Callable[[T], None], failed: Callable[[str], None]) -> None:
        """Ask the station; later, on the GUI thread, `done` gets the result or `failed` one line."""
        try:
            future = request()
        except ShellmarkError as fault:
            failed(str(fault))
            return
        self._hear(future, done, failed)

    def fetch(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None] | None = None
    ) -> Future[T]:
        """Do slow work on the bridge's own thread, then `done` on the GUI thread; `cancel` the future to forget it."""
        future = self._workers.submit(work)
        self._hear(future, done, failed or self._log_fault)
        return future

    def close(self) -> None:
        """Hear nothing more of the station, and end the bridge's thread."""
        self._open = False
        self._unsubscribe()
        self._workers.shutdown(cancel_futures=True)

    def _hear(self, future: Future[T], done: Callable[[T], None], failed: Callable[[str], None]) -> None:
        def answer(ended: Future[T]) -> None:
            if self._open:
                self._answered.emit(ended, done, failed)

        future.add_done_callback(answer)

    def _push(self, record: Record) -> None:
        if self._open:
            self.recorded.emit(record)

    def _deliver(self, ended: Future[Any], done: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        if not self._open or ended.cancelled():
            return
        if fault := ended.exception():
            failed(str(fault) or type(fault).__name__)
        else:
            done(ended.result())

    @staticmethod
    def _log_fault(text: str) -> None:
        _log.warning("a picture could not be had: %s", text)
