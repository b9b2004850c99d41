"""A station: the one place that builds concrete parts from a configuration and holds them together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, TypeVar, cast

from shellmark_inspect.errors import CameraLost, InputError, ShellmarkError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.loop import CameraThread, Lamp, Loop, NotReady, Plan, StationState, Status
from shellmark_inspect.outputs import ProofTaker, build_output, read_output_settings
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.records import RecordReader, Records
from shellmark_inspect.said import said_by
from shellmark_inspect.station.clearance import Clearance
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.courier import Courier
from shellmark_inspect.station.keeper import Keeper
from shellmark_inspect.station.label_desk import LabelDesk
from shellmark_inspect.station.lamps import database_lamp, disk_lamp, model_lamp, worst_camera
from shellmark_inspect.station.plans import CLOSE_WITHIN_S, Plans, close_model, newest_frames, refused, retire
from shellmark_inspect.station.publishing import Notary
from shellmark_inspect.station.running import run_cases
from shellmark_inspect.station.shadow import Watched
from shellmark_inspect.station.wish_desk import WishDesk
from shellmark_inspect.station.workshop import Workshop
from shellmark_inspect.types import Disposition, Frame, ImageRef, Inspection, Placed, Record
from shellmark_inspect.zoning import recipe_file

HEARTBEAT_S = 2.0

log = logging.getLogger(__name__)
T = TypeVar("T")


class Station:
    """An inspection station. Every call is thread-safe and returns at once unless it says otherwise.

    `sku` picks the recipe at start, None the configuration's first.
    """

    def __init__(self, config: StationConfig, sku: str | None = None) -> None:
        self.config = config
        self.plans = Plans(config)
        self._recipes = self.plans.recipes
        self._sku = sku or next(iter(self._recipes))
        self._check_sku(self._sku)
        self._outputs = {
            name: read_output_settings(name, settings, config.folder) for name, settings in config.outputs.items()
        }
        self._lock = Lock()
        self._listeners: list[Callable[[Record], None]] = []
        self._changes = ThreadPoolExecutor(1, thread_name_prefix="changeover")
        self._retiring = ThreadPoolExecutor(1, thread_name_prefix="retiring")
        self._beat_now = Event()
        self._closing = False
        self._fault = ""
        self._lamps: dict[str, Lamp] = {}
        self._ended = False
        self._was = StationState.PREOPERATIONAL
        self._loop: Loop | None = None
        self._keeper: Keeper | None = None
        self._plan: Plan | None = None
        self._couriers: list[Courier] = []
        self._unstored: list[Inspection] = []
        self._runner: Thread | None = None
        self._pruned: date | None = None
        self._heart = Thread(target=self._beat, name="heartbeat", daemon=True)
        self.labels = LabelDesk(self)
        self.workshop = Workshop(self)
        self.wishes = WishDesk(self)
        self.clearance = Clearance(self)
        self.checks, self.drift = self.clearance.checks, self.clearance.drift

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> Station:
        """Build every part and get Ready; blocks for the model to load and the cameras to answer once.

        Raises:
            ShellmarkError: a recipe, the model or the database cannot be used. A camera that is not there is no reason:
                it is looked for again and again, and its cases are REVIEW.
        """
        try:
            self._build()
        except BaseException:
            self.workshop.close()
            self.wishes.close()
            self._tear_down()
            self._changes.shutdown()
            self._retiring.shutdown()
            raise
        self._heart.start()
        return self

    def close(self) -> None:
        """Stop; blocks until every open case has its record."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        self._beat_now.set()
        self.workshop.close()
        self.wishes.close()
        self._changes.shutdown()
        self._tear_down()
        self._retiring.shutdown()
        if self._heart.is_alive():
            self._heart.join()

    def __enter__(self) -> Station:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── what the screen pulls ───────────────────────────────────────────────────────────────────────────────────

    def status(self) -> Status:
        """A frozen snapshot; cheap."""
        loop, keeper = self._loop, self._keeper
        if loop is None or keeper is None:
            state = StationState.ERROR if self._fault else StationState.PREOPERATIONAL
            return Status(state, self._sku, self._fault, dict(self._lamps), ended=self._ended)
        message = self._fault or loop.message
        state = StationState.ERROR if self._fault else loop.state
        lamps, blocked = {**self._lamps, **self.clearance.lamps(), **self.labels.lamps()}, self.blocked()
        return Status(state, self._sku, message, lamps, keeper.counts(), loop.open_cases, self._ended, blocked)

    def blocked(self) -> tuple[str, ...]:
        """Why automatic mode is refused, a line a cause; cheap."""
        return (*self.clearance.blocked(), *self.labels.blocked())

    def live(self) -> Mapping[str, Frame]:
        """The newest frame per view name; cheap, no copy, never judged."""
        return newest_frames(self._plan)

    def records(self) -> Sequence[Record]:
        """The last 50 records of this run, newest first, from memory; the newest has its pixels."""
        return self._keeper.last() if self._keeper else ()

    def recipe(self) -> Recipe:
        """The recipe in use."""
        return self._recipes[self._sku]

    def skus(self) -> Sequence[tuple[str, str, str]]:
        """(sku, name, Chinese name) of every recipe."""
        return [(recipe.sku, recipe.name, recipe.name_zh) for recipe in self._recipes.values()]

    def recipe_place(self) -> Path:
        """Where the file of the recipe in use lies."""
        return recipe_file(self.plans.places[self._sku])

    def picture(self, image: ImageRef) -> Path:
        """Where a kept picture is."""
        return self.config.images / image.path

    def reader(self) -> RecordReader:
        """A reader of the station's records, to be closed by the caller."""
        return RecordReader(self.config.url, self.config.images)

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def trigger(self, case_id: str | None = None, *, placed: Placed | None = None) -> Future[Record]:
        """Inspect one case; the future fails with `ShellmarkError` when the station takes none.

        `placed` says that it is a master of a daily check (`checks.place`). While the station is blocked a PASS becomes
        REVIEW.
        """
        try:
            self._check_source()
            return self._open_loop().trigger(case_id, placed=placed)
        except ShellmarkError as e:
            return refused(e)

    def run(self) -> None:
        """Inspect case after case until `hold`, a block or a finite source's end; refused while `Status.blocked`."""
        with self._lock:
            if self._closing or self._loop is None or (self._runner and self._runner.is_alive()):
                return
            if blocked := self.blocked():
                log.warning("automatic mode is refused: %s", blocked[0])
                return
            self._loop.run()
            parts = (self._loop, self._cameras, self._check_source, self.config.every_s)
            self._runner = Thread(target=run_cases, args=parts, name="run", daemon=True)
            self._runner.start()

    def hold(self) -> None:
        """Go back to Ready after the open cases."""
        if self._loop is not None:
            self._loop.hold()

    def wait(self) -> None:
        """Wait until a continuous run has ended and no case is open."""
        if self._runner is not None:
            self._runner.join()
        if self._loop is not None:
            self._loop.wait_idle()

    def check_cameras(self, timeout_s: float = 0.0) -> None:
        """Wait until every camera is there.

        Raises:
            CameraLost: one is not when `timeout_s` has passed; the text is its own.
        """
        for thread in self._cameras():
            if not thread.wait_there(timeout_s):
                raise CameraLost(
                    "camera {camera}: {why}", camera=thread.camera.name, why=thread.camera.state.last_error
                )

    def select(self, sku: str) -> Future[None]:
        """Change over to another SKU between two cases; a recipe or model that cannot be used leaves the old one."""
        return self._changes.submit(self._select, sku)

    def take_recipe(self) -> Future[None]:
        """Read the recipe in use anew and let it judge, between two cases; one that cannot be used leaves the old."""
        return self._changes.submit(self._take_recipe)

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future[Record]:
        """Keep a person's decision about a record as a further record."""

        def decide(keeps: Any) -> Record:
            record: Record = keeps.overrule(row, disposition, operator=operator, reason_code=reason_code, note=note)
            self._tell(record)
            return record

        return self._open_loop().keep(decide)

    def keep(self, do: Callable[[Keeper], T]) -> Future[T]:
        """Do something with the records on their own thread; the future fails when the station is not open."""
        try:
            return self._open_loop().keep(cast("Callable[[Any], T]", do))
        except ShellmarkError as e:
            return refused(e)

    def acknowledge(self) -> Future[None]:
        """Leave the Error state: build everything again, and first store what could not be stored."""
        return self._changes.submit(self._rebuild)

    def subscribe(self, callback: Callable[[Record], None]) -> Callable[[], None]:
        """Be told of every stored record on the records thread; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    # ── building ────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        config = self.config
        inspector = self.plans.inspector(self._sku)
        records = Records.open(config.url, config.images, station=config.station, host=config.host, policy=config.save)
        gtins = {recipe.sku: recipe.gtin for recipe in self._recipes.values()}
        self._keeper = keeper = Keeper(records, self.reader(), gtins, self.clearance)
        outputs = {name: build_output(settings) for name, settings in self._outputs.items()}
        if config.log is not None:
            takers = [output for output in outputs.values() if isinstance(output, ProofTaker)]
            self.clearance.watch(Notary(config, self.reader(), self.clearance.look, takers))
        while self._unstored:
            if records.is_open(self._unstored[0].trigger):
                keeper.store(self._unstored[0])
            del self._unstored[0]
        for record in records.recover():
            log.warning("case %s was open when the program ended: REVIEW", record.inspection.trigger.case_id)
        self.labels.open(records)
        self.clearance.take(keeper, inspector)
        self._couriers = [Courier(name, output, records) for name, output in outputs.items()]
        self._plan = plan = self.plans.plan(inspector, None)
        self._loop = Loop(
            plan,
            keeper,
            number=records.next_trigger_number(),
            station=config.station,
            room=config.room,
            overrun=config.overrun,
            answer_within_s=config.answer_within_s,
            on_record=self._tell,
            on_state=self._state_changed,
        )
        self._fault = ""
        self._look_around()
        self._loop.start()
        if self.clearance.log_holds():  # a database that was rolled back does not know which labels were printed
            self.labels.start()

    def _select(self, sku: str) -> None:
        self._check_sku(sku)
        loop, old = self._open_loop(), self._plan
        if sku == self._sku or old is None:
            return
        self._change_over(loop, old, sku)

    def _take_recipe(self) -> None:
        loop, old = self._open_loop(), self._plan
        if old is None:
            return
        before = self.plans.reread(self._sku)
        try:
            self._change_over(loop, old, self._sku)
        except BaseException:
            self.plans.recipes[self._sku] = before
            raise

    def _change_over(self, loop: Loop, old: Plan, sku: str) -> None:
        inspector = self.plans.inspector(sku)
        self.workshop.forget()
        loop.hold()
        if self._runner is not None:
            self._runner.join()
        loop.pause()
        try:
            self._plan = plan = self.plans.plan(inspector, old)
            loop.change(plan)
            self._sku, self._ended = sku, False
            self.keep(lambda keeper: self.clearance.take(keeper, inspector)).result()
        finally:
            loop.resume()
        close_model(old)
        self._look_around()

    # ── what the workshop needs ─────────────────────────────────────────────────────────────────────────────────

    def judging(self) -> Watched:
        """What judges now.

        Raises:
            NotReady: the station is not open.
        """
        self._open_loop()
        plan = self._plan
        assert plan is not None
        assert isinstance(plan.inspects, Watched)
        return plan.inspects

    def plan(self) -> Plan | None:
        """What is captured and judged with now, None while the station is not open."""
        return self._plan

    def look_now(self) -> None:
        """Have the lamps set anew soon; from any thread."""
        self._beat_now.set()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Do something that changes what judges, one at a time, after what was asked for before."""
        return self._changes.submit(work)

    def exchange(self, inspector: Inspector) -> None:
        """Let another model judge every case triggered from now on; cases that are open keep the one they came under.

        Nothing waits and a run goes on; the old model is let go after the last case that needs it.

        Raises:
            NotReady: the station is not open; the inspector's model is closed.
        """
        try:
            loop, old = self._open_loop(), self._plan
        except NotReady:
            inspector.model.close()
            raise
        assert old is not None
        self._plan = plan = replace(old, inspects=Watched(inspector))
        loop.change(plan)
        self.keep(lambda keeper: self.clearance.take(keeper, inspector))
        self._look_around()
        self._retiring.submit(retire, loop, old)

    def _rebuild(self) -> None:
        if self._loop is not None and self.status().state is not StationState.ERROR:
            return
        self._tear_down()
        try:
            self._build()
        except ShellmarkError as e:
            self._fault = said_by(e)
            self._tear_down()
            self._look_around()
            raise

    def _tear_down(self) -> None:
        """Stop and close whatever is open; what could not be stored waits in memory for the next `_build`."""
        self.workshop.forget()
        self.labels.close()
        self._unstored += self._loop.stop() if self._loop else []
        if self._runner is not None:
            self._runner.join()
        for thread in self._cameras():
            if not thread.stop(CLOSE_WITHIN_S):
                log.warning("camera %s does not let go", thread.camera.name)
        for courier in self._couriers:
            courier.close()
        if self.clearance.notary is not None:
            self.clearance.notary.close()
            self.clearance.watch(None)
        if self._keeper is not None:
            self._keeper.records.close()
            self._keeper.reader.close()
        if self._plan is not None:
            close_model(self._plan)
        self._loop, self._keeper, self._plan, self._couriers, self._runner = None, None, None, [], None

    def _state_changed(self, state: StationState, _message: str) -> None:
        """Look around at once; the end of a run is the end of a batch, of which the log shows a checkpoint."""
        was, self._was = self._was, state
        if was is StationState.CONTINUOUS_EXECUTION and state is not was and self.clearance.notary is not None:
            self.clearance.notary.call()
        self.look_now()

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _cameras(self) -> Sequence[CameraThread]:
        return tuple(self._plan.cameras.values()) if self._plan else ()

    def _check_source(self) -> None:
        """Refuse a trigger that a finite source has no case for."""
        if any(thread.camera.ended for thread in self._cameras()):
            self._ended = True
            raise NotReady("the source has no further case")

    def _tell(self, record: Record) -> None:
        if (keeper := self._keeper) is not None:
            self.labels.see(record, keeper.records)
            if self.labels.blocked():
                self.hold()
        for courier in self._couriers:
            courier.call()
        for listener in tuple(self._listeners):
            listener(record)

    def _beat(self) -> None:
        while not self._closing:
            self._beat_now.wait(HEARTBEAT_S)
            self._beat_now.clear()
            self._look_around()
            self.clearance.look()
            self.wishes.look()
            self._drop_old_pictures()

    def _drop_old_pictures(self) -> None:
        """Once a day, on the records thread, what is older than the save policy's days."""
        loop, today = self._loop, datetime.now(UTC).date()
        if loop is not None and self.config.save.days is not None and today != self._pruned:
            self._pruned = today
            loop.keep(lambda keeps: cast("Keeper", keeps).prune())

    def _look_around(self) -> None:
        """Set the lamps anew."""
        loop, plan = self._loop, self._plan
        self._lamps = {
            "camera": worst_camera(self._cameras()),
            "disk": disk_lamp(self.config),
            "model": model_lamp(plan.inspects.versions.model if plan else "", self.workshop.news()),
            "database": database_lamp(loop, self._fault),
        }

    def _open_loop(self) -> Loop:
        if self._loop is None or self._fault:
            if self._fault:
                raise NotReady("station {station} is not open: {why}", station=self.config.station, why=self._fault)
            raise NotReady("station {station} is not open", station=self.config.station)
        return self._loop

    def _check_sku(self, sku: str) -> None:
        if sku not in self._recipes:
            raise InputError(
                "there is no recipe for SKU {sku}: there are {there}", sku=sku, there=", ".join(self._recipes)
            )
