"""Teaching in a process of its own, with low priority, so that the station beside it keeps its pace."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread

import psutil

from shellmark_inspect.errors import InputError, ShellmarkError
from shellmark_models import ModelError, TeachCancelled

from .bundle import clear_left_over
from .clock import Advance
from .plan import TeachPlan
from .report import GoodsReport
from .teacher import Outcome, teach_plan

_NICE = 10
_PATIENCE_S = 3.0
"""How long a cancelled teaching may take to stop by itself."""


class TeachStopped(ShellmarkError):
    """A teaching was cancelled; nothing was written."""


class TeachJob:
    """A teaching that runs in a child process; every call returns at once, from any thread.

    `result` becomes the bundle that was written, or fails with `ShellmarkError` (`TeachStopped` when cancelled).
    """

    def __init__(self, plan: TeachPlan) -> None:
        self.plan = plan
        self.result: Future[Outcome] = Future()
        self.result.set_running_or_notify_cancel()
        self._lock = Lock()
        self._advance = Advance("start", 0.0)
        self._report: GoodsReport | None = None
        self._stopped = False
        self._target: Path | None = None
        self._stopper: Thread | None = None
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=(plan, theirs), name="shellmark-teach", daemon=True)
        self._process.start()
        theirs.close()
        Thread(target=self._listen, name="teach-job", daemon=True).start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid or 0

    def progress(self) -> tuple[str, float]:
        """The stage, and the share of all work that is done 0..1."""
        with self._lock:
            return self._advance.stage, self._advance.done

    def left_s(self) -> float | None:
        """Seconds left, as far as can be told; None at the start."""
        with self._lock:
            return self._advance.left_s

    def report(self) -> GoodsReport | None:
        """What teaching says of the goods, None before it is known."""
        with self._lock:
            return self._report

    def cancel(self) -> None:
        """Stop; nothing stays on the disk, and the result fails with `TeachStopped`."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        with suppress(OSError, ValueError):
            self._pipe.send("stop")
        self._stopper = Thread(target=self._end_child, name="teach-stop", daemon=True)
        self._stopper.start()

    def _end_child(self) -> None:
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()

    def _listen(self) -> None:
        """Hear the child until it says how it ended, or is gone."""
        ended: Outcome | Exception | None = None
        with suppress(EOFError, OSError):
            while ended is None:
                said = self._pipe.recv()
                if isinstance(said, Advance):
                    with self._lock:
                        self._advance = said
                elif isinstance(said, Path):
                    self._target = said
                elif isinstance(said, Outcome):
                    ended = said
                else:
                    ended = _error(*said)
        self._process.join()
        if self._stopper is not None:
            self._stopper.join()
        self._pipe.close()
        self._end(ended)

    def _end(self, ended: Outcome | Exception | None) -> None:
        with self._lock:
            stopped = self._stopped
            self._report = ended.report if isinstance(ended, Outcome) else None
        if isinstance(ended, Outcome):
            self.result.set_result(ended)
            return
        if ended is None:
            if self._target is not None:
                with suppress(ShellmarkError):
                    clear_left_over(self._target)
            ended = InputError(f"teaching ended by itself (exit code {self._process.exitcode}): see the system's log")
        self.result.set_exception(TeachStopped("teaching was stopped: nothing was written") if stopped else ended)


def start_job(plan: TeachPlan) -> TeachJob:
    """Begin a teaching in a process of its own."""
    return TeachJob(plan)


def _error(kind: str, text: str) -> ShellmarkError:
    return TeachStopped(text) if kind == "stopped" else InputError(text)


def _child(plan: TeachPlan, pipe: Connection) -> None:
    """The whole life of the process; it ends when asked to, or when nobody listens any more."""
    with suppress(psutil.Error, OSError):
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if psutil.WINDOWS else _NICE)
    said: object

    def tell(what: object) -> None:
        with suppress(OSError):  # nobody listens: `_asked_to_stop` says so
            pipe.send(what)

    try:
        said = teach_plan(plan, begun=tell, advance=tell, cancelled=lambda: _asked_to_stop(pipe))
    except TeachCancelled:
        said = ("stopped", "teaching was stopped: nothing was written")
    except (ShellmarkError, ModelError) as e:
        said = ("failed", " ".join(str(e).split()))
    except Exception as e:  # noqa: BLE001 - the parent hears of it instead of a traceback nobody reads
        said = ("failed", f"teaching failed ({type(e).__name__}: {' '.join(str(e).split())}): report this")
    tell(said)


def _asked_to_stop(pipe: Connection) -> bool:
    try:
        return pipe.poll()
    except OSError:
        return True
