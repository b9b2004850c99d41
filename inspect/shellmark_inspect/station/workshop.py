"""The engineer's door of a station: versions of the model in use, teaching, gate, activation, shadow, preview."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Protocol, TypeVar

from shellmark_inspect.errors import InputError, ShellmarkError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.records import RecordReader
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.corrections import Correction, Corrections
from shellmark_inspect.station.gating import GateProcess, GateTask
from shellmark_inspect.station.golden import golden_places
from shellmark_inspect.station.lessons import Teaching, TeachJob, TeachRequest, settle
from shellmark_inspect.station.plans import Plans
from shellmark_inspect.station.preview import Preview, preview
from shellmark_inspect.station.shadow import Flip, Shadow, Shadowing, Watched
from shellmark_inspect.station.versions import ModelVersion, model_name, require_free, version_of
from shellmark_inspect.teaching import Outcome, TeachPlan
from shellmark_inspect.types import Mask, Record
from shellmark_models import ModelError, StoredModel
from shellmark_models.activation import read_active
from shellmark_models.evaluation.gate import GateCheck, GateReport
from shellmark_models.registry import FILE_NAME, next_version
from shellmark_models.rescale import rescaled
from shellmark_models.switch import activate, gate_of, keep_gate, rollback, rollback_target, store_for
from shellmark_models.writing import write_folder

__all__ = [
    "Correction",
    "Flip",
    "GateCheck",
    "GateReport",
    "ModelVersion",
    "Preview",
    "Shadowing",
    "TeachJob",
    "TeachRequest",
    "Workshop",
]

log = logging.getLogger(__name__)
T = TypeVar("T")


class Host(Protocol):
    """What the workshop needs of its station."""

    config: StationConfig
    plans: Plans

    def recipe(self) -> Recipe:
        """The recipe in use."""

    def judging(self) -> Watched:
        """What judges now; raises ShellmarkError when the station is not open."""

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Do something that changes what judges, one at a time."""

    def exchange(self, inspector: Inspector) -> None:
        """Let another model judge from the next case on."""

    def reader(self) -> RecordReader:
        """A reader of the records, to be closed."""

    def records(self) -> Sequence[Record]:
        """The last records of the run, from memory."""


class Workshop:
    """Every call returns at once; futures fail with `ShellmarkError`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = Lock()
        self._work = ThreadPoolExecutor(1, thread_name_prefix="workshop")
        self._gates = ThreadPoolExecutor(1, thread_name_prefix="gate")
        self._gate: GateProcess | None = None
        self._done: tuple[GateCheck, ...] = ()
        self._shadow: Shadow | None = None
        self._teaching: Teaching | None = None
        self._closed = False

    # ── versions ────────────────────────────────────────────────────────────────────────────────────────────────

    def versions(self) -> Sequence[ModelVersion]:
        """The versions of the model of the recipe in use, oldest first; reads the disk, so not for the GUI thread."""
        digest = self._host.judging().versions.model_digest
        store = self._host.plans.store
        return [version_of(store, one, digest) for one in store.versions(model_name(self._host.recipe()))]

    def news(self) -> str:
        """What was activated elsewhere (`shellmark models activate`) while this station ran; "" for nothing."""
        try:
            recipe, judging = self._host.recipe(), self._host.judging().versions
            if recipe.model != model_name(recipe) or recipe.model_digest is not None:
                return ""
            active = read_active(self._host.plans.store.roots, recipe.model)
        except ModelError as e:
            return str(e)
        except ShellmarkError:
            return ""
        named = None if active is None else f"{recipe.model}/{active.version}"
        if active is None or (named == judging.model and active.digest in (None, judging.model_digest)):
            return ""
        return f"{named} was activated elsewhere: take it over, or it judges from the next changeover on"

    # ── teaching ────────────────────────────────────────────────────────────────────────────────────────────────

    def teach(self, request: TeachRequest) -> TeachJob:
        """Teach a new version of the model in use: a candidate beside the active one.

        Raises:
            InputError: a teaching runs already.
        """
        queue = self.corrections()
        queued = queue.queued() if request.corrections else []

        def plan() -> TeachPlan:
            with _ours():
                return self._plan(request, queue if queued else None)

        def finish(outcome: Outcome) -> ModelVersion:
            settle(queue, queued, outcome.folder)
            with _ours():
                return self._version(self._stored(outcome.folder.name))

        with self._lock:
            if self._closed:
                raise InputError(f"station {self._host.config.station} is closed")
            if self._teaching is not None and not self._teaching.result.done():
                raise InputError("a teaching runs already: wait for it or cancel it")
            self._teaching = Teaching(plan, finish)
            return self._teaching

    def _plan(self, request: TeachRequest, queue: Corrections | None) -> TeachPlan:
        host, judging = self._host, self._judging()
        before = self._stored(request.continue_from) if request.continue_from else judging if queue else None
        return TeachPlan(
            goods=request.goods,
            store=store_for(host.plans.store, judging),
            recipe=host.plans.places[host.recipe().sku],
            continue_from=None if before is None else before.folder,
            labelled=request.labelled,
            missed=None if queue is None else queue.missed,
            false_calls=None if queue is None else queue.false_calls,
            family=request.family,
            name=judging.name,
            version=next_version(host.plans.store, judging.name),
            without=request.without,
            threads=host.config.threads,
        )

    def rescale(self, times: float) -> Future[ModelVersion]:
        """A candidate like the active version with `times` its threshold; it must pass the gate as any other."""

        def work() -> ModelVersion:
            store, stored = self._host.plans.store, self._judging()
            version = next_version(store, stored.name)
            files = rescaled(stored, times, version)
            write_folder(files, store_for(store, stored) / stored.name / version, holds=FILE_NAME)
            return self._version(store.find(f"{stored.name}/{version}"))

        return self._submit(self._work, work)

    def correct(self, row: int, kind: Correction, masks: Mapping[str, Mask] | None = None) -> Future[None]:
        """Queue a stored case for the next teaching: a false call as a further good, a missed defect with its masks.

        `masks` maps a view to the defect in the frame's pixels; a missed defect needs at least one.
        """

        def work() -> None:
            recipe = self._host.recipe()
            self.corrections().add(recipe, self._record(row), kind, masks or {})

        return self._submit(self._work, work)

    def corrections(self) -> Corrections:
        """What is queued for the recipe in use."""
        config = self._host.config
        return Corrections(config.folder / config.data, self._host.recipe().sku)

    # ── gate ────────────────────────────────────────────────────────────────────────────────────────────────────

    def gate(self, version: str) -> Future[GateReport]:
        """Put a version through the gate; the report is kept beside it, passed or not."""

        def work() -> GateReport:
            store = self._host.plans.store
            stored = self._stored(version)
            places = golden_places(store, stored)
            task = GateTask(stored.folder, stored.digest, self._host.recipe(), places, self._host.config.threads)
            with self._lock:
                if self._closed:
                    raise InputError(f"{stored}: the gate was stopped")
                self._gate, self._done = GateProcess(task), ()
            report = self._gate.report(self._heard)
            keep_gate(store, stored, report)
            return report

        return self._submit(self._gates, work)

    def gating(self) -> tuple[GateCheck, ...]:
        """The checks the last gate has done so far; cheap."""
        return self._done

    def _heard(self, check: GateCheck) -> None:
        self._done = (*self._done, check)

    # ── what judges ─────────────────────────────────────────────────────────────────────────────────────────────

    def activate(self, version: str, by: str) -> Future[ModelVersion]:
        """Let a version judge from the next case on; fails where it has not passed the gate, and the old one stays."""

        def work() -> ModelVersion:
            name, store = require_free(self._host.recipe()), self._host.plans.store
            stored = self._stored(version)
            report = gate_of(store, stored)
            if report is None or not report.passed:  # says why, before anything is loaded
                activate(store, name, version, by=by)
            return self._take(stored, lambda: activate(store, name, version, by=by))

        return self._submit(self._host, work)

    def rollback(self, by: str) -> Future[ModelVersion]:
        """Go back to the version that judged before."""

        def work() -> ModelVersion:
            name, store = require_free(self._host.recipe()), self._host.plans.store
            return self._take(rollback_target(store, name), lambda: rollback(store, name, by=by))

        return self._submit(self._host, work)

    def follow(self) -> Future[ModelVersion]:
        """Take over what was activated from outside (`shellmark models activate`) while the station runs."""

        def work() -> ModelVersion:
            stored = self._host.plans.store.find(self._host.recipe().model)
            return self._take(stored, lambda: stored)

        return self._submit(self._host, work)

    def _take(self, stored: StoredModel, say: Callable[[], StoredModel]) -> ModelVersion:
        """Load a version, say that it is active, and let it judge; whatever fails, the old one goes on."""
        if stored.digest == self._host.judging().versions.model_digest:
            return self._version(say())
        inspector = self._host.plans.inspector(self._host.recipe().sku, stored)
        try:
            say()
        except BaseException:
            inspector.model.close()
            raise
        self._host.exchange(inspector)
        self._watch_again(stored)
        return self._version(stored)

    # ── shadow ──────────────────────────────────────────────────────────────────────────────────────────────────

    def shadow(self, version: str | None) -> Future[None]:
        """Let a version see every case beside the active one, without a say; None ends it."""

        def work() -> None:
            self.forget()
            if version is not None:
                stored = self._stored(version)
                inspector = self._host.plans.inspector(self._host.recipe().sku, stored, threads=1)
                self._shadow = Shadow(inspector)
                self._host.judging().tap = self._shadow.offer

        return self._submit(self._host, work)

    def shadowing(self) -> Shadowing:
        """How the shadow stands; cheap."""
        shadow = self._shadow
        return Shadowing() if shadow is None else shadow.state()

    def flips(self) -> Sequence[Flip]:
        """The last cases the shadow judged differently, newest first; cheap."""
        shadow = self._shadow
        return () if shadow is None else shadow.flips()

    def forget(self) -> None:
        """End the shadow; for the station, on the thread of its changes."""
        shadow, self._shadow = self._shadow, None
        if shadow is not None:
            with suppress(ShellmarkError):
                self._host.judging().tap = None
            shadow.close()

    def _watch_again(self, active: StoredModel) -> None:
        """The shadow goes on beside another active version, unless it has become that itself."""
        if self._shadow is None:
            return
        if self._shadow.digest == active.digest:
            self.forget()
        else:
            self._host.judging().tap = self._shadow.offer

    # ── preview ─────────────────────────────────────────────────────────────────────────────────────────────────

    def preview(self, times: float) -> Future[Preview]:
        """What a threshold `times` the present one would flip on stored records."""

        def work() -> Preview:
            versions, reader = self._host.judging().versions, self._host.reader()
            try:
                return preview(reader, self._host.recipe().sku, versions.model_digest, times)
            finally:
                reader.close()

        return self._submit(self._work, work)

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Stop a gate or a teaching that runs and wait for the rest; the shadow ends with the station's parts."""
        with self._lock:
            self._closed, teaching = True, self._teaching
            if self._gate is not None:
                self._gate.stop()
        if teaching is not None:
            teaching.cancel()
            teaching.join()
        self._gates.shutdown(cancel_futures=True)
        self._work.shutdown(cancel_futures=True)

    def _submit(self, on: Any, work: Callable[[], T]) -> Future[T]:
        def mapped() -> T:
            with _ours():
                return work()

        try:
            future: Future[T] = on.submit(mapped)
        except RuntimeError:  # the executor is shut down
            future = Future()
            future.set_exception(InputError(f"station {self._host.config.station} is closed"))
        return future

    def _stored(self, version: str) -> StoredModel:
        name, _, wanted = version.rpartition("/")
        return self._host.plans.store.find(f"{name or model_name(self._host.recipe())}/{wanted}")

    def _judging(self) -> StoredModel:
        return self._host.plans.store.find(self._host.judging().versions.model)

    def _version(self, stored: StoredModel) -> ModelVersion:
        return version_of(self._host.plans.store, stored, self._host.judging().versions.model_digest)

    def _record(self, row: int) -> Record:
        """The record of a row; the newest ones from memory, where they have their pixels."""
        if (found := next((one for one in self._host.records() if one.row == row), None)) is not None:
            return found
        reader = self._host.reader()
        try:
            return reader.get(row)
        finally:
            reader.close()


@contextmanager
def _ours() -> Iterator[None]:
    """Errors of the models' room as errors of this one."""
    try:
        yield
    except ModelError as e:
        raise InputError(str(e)) from e
