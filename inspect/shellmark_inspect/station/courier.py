"""Brings what waits in the outbox to an output, again and again until it is there."""

from __future__ import annotations

import logging
from threading import Condition, Thread

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.outputs import Outbox, Output, OutputError, deliver

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0

log = logging.getLogger(__name__)


class Courier:
    """One output with its thread; a failed delivery is tried again after 1 s, doubling to 30 s."""

    def __init__(self, name: str, output: Output, outbox: Outbox) -> None:
        self._name = name
        self._output = output
        self._outbox = outbox
        self._changed = Condition()
        self._wanted = True
        self._closed = False
        self._pause_s: float | None = None
        self._thread = Thread(target=self._work, name=f"output {name}", daemon=True)
        self._thread.start()

    def call(self) -> None:
        """Say that something waits."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def close(self) -> None:
        """Deliver what waits if that works at once, and end the thread."""
        with self._changed:
            self._closed = self._wanted = True
            self._changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._wanted and self._pause_s is None), self._pause_s)
                self._wanted = False
                closed = self._closed
            try:
                deliver(self._outbox, self._name, self._output)
                self._pause_s = None
            except (OutputError, RecordsError) as e:
                log.warning("output %s: %s", self._name, e)
                last = self._pause_s
                self._pause_s = FIRST_PAUSE_S if last is None else min(2 * last, LONGEST_PAUSE_S)
            if closed:
                return
