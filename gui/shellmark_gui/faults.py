"""An exception in a slot must neither abort the program (PyQt6 does, when nobody listens) nor go unseen."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from PyQt6.QtCore import QCoreApplication

_log = logging.getLogger(__name__)


@contextmanager
def shown_faults(show: Callable[[str], None]) -> Iterator[None]:
    """While open, an exception nobody caught is logged with its trace and shown in a line; Ctrl+C ends the program."""

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        _log.error("a fault in the screen", exc_info=(kind, fault, trace))
        show(f"{kind.__name__}: {fault}")

    before = sys.excepthook
    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before
