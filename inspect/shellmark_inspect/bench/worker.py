"""The work of one process: it opens one contestant and judges pieces of a set, reading ahead by one case."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import wait

import cv2

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.sets import SetCase

from .contestant import Contestant
from .learned import learned_digests
from .look import judge_case, others_clock
from .rows import Judged
from .stills import StillReader, Stills

Piece = Sequence[tuple[int, SetCase]]
"""Some cases with their numbers in the run."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every process of one run is to open."""

    contestant: Contestant
    threads: int


class Worker:
    """One open contestant with its reader."""

    def __init__(self, job: Job) -> None:
        self._inspector: Inspector = job.contestant.open(job.threads)
        self._learned = learned_digests(job.contestant.bundle)
        self._reader = StillReader(self._inspector.recipe)
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        thread = self._ahead.submit(threading.current_thread).result()
        self._overlaps = True
        self._others_s: Callable[[], float]
        try:
            self._others_s = others_clock(thread)
        except AttributeError:  # where a thread has no clock of its own nothing may run beside the model
            self._overlaps, self._others_s = False, float
        self._first = True

    def judge(self, piece: Piece) -> list[Judged]:
        """The rows of some cases."""
        judged = []
        for number, case, stills in self._stills(piece):
            judged.append(
                judge_case(
                    self._inspector,
                    number,
                    case,
                    stills,
                    first=self._first,
                    others_s=self._others_s,
                    learned=self._learned,
                )
            )
            self._first = False
        return judged

    def _stills(self, piece: Piece) -> Iterator[tuple[int, SetCase, Stills]]:
        coming: Future[Stills] | None = None
        for i, (number, case) in enumerate(piece):
            stills = coming.result() if coming else self._ahead.submit(self._reader.read, number, case).result()
            following = piece[i + 1] if self._overlaps and i + 1 < len(piece) else None
            coming = self._ahead.submit(self._reader.read, *following) if following else None
            yield number, case, stills

    def close(self) -> None:
        """Let the model and the reader go."""
        self._ahead.shutdown()
        self._inspector.model.close()


class WholeProcess(Worker):
    """A worker that has its process to itself, and takes no more threads than it was given."""

    def __init__(self, job: Job) -> None:
        cv2.setNumThreads(job.threads)
        super().__init__(job)


_mine: list[Worker] = []


def begin(job: Job) -> None:
    """Open the job in this process, which hears no Ctrl-C and ends with its parent however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    _mine.append(WholeProcess(job))


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


def judge_piece(piece: Piece) -> list[Judged]:
    """The rows of some cases, in a process that has begun."""
    return _mine[-1].judge(piece)
