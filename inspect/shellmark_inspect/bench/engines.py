"""Who carries the pieces out: processes of this machine, or a Ray cluster. Both give the same rows."""

from __future__ import annotations

import importlib
import multiprocessing
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from shellmark_inspect.errors import InputError, ShellmarkError

from .rows import Judged
from .worker import Job, Piece, WholeProcess, Worker, begin, judge_piece

Engine = Callable[[Job, Iterable[Piece]], Iterator[list[Judged]]]
"""Carries out the pieces of one job, in any order; it holds no more than a few at a time."""

LOCAL = "local"
_AHEAD = 2
_ANSWER_WITHIN_S = 5.0


class WorkerDied(ShellmarkError):
    """A process that inspected is gone."""


def in_this_process(job: Job, pieces: Iterable[Piece]) -> Iterator[list[Judged]]:
    """One piece after the other, here: for tests and for a gate of a few cases."""
    worker = Worker(job)
    try:
        for piece in pieces:
            yield worker.judge(piece)
    finally:
        worker.close()


def processes(workers: int) -> Engine:
    """That many processes of this machine, each with its own open model."""

    def carry_out(job: Job, pieces: Iterable[Piece]) -> Iterator[list[Judged]]:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(job,))
        try:
            yield from _bounded(pieces, lambda piece: pool.submit(judge_piece, piece), _AHEAD * workers)
        except BrokenProcessPool as e:
            raise WorkerDied(
                f"an inspecting process of {job.contestant.name} died (out of memory?): "
                f"use fewer --workers; with --resume what was judged is kept"
            ) from e
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return carry_out


def _bounded(
    pieces: Iterable[Piece], submit: Callable[[Piece], Future[list[Judged]]], most: int
) -> Iterator[list[Judged]]:
    open_ones: set[Future[list[Judged]]] = set()
    for piece in pieces:
        open_ones.add(submit(piece))
        if len(open_ones) >= most:
            done, open_ones = wait(open_ones, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()
    while open_ones:
        done, open_ones = wait(open_ones, return_when=FIRST_COMPLETED)
        for one in done:
            yield one.result()


def cluster(address: str, workers: int) -> Engine:
    """That many actors of a Ray cluster ("local" starts one here); sets and bundles must have the same paths on all.

    Raises:
        InputError: Ray is not installed, or there is no cluster at that address.
    """
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as e:
        raise InputError("--cluster needs Ray: install shellmark[cluster]") from e
    _check_there(address)

    def carry_out(job: Job, pieces: Iterable[Piece]) -> Iterator[list[Judged]]:
        with _connected(ray, address, workers):
            remote = ray.remote(num_cpus=max(job.threads, 1), max_restarts=0)(WholeProcess)
            actors = [remote.remote(job) for _ in range(workers)]
            yield from _through(ray, actors, pieces, job)

    return carry_out


def _check_there(address: str) -> None:
    """Ray itself waits for minutes where nobody answers."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWER_WITHIN_S).close()
    except OSError as e:
        raise InputError(f"there is no Ray cluster at {address}: {e.strerror or e}: start one or mend it") from e


class _connected:  # noqa: N801 - a with-statement
    def __init__(self, ray: Any, address: str, workers: int) -> None:
        self._ray, self._address, self._workers = ray, address, workers
        self._mine = False

    def __enter__(self) -> None:
        if self._ray.is_initialized():
            return
        here = {"num_cpus": self._workers, "include_dashboard": False} if self._address == LOCAL else {}
        where = None if self._address == LOCAL else self._address
        try:
            self._ray.init(address=where, logging_level="ERROR", log_to_driver=False, **here)
        except (ConnectionError, RuntimeError, ValueError, OSError) as e:
            raise InputError(f"there is no Ray cluster at {self._address}: {str(e).splitlines()[0]}") from e
        self._mine = True

    def __exit__(self, *_: object) -> None:
        if self._mine:
            self._ray.shutdown()


def _through(ray: Any, actors: list[Any], pieces: Iterable[Piece], job: Job) -> Iterator[list[Judged]]:
    """Pieces to whichever actor is free."""
    open_ones: dict[Any, Any] = {}
    free = list(actors)
    try:
        for piece in pieces:
            if not free:
                yield _next(ray, open_ones, free)
            actor = free.pop()
            open_ones[actor.judge.remote(piece)] = actor
        while open_ones:
            yield _next(ray, open_ones, free)
    except ray.exceptions.RayTaskError as e:
        raise e.as_instanceof_cause() from e
    except ray.exceptions.RayError as e:
        why = str(e).strip().splitlines()[0]
        raise WorkerDied(f"an inspecting actor of {job.contestant.name} died: {why}: start again with --resume") from e


def _next(ray: Any, open_ones: dict[Any, Any], free: list[Any]) -> list[Judged]:
    (done,), _ = ray.wait(list(open_ones), num_returns=1)
    free.append(open_ones.pop(done))
    judged: list[Judged] = ray.get(done)
    return judged
