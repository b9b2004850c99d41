"""The longest time the event loop did not come round: what an operator feels as a screen that hangs."""

from __future__ import annotations

import logging
import time

from PyQt6.QtCore import QObject, Qt, QTimer

LIMIT_MS = 50.0
_BEAT_MS = 10
_log = logging.getLogger(__name__)


class Pulse(QObject):
    """A beat every 10 ms on the GUI thread; how late a beat comes is how long the loop was blocked.

    `longest_ms` is the longest block since `reset`, `blocks` how many were over 50 ms. `longest_own_ms` is the most CPU
    time the GUI thread itself spent between two beats: what is beyond it was waiting for a core or for Python's lock.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_ms = self.longest_own_ms = 0.0
        self.blocks = 0
        self._last, self._last_own = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to listen, from zero."""
        self.reset()
        self._timer.start(_BEAT_MS)

    def stop(self) -> None:
        """Stop listening; the figures stay."""
        self._timer.stop()

    def reset(self) -> None:
        """Forget what was measured."""
        self.longest_ms, self.longest_own_ms, self.blocks = 0.0, 0.0, 0
        self._last, self._last_own = time.perf_counter(), time.thread_time()

    def _beat(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        blocked_ms, own_ms = (now - self._last) * 1000 - _BEAT_MS, (own - self._last_own) * 1000
        self._last, self._last_own = now, own
        self.longest_ms, self.longest_own_ms = max(self.longest_ms, blocked_ms), max(self.longest_own_ms, own_ms)
        if blocked_ms > LIMIT_MS:
            self.blocks += 1
            _log.warning("the screen was blocked for %.0f ms, %.0f ms of them its own work", blocked_ms, own_ms)
