"""A station: the one place that builds concrete parts from a configuration and holds them together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_all
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import psutil

from shellmark_inspect.cameras import build_guarded
from shellmark_inspect.errors import CameraLost, ConfigError, InputError, RecipeError, RecordsError, ShellmarkError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.loop import (
    CameraThread,
    Lamp,
    Light,
    Loop,
    NotReady,
    Plan,
    StationState,
    Status,
)
from shellmark_inspect.outputs import build_output, read_output_settings
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.records import RecordReader, Records
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.courier import Courier
from shellmark_inspect.station.keeper import Keeper
from shellmark_inspect.types import Disposition, Frame, ImageRef, Inspection, Record
from shellmark_models import ModelError, Store, bundle_roots, load

HEARTBEAT_S = 2.0
LOOK_AGAIN_S = 0.2
CLOSE_WITHIN_S = 5.0

log = logging.getLogger(__name__)
_RANK = {Light.GREEN: 0, Light.OFF: 1, Light.YELLOW: 2, Light.RED: 3}


class Station:
    """An inspection station. Every call is thread-safe and returns at once unless it says otherwise.

    `sku` picks the recipe at start, None the configuration's first.
    """

    def __init__(self, config: StationConfig, sku: str | None = None) -> None:
        self.config = config
        self._recipes = read_recipes(config)
        self._sku = sku or next(iter(self._recipes))
        self._check_sku(self._sku)
        self._outputs = {
            name: read_output_settings(name, settings, config.folder) for name, settings in config.outputs.items()
        }
        self._store = Store(*(config.folder / root for root in config.models), *bundle_roots())
        self._lock = Lock()
        self._listeners: list[Callable[[Record], None]] = []
        self._changes = ThreadPoolExecutor(1, thread_name_prefix="changeover")
        self._beat_now = Event()
        self._closing = False
        self._fault = ""
        self._lamps: dict[str, Lamp] = {}
        self._ended = False
        self._loop: Loop | None = None
        self._keeper: Keeper | None = None
        self._plan: Plan | None = None
        self._couriers: list[Courier] = []
        self._unstored: list[Inspection] = []
        self._runner: Thread | None = None
        self._pruned: date | None = None
        self._heart = Thread(target=self._beat, name="heartbeat", daemon=True)

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
            self._tear_down()
            self._changes.shutdown()
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
        self._changes.shutdown()
        self._tear_down()
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
        return Status(state, self._sku, message, dict(self._lamps), keeper.counts(), loop.open_cases, self._ended)

    def live(self) -> Mapping[str, Frame]:
        """The newest frame per view name; cheap, no copy, never judged."""
        plan = self._plan
        newest: dict[str, Frame] = {}
        for name, views in plan.views.items() if plan else ():
            seen = plan.cameras[name].live if plan else {}
            for view in views:
                frames = [frame for key in (view, "") if (frame := seen.get(key)) is not None]
                if frames:
                    newest[view] = max(frames, key=lambda frame: frame.taken_ns)
        return newest

    def records(self) -> Sequence[Record]:
        """The last 50 records of this run, newest first, from memory; the newest has its pixels."""
        return self._keeper.last() if self._keeper else ()

    def recipe(self) -> Recipe:
        """The recipe in use."""
        return self._recipes[self._sku]

    def skus(self) -> Sequence[tuple[str, str, str]]:
        """(sku, name, Chinese name) of every recipe."""
        return [(recipe.sku, recipe.name, recipe.name_zh) for recipe in self._recipes.values()]

    def picture(self, image: ImageRef) -> Path:
        """Where a kept picture is."""
        return self.config.images / image.path

    def reader(self) -> RecordReader:
        """A reader of the station's records, to be closed by the caller."""
        return RecordReader(self.config.url, self.config.images)

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def trigger(self, case_id: str | None = None) -> Future[Record]:
        """Inspect one case; the future fails with `ShellmarkError` when the station takes none."""
        refused: Future[Record] = Future()
        try:
            self._check_source()
            return self._open_loop().trigger(case_id)
        except ShellmarkError as e:
            refused.set_exception(e)
            return refused

    def run(self) -> None:
        """Inspect case after case until `hold` or a finite source ends."""
        with self._lock:
            if self._closing or self._loop is None or (self._runner and self._runner.is_alive()):
                return
            self._loop.run()
            self._runner = Thread(target=self._run, args=(self._loop,), name="run", daemon=True)
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
                raise CameraLost(f"camera {thread.camera.name}: {thread.camera.state.last_error}")

    def select(self, sku: str) -> Future[None]:
        """Change over to another SKU between two cases; a recipe or model that cannot be used leaves the old one."""
        return self._changes.submit(self._select, sku)

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future[Record]:
        """Keep a person's decision about a record as a further record."""

        def decide(keeps: Any) -> Record:
            record: Record = keeps.overrule(row, disposition, operator=operator, reason_code=reason_code, note=note)
            self._tell(record)
            return record

        return self._open_loop().keep(decide)

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
        inspector = self._inspector(self._sku)
        records = Records.open(config.url, config.images, station=config.station, host=config.host, policy=config.save)
        gtins = {recipe.sku: recipe.gtin for recipe in self._recipes.values()}
        self._keeper = keeper = Keeper(records, self.reader(), gtins)
        while self._unstored:
            if records.is_open(self._unstored[0].trigger):
                keeper.store(self._unstored[0])
            del self._unstored[0]
        for record in records.recover():
            log.warning("case %s was open when the program ended: REVIEW", record.inspection.trigger.case_id)
        self._couriers = [Courier(name, build_output(settings), records) for name, settings in self._outputs.items()]
        self._plan = plan = self._planned(inspector, None)
        self._loop = Loop(
            plan,
            keeper,
            number=records.next_trigger_number(),
            station=config.station,
            room=config.room,
            overrun=config.overrun,
            answer_within_s=config.answer_within_s,
            on_record=self._tell,
            on_state=lambda _state, _message: self._beat_now.set(),
        )
        self._fault = ""
        self._look_around()
        self._loop.start()

    def _inspector(self, sku: str) -> Inspector:
        recipe = self._recipes[sku]
        try:
            path = self._store.find(recipe.model).path
            return Inspector(recipe, load(path, digest=recipe.model_digest, threads=self.config.threads))
        except (ModelError, RecipeError) as e:  # a step knows its view, a model its file, neither the recipe
            raise RecipeError(f"recipe {sku}: {str(e).removeprefix(f'recipe {sku}: ')}") from e

    def _planned(self, inspector: Inspector, old: Plan | None) -> Plan:
        """The plan of a recipe; a camera whose settings stay the same stays open."""
        recipe = inspector.recipe
        views: dict[str, dict[str, Sequence[str]]] = {}
        for view in recipe.views:
            views.setdefault(view.camera, {})[view.name] = view.lights
        before = self._recipes[old.inspects.recipe.sku] if old else None
        cameras: dict[str, CameraThread] = {}
        for name in views:
            if (
                old
                and before
                and name in old.cameras
                and self._camera_of(before, name) == self._camera_of(recipe, name)
            ):
                cameras[name] = old.cameras[name]
        fresh = {name: self._camera_thread(recipe, name) for name in views if name not in cameras}
        for name, thread in old.cameras.items() if old else ():
            if name not in cameras:  # a device is had by one; it lets go before it is opened with other settings
                thread.stop(CLOSE_WITHIN_S)
        wait_for_all([thread.start() for thread in fresh.values()], self.config.answer_within_s)
        cameras |= fresh
        return Plan(inspector, views, cameras)

    def _camera_of(self, recipe: Recipe, name: str) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
        """A camera's settings under a recipe, and the frame sizes its views want."""
        if name not in self.config.cameras:
            known = ", ".join(self.config.cameras)
            raise ConfigError(f"recipe {recipe.sku} wants camera {name}: the configuration has {known}")
        sizes = {v.name: v.frame_px for v in recipe.views if v.camera == name and v.frame_px is not None}
        return self.config.cameras[name] | recipe.cameras.get(name, {}), sizes

    def _camera_thread(self, recipe: Recipe, name: str) -> CameraThread:
        settings, sizes = self._camera_of(recipe, name)
        return CameraThread(build_guarded(name, settings, self.config.folder, sizes))

    def _select(self, sku: str) -> None:
        self._check_sku(sku)
        loop, old = self._open_loop(), self._plan
        if sku == self._sku or old is None:
            return
        inspector = self._inspector(sku)
        loop.hold()
        if self._runner is not None:
            self._runner.join()
        loop.pause()
        try:
            self._plan = plan = self._planned(inspector, old)
            loop.change(plan)
            self._sku, self._ended = sku, False
        finally:
            loop.resume()
        _close_model(old)
        self._look_around()

    def _rebuild(self) -> None:
        if self._loop is not None and self.status().state is not StationState.ERROR:
            return
        self._tear_down()
        try:
            self._build()
        except ShellmarkError as e:
            self._fault = str(e)
            self._tear_down()
            self._look_around()
            raise

    def _tear_down(self) -> None:
        """Stop and close whatever is open; what could not be stored waits in memory for the next `_build`."""
        self._unstored += self._loop.stop() if self._loop else []
        if self._runner is not None:
            self._runner.join()
        for thread in self._cameras():
            if not thread.stop(CLOSE_WITHIN_S):
                log.warning("camera %s does not let go", thread.camera.name)
        for courier in self._couriers:
            courier.close()
        if self._keeper is not None:
            self._keeper.records.close()
            self._keeper.reader.close()
        if self._plan is not None:
            _close_model(self._plan)
        self._loop, self._keeper, self._plan, self._couriers, self._runner = None, None, None, [], None

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, loop: Loop) -> None:
        pause = Event()
        while loop.state is StationState.CONTINUOUS_EXECUTION:
            loop.wait_captured()
            if not all(thread.wait_there(LOOK_AGAIN_S) for thread in self._cameras()):
                continue  # nothing but REVIEWs would come of cases that no camera can see
            try:
                self._check_source()
                began = time.monotonic()
                loop.trigger(wait=True)
            except ShellmarkError:
                break
            pause.wait(max(0.0, self.config.every_s - (time.monotonic() - began)) if self.config.every_s else 0)
        loop.hold()

    def _cameras(self) -> Sequence[CameraThread]:
        return tuple(self._plan.cameras.values()) if self._plan else ()

    def _check_source(self) -> None:
        """Refuse a trigger that a finite source has no case for."""
        if any(thread.camera.ended for thread in self._cameras()):
            self._ended = True
            raise NotReady("the source has no further case")

    def _tell(self, record: Record) -> None:
        for courier in self._couriers:
            courier.call()
        for listener in tuple(self._listeners):
            listener(record)

    def _beat(self) -> None:
        while not self._closing:
            self._beat_now.wait(HEARTBEAT_S)
            self._beat_now.clear()
            self._look_around()
            self._drop_old_pictures()

    def _drop_old_pictures(self) -> None:
        """Once a day, on the records thread, what is older than the save policy's days."""
        loop, today = self._loop, datetime.now(UTC).date()
        if loop is not None and self.config.save.days is not None and today != self._pruned:
            self._pruned = today
            loop.keep(_prune)

    def _look_around(self) -> None:
        """Set the lamps anew."""
        loop, plan = self._loop, self._plan
        lamps = [thread.lamp() for thread in self._cameras()]
        worst = max(lamps, key=lambda lamp: _RANK[lamp.light], default=Lamp(Light.OFF))
        broken = loop is None or loop.state is StationState.ERROR
        self._lamps = {
            "camera": worst,
            "disk": self._disk_lamp(),
            "model": Lamp(Light.GREEN, plan.inspects.versions.model) if plan else Lamp(Light.OFF),
            "database": Lamp(Light.RED, loop.message if loop else self._fault) if broken else Lamp(Light.GREEN),
        }

    def _disk_lamp(self) -> Lamp:
        folder = next((f for f in (self.config.images, *self.config.images.parents) if f.is_dir()), Path())
        try:
            free = psutil.disk_usage(str(folder)).free
        except OSError as e:
            return Lamp(Light.RED, f"{folder}: {e.strerror}")
        text = f"{free / 1e9:.1f} GB"
        return Lamp(Light.YELLOW if free < self.config.save.floor_bytes else Light.GREEN, text)

    def _open_loop(self) -> Loop:
        if self._loop is None or self._fault:
            raise NotReady(f"station {self.config.station} is not open{': ' + self._fault if self._fault else ''}")
        return self._loop

    def _check_sku(self, sku: str) -> None:
        if sku not in self._recipes:
            raise InputError(f"there is no recipe for SKU {sku}: there are {', '.join(self._recipes)}")


def read_recipes(config: StationConfig) -> dict[str, Recipe]:
    """The configuration's recipes by SKU, in its order.

    Raises:
        RecipeError: one cannot be used.
        ConfigError: two are of one SKU.
    """
    recipes: dict[str, Recipe] = {}
    for path in config.recipes:
        recipe = Recipe.read(config.folder / path)
        if recipe.sku in recipes:
            raise ConfigError(f"two recipes are of SKU {recipe.sku}: {recipes[recipe.sku].folder} and {recipe.folder}")
        recipes[recipe.sku] = recipe
    return recipes


def _prune(keeps: Any) -> None:
    try:
        keeps.records.prune()
    except RecordsError as e:  # a picture that stays is no reason to stop
        log.warning("old pictures: %s", e)


def _close_model(plan: Plan) -> None:
    if isinstance(plan.inspects, Inspector):
        plan.inspects.model.close()
