"""An exception in a slot must neither abort the program (PyQt6 does, when nobody listens) nor go unseen."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from PyQt6.QtCore import QCoreApplication

LOG_AGAIN_S = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def shown_faults(show: Callable[[str], None]) -> Iterator[None]:
    """While open, an exception nobody caught is logged with its trace and shown in a line; Ctrl+C ends the program.

    The same fault again within ten seconds (a timer comes round 30 times a second) is shown but not logged.
    """
    logged_s: dict[str, float] = {}

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        text = f"{kind.__name__}: {fault}"
        if time.monotonic() - logged_s.get(text, -LOG_AGAIN_S) >= LOG_AGAIN_S:
            logged_s[text] = time.monotonic()
            _log.error("a fault in the screen", exc_info=(kind, fault, trace))
        show(text)

    before = sys.excepthook
    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before
