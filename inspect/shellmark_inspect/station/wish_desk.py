"""The wish desk: takes up what commands wish of codes while the station runs, on the records thread, code by code."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING

from shellmark_inspect.errors import InputError, ShellmarkError
from shellmark_inspect.said import said_by

from .wishes import FOLDER, Answer, Spool, Taken, Wish, take_step

if TYPE_CHECKING:
    from shellmark_inspect.station.keeper import Keeper
    from shellmark_inspect.station.station import Station

log = logging.getLogger(__name__)


class WishDesk:
    """Looks after the wishes of one station, one after the other, on a thread of its own."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._spool = Spool(station.config.folder / station.config.data / FOLDER)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="wishes")
        self._ending = Event()
        self._lock = Lock()
        self._busy = False

    def look(self) -> None:
        """See whether wishes wait, and do them; cheap, called again and again. Nothing while the log does not hold."""
        with self._lock:
            if self._busy or self._ending.is_set() or not self._station.clearance.log_holds():
                return
            self._busy = True
            self._worker.submit(self._work)

    def close(self) -> None:
        """End after the code at hand; what was taken up is done at the next start."""
        with self._lock:
            self._ending.set()
        self._worker.shutdown()

    def _work(self) -> None:
        try:
            for wish in self._spool.take_up():
                if (answer := self._do(wish)) is None:
                    return
                self._spool.finish(wish.request, answer)
                log.info("%s: %d codes, as a command wished", wish.step, len(answer.taken))
        except ShellmarkError as e:
            log.warning("%s", e)
        finally:
            with self._lock:
                self._busy = False

    def _do(self, wish: Wish) -> Answer | None:
        """Do a wish; None where the station ends or cannot keep records: it stays taken up, for the next look."""
        taken: list[Taken] = []
        try:
            for serial in wish.serials:  # an unknown one ends it before anything is done
                self._station.labels.standing(serial).result()
            for serial in wish.serials:
                if self._ending.is_set():
                    return None
                taken.append(self._station.keep(partial(_take, wish, serial)).result())
        except InputError as e:
            return Answer(taken=tuple(taken), error=said_by(e))
        except ShellmarkError as e:
            log.warning("%s: %s", wish.step, e)
            return None
        self._station.labels.news()
        return Answer(taken=tuple(taken))


def _take(wish: Wish, serial: str, keeper: Keeper) -> Taken:
    return take_step(keeper.records, wish, serial)
