"""A small real station in memory: one thread judges drawn shells, without cameras, model or database."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from memory_checks import MemoryChecks, MemoryClearance, MemoryDrift
from memory_labels import MemoryLabels
from memory_workshop import MemoryWorkshop

from shellmark_inspect.errors import StorageFull
from shellmark_inspect.labelling import Labelling, LabelState
from shellmark_inspect.loop.status import Lamp, Light, StationState, Status
from shellmark_inspect.recipe import Limit, Recipe, ViewSpec
from shellmark_inspect.types import (
    Code,
    Counts,
    Defect,
    Disposition,
    Evidence,
    Frame,
    ImageRef,
    Inspection,
    Reason,
    ReasonCode,
    Record,
    Trigger,
    Verdict,
    Versions,
)

SKUS = [("S20-BLACK", "20 inch, glossy black", "20 寸 亮面黑"), ("S24-GREEN", "24 inch, grained green", "24 寸 磨砂绿")]
VIEWS = ("front", "side")
LIGHTS = ("low_n", "low_e", "diffuse")
PX_PER_MM = 6.0


def recipe(sku: str) -> Recipe:
    """A recipe with two views of three lights."""
    name, name_zh = next((name, name_zh) for one, name, name_zh in SKUS if one == sku)
    views = tuple(
        ViewSpec(name=view, camera="memory", lights=LIGHTS, channels=("low_n",), px_per_mm=PX_PER_MM) for view in VIEWS
    )
    limits = (
        Limit(label="scratch", length_mm=5.0),
        Limit(label="dent", diameter_mm=2.0),
        Limit(label="*", diameter_mm=0.5),
    )
    return Recipe(sku=sku, name=name, name_zh=name_zh, model="drawn", views=views, limits=limits)


def drawn_shell(seed: int, size: tuple[int, int] = (1200, 1600), *, light: str = "low_n") -> np.ndarray:
    """A shell with ribs, BGR (h, w, 3)."""
    rng = np.random.default_rng(seed)
    h, w = size
    x = np.linspace(0, 12 * np.pi, w, dtype=np.float32)
    phase = {"low_n": 0.0, "low_e": 1.2, "diffuse": 2.4}[light]
    ribs = 95 + 26 * np.sin(x + phase) + 10 * np.sin(2 * x)
    fall = np.linspace(1.1, 0.75, h, dtype=np.float32)[:, None]
    grey = ribs[None, :] * fall + rng.normal(0, 3, (h, w)).astype(np.float32)
    colour = np.array([1.0, 0.92, 0.8], np.float32) if seed % 2 else np.array([0.75, 1.0, 0.82], np.float32)
    pixels = np.clip(grey[..., None] * colour, 0, 255).astype(np.uint8)
    cv2.rectangle(pixels, (40, 40), (w - 40, h - 40), (70, 74, 78), 10)
    return pixels


def drawn_defect(planes: dict[str, np.ndarray], view: str, label: str, size_mm: float, seed: int) -> Defect:
    """Draw a defect onto a view's planes; returns it as judged."""
    rng = np.random.default_rng(seed)
    h, w = planes["low_n"].shape[:2]
    centre = (int(rng.integers(w // 4, 3 * w // 4)), int(rng.integers(h // 4, 3 * h // 4)))
    half = int(size_mm * PX_PER_MM / 2)
    canvas = np.zeros((h, w), np.uint8)
    if label == "scratch":
        cv2.line(canvas, (centre[0] - half, centre[1] - half // 2), (centre[0] + half, centre[1] + half // 2), 255, 3)
    else:
        cv2.ellipse(canvas, centre, (half, max(2, int(half * 0.8))), 20, 0, 360, 255, -1)
    for plane in planes.values():
        plane[canvas > 0] = np.clip(plane[canvas > 0].astype(int) + (95 if label == "scratch" else -45), 0, 255)
    around = cv2.dilate(canvas, np.ones((15, 15), np.uint8))
    contour = max(cv2.findContours(around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0], key=cv2.contourArea)
    reach = half + 40
    y, x = max(0, centre[1] - reach), max(0, centre[0] - reach)
    crop = planes["low_n"][y : y + 2 * reach, x : x + 2 * reach].copy()
    width = 0.4 if label == "scratch" else size_mm * 0.8
    return Defect(
        view=view,
        zone="A",
        label=label,
        label_score=0.9,
        score=1.8,
        centre_mm=(centre[0] / PX_PER_MM, centre[1] / PX_PER_MM),
        length_mm=size_mm,
        width_mm=width,
        diameter_mm=size_mm,
        area_mm2=size_mm * width,
        uncertainty_mm=0.2,
        light="low_n",
        contour_px=contour[:, 0].astype(np.float64),
        crop=crop,
        crop_px_per_mm=PX_PER_MM,
    )


class MemoryReader:
    """Looks records up in a list."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records

    def get(self, row: int) -> Record:
        return next(record for record in self._records if record.row == row)

    def close(self) -> None:
        pass


def drawn_map(defects: Sequence[Defect], view: str, size: tuple[int, int], seed: int) -> np.ndarray:
    """A map of scores (h, w) at an eighth of the frame: grain below half the limit, a warm spot, defects above it."""
    h, w = size[0] // 8, size[1] // 8
    rng = np.random.default_rng(seed)
    scores = rng.uniform(5, 42, (h, w)).astype(np.float32)
    cv2.circle(scores, (int(rng.integers(w // 4, 3 * w // 4)), h // 3), max(3, w // 30), 82.0, -1)
    for defect in defects:
        if defect.view == view:
            cv2.fillPoly(scores, [np.round(defect.contour_px / 8).astype(np.int32)], 100.0 * defect.score)
    return cv2.GaussianBlur(scores, (5, 5), 0).clip(0, 255).astype(np.uint8)


class MemoryStation:
    """Judges drawn shells: by turns PASS, FAIL and REVIEW, or what `plan` says. `take_s` is how long a case takes."""

    def __init__(
        self, *, take_s: float = 0.02, plan: Sequence[Verdict] = (), size: tuple[int, int] = (1200, 1600)
    ) -> None:
        self.take_s, self.plan, self.size = take_s, tuple(plan), size
        self.folder = tempfile.TemporaryDirectory(prefix="shellmark-screen-")
        self.workshop = MemoryWorkshop()
        self.checks, self.drift = MemoryChecks(self._later), MemoryDrift(self._later)
        self.clearance = MemoryClearance(self.checks, self.drift)
        self.lamps = {name: Lamp(Light.GREEN) for name in ("camera", "disk", "model", "database")}
        self.labels = MemoryLabels(self._later)
        self.overruled: list[Record] = []
        self.taken: list[Recipe] = []
        self.acknowledged = 0
        self._sku, self._state, self._message, self._ended = SKUS[0][0], StationState.READY, "", False
        self._counts, self._open, self._row = Counts(since=datetime.now(UTC)), 0, 0
        self._records: deque[Record] = deque(maxlen=50)
        self._callbacks: list[Callable[[Record], None]] = []
        self._lock = threading.Lock()
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._holding = threading.Event()
        self.newest: dict[str, Frame] = {}
        self._frame = 0
        self.refresh_live()
        self._thread = threading.Thread(target=self._work, name="memory-station")
        self._thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _later(self, work: Callable[[], object]) -> Future:
        future: Future = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except Exception as fault:  # noqa: BLE001 - it belongs to who asked
                future.set_exception(fault)

        self._jobs.put(job)
        return future

    def refresh_live(self, pixels: np.ndarray | None = None) -> None:
        """A new live frame for every view."""
        self._frame += 1
        shell = drawn_shell(self._frame, self.size) if pixels is None else pixels
        self.newest = {view: Frame(shell, self._frame, time.monotonic_ns(), "memory", "low_n") for view in VIEWS}

    def give_labels(self) -> MemoryLabels:
        """A station that prints labels."""
        self.labels.now = Labelling(LabelState.IDLE)
        self.lamps["label"] = Lamp(Light.GREEN)
        return self.labels

    def fail(self, message: str) -> None:
        """Go to the Error state."""
        with self._lock:
            self._state, self._message = StationState.ERROR, message

    def status(self) -> Status:
        with self._lock:
            blocked = tuple(str(one) for one in self.clearance.troubles() if one.blocks)
            return Status(
                self._state, self._sku, self._message, self.lamps, self._counts, self._open, self._ended, blocked
            )

    def live(self) -> Mapping[str, Frame]:
        return self.newest

    def records(self) -> Sequence[Record]:
        with self._lock:
            return list(self._records)

    def recipe(self) -> Recipe:
        one = recipe(self._sku)
        one._folder = Path(self.folder.name)
        return one

    def recipe_place(self) -> Path:
        """The recipe's file, with the pictures of good shells it refers to, written when it is asked for first."""
        folder = Path(self.folder.name) / self._sku
        if not folder.is_dir():
            folder.mkdir()
            one = recipe(self._sku)
            views = []
            for view in one.views:
                names = {light: f"{view.name}_{light}.png" for light in LIGHTS}
                for light, name in names.items():
                    cv2.imwrite(str(folder / name), drawn_shell(3, self.size, light=light))
                views.append(view.model_copy(update={"reference": names, "frame_px": (self.size[1], self.size[0])}))
            one.model_copy(update={"views": tuple(views)}).write(folder / "recipe.toml")
        return folder / "recipe.toml"

    def take_recipe(self) -> Future:
        return self._later(lambda: self.taken.append(Recipe.read(self.recipe_place())))

    def skus(self) -> Sequence[tuple[str, str, str]]:
        return SKUS

    def trigger(self, case_id: str | None = None) -> Future:
        with self._lock:
            self._open += 1
        return self._later(lambda: self._judge(case_id))

    def run(self) -> None:
        self._holding.clear()
        with self._lock:
            self._state = StationState.CONTINUOUS_EXECUTION
        self._later(self._next)

    def _next(self) -> None:
        if self._holding.is_set():
            with self._lock:
                self._state = StationState.READY
            return
        self.trigger()
        self._later(self._next)

    def hold(self) -> None:
        self._holding.set()

    def select(self, sku: str) -> Future:
        def change() -> None:
            if sku not in {one for one, _, _ in SKUS}:
                raise ValueError(f"no recipe for SKU {sku}")
            with self._lock:
                self._sku = sku

        return self._later(change)

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future:
        def keep() -> Record:
            before = next(record for record in self._records if record.row == row)
            with self._lock:
                self._row += 1
                record = replace(
                    before,
                    row=self._row,
                    disposition=disposition,
                    operator=operator,
                    reason_code=reason_code,
                    note=note,
                    previous=row,
                    inspection=replace(before.inspection, evidence=()),
                )
                self._counts = replace(self._counts, overruled=self._counts.overruled + 1)
                self._records.appendleft(record)
            self.overruled.append(record)
            self._push(record)
            return record

        return self._later(keep)

    def acknowledge(self) -> Future:
        def again() -> None:
            with self._lock:
                self.acknowledged += 1
                self._state, self._message = StationState.READY, ""

        return self._later(again)

    def subscribe(self, callback: Callable[[Record], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def picture(self, image: ImageRef) -> Path:
        return Path(self.folder.name) / image.path

    def reader(self) -> MemoryReader:
        return MemoryReader(self.records())

    def close(self) -> None:
        self.workshop.close()
        self._holding.set()
        self._jobs.put(None)
        self._thread.join()
        self.folder.cleanup()

    def _push(self, record: Record) -> None:
        for callback in tuple(self._callbacks):
            callback(record)

    def _judge(self, case_id: str | None) -> Record:
        time.sleep(self.take_s)  # a case takes its time; this is the thing simulated, not a wait for something
        with self._lock:
            self._row += 1
            number = self._row
        verdicts = self.plan or (Verdict.FAIL, Verdict.PASS, Verdict.REVIEW)
        verdict = verdicts[(number - 1) % len(verdicts)]
        record = self._record(number, case_id or f"20-{number:05d}", verdict)
        name = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.REVIEW: "review"}[verdict]
        with self._lock:
            if self._state is StationState.ERROR:
                self._open -= 1
                raise StorageFull(self._message)
            self._records.appendleft(record)
            self._counts = replace(self._counts, **{name: getattr(self._counts, name) + 1})
            self._open -= 1
        self._push(record)
        return record

    def _record(self, number: int, case_id: str, verdict: Verdict) -> Record:
        shells = {view: {light: drawn_shell(number, self.size, light=light) for light in LIGHTS} for view in VIEWS}
        defects, reasons = self._findings(shells, verdict, number)
        evidence = tuple(
            Evidence("frame", view, light, pixels)
            for view, planes in shells.items()
            for light, pixels in planes.items()
        ) + tuple(Evidence("map", view, "", drawn_map(defects, view, self.size, number)) for view in VIEWS)
        inspection = Inspection(
            Trigger(number, time.monotonic_ns(), case_id), self._sku, verdict, reasons, defects,
            Versions("0.1.0", f"{self._sku} v1", "sha256:00", "drawn 1.0", "sha256:00"), evidence=evidence,
        )  # fmt: skip
        code = None
        if verdict is Verdict.PASS:
            serial = f"7K3M9Q0X{number:05d}"
            code = Code(serial, f"HTTPS://V.EXAMPLE.COM/01/06901234567892/21/{serial}", "RESERVED")
        return Record(number, number, "memory", datetime.now(UTC), inspection, self._kept(number, inspection), code)

    def _findings(self, shells: dict, verdict: Verdict, seed: int) -> tuple[tuple[Defect, ...], tuple[Reason, ...]]:
        if verdict is Verdict.PASS:
            return (), ()
        if verdict is Verdict.REVIEW:
            dent = drawn_defect(shells["side"], "side", "dent", 2.1, seed)
            near = {
                "label": "dent",
                "measure": "diameter",
                "value": 2.1,
                "unit": "mm",
                "zone": "A",
                "limit": 2.0,
                "uncertainty": 0.2,
            }
            return (dent,), (Reason(ReasonCode.NEAR_LIMIT, near, 0),)
        scratch = drawn_defect(shells["front"], "front", "scratch", 12.4, seed)
        speck = drawn_defect(shells["front"], "front", "speck", 1.3, seed + 1)
        strange = drawn_defect(shells["side"], "side", "unknown", 3.0, seed + 2)
        over = {"label": "scratch", "measure": "length", "value": 12.4, "unit": "mm", "zone": "A", "limit": 5.0}
        dot = {"label": "speck", "measure": "diameter", "value": 1.3, "unit": "mm", "zone": "A", "limit": 0.5}
        reasons = (
            Reason(ReasonCode.OVER_LIMIT, over, 0),
            Reason(ReasonCode.OVER_LIMIT, dot, 1),
            Reason(ReasonCode.NOT_ALLOWED, {"label": "unknown", "value": 3.0, "zone": "A"}, 2),
            Reason(ReasonCode.TOO_MANY, {"label": "speck", "value": 4, "zone": "A", "limit": 2}, 1),
        )
        return (scratch, speck, strange), reasons

    def _kept(self, number: int, inspection: Inspection) -> tuple[ImageRef, ...]:
        kept = []
        wanted = (*inspection.evidence[:2], *(one for one in inspection.evidence if one.kind == "map"))
        for place, one in enumerate(wanted):
            path = Path(f"{number:05d}-{place}.png")
            cv2.imwrite(str(Path(self.folder.name) / path), one.pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
            kept.append(ImageRef(one.kind, one.view, one.light, path, "sha256:00"))
        return tuple(kept)
