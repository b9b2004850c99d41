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

    `longest_ms` is the longest block since `reset`, `blocks` how many were over 50 ms.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_ms = 0.0
        self.blocks = 0
        self._last = time.perf_counter()
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
        self.longest_ms, self.blocks, self._last = 0.0, 0, time.perf_counter()

    def _beat(self) -> None:
        now = time.perf_counter()
        blocked_ms = (now - self._last) * 1000 - _BEAT_MS
        self._last = now
        self.longest_ms = max(self.longest_ms, blocked_ms)
        if blocked_ms > LIMIT_MS:
            self.blocks += 1
            _log.warning("the screen was blocked for %.0f ms", blocked_ms)
