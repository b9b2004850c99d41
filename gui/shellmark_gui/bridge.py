"""The one place where threads meet Qt: the station's door, and how its answers come to the GUI thread.

The screen pulls status and live frames on timers. Records are pushed as one queued signal, and so are the answers of
what was asked for: `ask` for the station's futures, `fetch` for work (pictures, folders) on threads of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from shellmark_gui.doors import StationDoor
from shellmark_gui.troubles import told
from shellmark_inspect.errors import ShellmarkError
from shellmark_inspect.types import Record

T = TypeVar("T")
WORKERS = 2
"""A folder on a network that does not answer must not hold up the pictures."""

_log = logging.getLogger(__name__)


class Bridge(QObject):
    """A station as the GUI thread sees it. `recorded` carries each new record."""

    recorded = pyqtSignal(object)
    _answered = pyqtSignal(object, object, object)

    def __init__(self, station: StationDoor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self._open = True
        self._answered.connect(self._deliver)
        self._workers = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="screen")
        self._unsubscribe = station.subscribe(self._push)

    def ask(self, request: Callable[[], Future[T]], done: Callable[[T], None], failed: Callable[[str], None]) -> None:
        """Ask the station; later, on the GUI thread, `done` gets the result or `failed` one line."""
        try:
            future = request()
        except ShellmarkError as fault:
            failed(told(fault))
            return
        self._hear(future, done, failed)

    def fetch(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None] | None = None
    ) -> Future[T]:
        """Do slow work on a thread of ours, then `done` on the GUI thread; `cancel` the future to forget it."""
        future = self._workers.submit(work)
        self._hear(future, done, failed or self._log_fault)
        return future

    def close(self) -> None:
        """Hear nothing more of the station, and end the bridge's threads."""
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
            failed(told(fault))
        else:
            done(ended.result())

    @staticmethod
    def _log_fault(text: str) -> None:
        _log.warning("could not be had: %s", text)
