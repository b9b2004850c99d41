"""Teaching from a station: the job that runs beside it, and what becomes of the corrections it was taught."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Protocol

from shellmark_inspect.errors import InputError, RecordsError, ShellmarkError
from shellmark_inspect.station.corrections import NOTE, Corrections, Queued
from shellmark_inspect.station.golden import GOLDEN_FILE
from shellmark_inspect.station.versions import ModelVersion
from shellmark_inspect.teaching import Outcome, TeachPlan, TeachStopped, start_job
from shellmark_inspect.teaching import TeachJob as ChildJob
from shellmark_models import ModelError
from shellmark_models.writing import write_file


@dataclass(frozen=True, slots=True)
class TeachRequest:
    """What to teach: a folder of goods; `family` None as the recipe wants; `continue_from` a version or None (anew).

    `labelled` is a folder of named defects. `corrections` teaches what people queued with `correct`, too: it goes on
    from the active version where none is named. `without` are goods to leave out, as the report of an earlier job
    names them.
    """

    goods: Path | None
    family: str | None = None
    continue_from: str | None = None
    labelled: Path | None = None
    corrections: bool = False
    without: tuple[str, ...] = ()


class TeachJob(Protocol):
    """A teaching that runs."""

    @property
    def result(self) -> Future[ModelVersion]:
        """The new version, a candidate that nothing uses before the gate; fails with `ShellmarkError`."""

    def progress(self) -> tuple[str, float]:
        """The stage, and how far it is, 0..1."""

    def cancel(self) -> None:
        """Stop; nothing stays in the store, and the result fails."""

    def report(self) -> Any:
        """What teaching says of the goods (outliers, duplicates), None before it is known."""


class Teaching:
    """A teaching in its own process, begun and waited for on a thread; see `TeachJob`."""

    def __init__(self, plan: Callable[[], TeachPlan], finish: Callable[[Outcome], ModelVersion]) -> None:
        self.result: Future[ModelVersion] = Future()
        self.result.set_running_or_notify_cancel()
        self._plan, self._finish = plan, finish
        self._lock = Lock()
        self._job: ChildJob | None = None
        self._cancelled = False
        self._thread = Thread(target=self._run, name="teaching", daemon=True)
        self._thread.start()

    def progress(self) -> tuple[str, float]:
        """The stage, and how far it is, 0..1."""
        return ("start", 0.0) if self._job is None else self._job.progress()

    def left_s(self) -> float | None:
        """Seconds left, as far as can be told."""
        return None if self._job is None else self._job.left_s()

    def report(self) -> Any:
        """What teaching says of the goods, None before it is known."""
        return None if self._job is None else self._job.report()

    def cancel(self) -> None:
        """Stop; nothing stays in the store, and the result fails."""
        with self._lock:
            self._cancelled = True
            job = self._job
        if job is not None:
            job.cancel()

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join()

    def _run(self) -> None:
        try:
            plan = self._plan()
            with self._lock:
                if self._cancelled:
                    raise TeachStopped("teaching was stopped: nothing was written")
                self._job = start_job(plan)
            self.result.set_result(self._finish(self._job.result.result()))
        except ShellmarkError as e:
            self.result.set_exception(e)
        except ModelError as e:
            self.result.set_exception(InputError(str(e)))
        except Exception as e:  # noqa: BLE001 - whoever waits has to hear of it
            self.result.set_exception(InputError(f"teaching failed ({type(e).__name__}: {e}): report this"))


def settle(corrections: Corrections, queued: Sequence[Queued], bundle: Path) -> None:
    """Make golden cases of the corrections a bundle was taught, and take them out of the queue.

    What was missed once must be stopped by this version and those that come of it; a false call must pass.

    Raises:
        RecordsError: the disk refuses.
    """
    if not queued:
        return
    told: dict[str, list[Mapping[str, object]]] = {"must_stop": [], "must_pass": []}
    try:
        for one in queued:
            files = {path.stem: f"golden/{one.folder.name}/{path.name}" for path in _pictures(one.folder)}
            for path in _pictures(one.folder):
                write_file(bundle / files[path.stem], path.read_bytes())
            key = "must_stop" if one.kind == "missed" else "must_pass"
            told[key].append({"name": f"{one.case_id} ({one.folder.name})"[:200], "files": files})
        write_file(bundle / GOLDEN_FILE, json.dumps(told, ensure_ascii=False, indent=1).encode())
        corrections.settle(queued, bundle.name)
    except OSError as e:
        raise RecordsError(f"{bundle}: its golden cases cannot be kept ({e.strerror or e}): free some space") from e


def _pictures(folder: Path) -> list[Path]:
    every = sorted(path for path in folder.iterdir() if path.is_file() and path.name != NOTE)
    return [path for path in every if not path.stem.endswith("_mask")]
