"""The cases of a set served as a camera, so that they go the same way as the station's frames, guard and all."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from shellmark_inspect.cameras import Guarded, read_still
from shellmark_inspect.errors import BadFrame, CameraError, InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import SetCase
from shellmark_inspect.types import Frame, Pixels, Reason, ReasonCode, Trigger

NAME = "set"


@dataclass(frozen=True, slots=True)
class Stills:
    """One case as read: its frames per view, what went wrong, its mask (grey, the frame's pixels) and its digest."""

    trigger: Trigger
    frames: Mapping[str, Sequence[Frame]]
    faults: tuple[Reason, ...]
    mask: Pixels | None
    digest: str
    read_ms: float


class SetCamera:
    """Serves the stills of the case it was given last; as `Camera`."""

    def __init__(self) -> None:
        self.name = NAME
        self.ended = False
        self.case: SetCase | None = None
        self._numbers = itertools.count(1)

    def open(self) -> None:
        """Nothing: files are opened when they are read."""

    def close(self) -> None:
        """Nothing."""

    def look(self) -> Frame | None:
        """Nothing is live."""
        return None

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """The stills of the case; as `Camera.expose`."""
        case = self.case
        if case is None:
            raise BadFrame("no case was given")
        return [self._frame(case, trigger, view, light, len(lights)) for light in lights]

    def _frame(self, case: SetCase, trigger: Trigger, view: str, light: str, of: int) -> Frame:
        try:
            path = case.file_of(view, light, of)
        except InputError as e:
            raise BadFrame(str(e)) from e
        pixels = read_still(path)
        return Frame(pixels, next(self._numbers), time.monotonic_ns(), NAME, light, trigger.number, case.name)


class StillReader:
    """Reads cases for one recipe; one thread reads."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._camera = SetCamera()
        sizes = {view.name: view.frame_px for view in recipe.views if view.frame_px is not None}
        self._guarded = Guarded(self._camera, frame_px=sizes, repeats=True, skips=True)
        self._guarded.open()

    def read(self, number: int, case: SetCase) -> Stills:
        """A case's stills; a picture that cannot be used is a fault, as on the station."""
        began = time.perf_counter()
        self._camera.case = case
        trigger = Trigger(number, time.monotonic_ns(), case.name, named=True)
        frames: dict[str, Sequence[Frame]] = {}
        faults: list[Reason] = []
        for view in self._recipe.views:
            try:
                frames[view.name] = self._guarded.expose(trigger, view.name, view.lights)
            except CameraError as e:
                faults.append(Reason(ReasonCode.CAMERA, {"camera": view.camera, "detail": str(e)}))
        drawn = cv2.imread(str(case.mask), cv2.IMREAD_GRAYSCALE) if case.mask is not None else None
        mask = None if drawn is None else np.asarray(drawn, np.uint8)
        taken = (time.perf_counter() - began) * 1000
        return Stills(trigger, frames, tuple(faults), mask, digest_of_case(case), taken)


def digest_of_case(case: SetCase) -> str:
    """The content of all a case's files, and what is said of its defects; changed pictures have another digest."""
    whole = hashlib.sha256(repr((case.kind, case.defects, case.area_px)).encode())
    files = [*(case.files[key] for key in sorted(case.files)), *([case.mask] if case.mask else [])]
    for path in files:
        try:
            whole.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError:
            whole.update(b"missing")
    return whole.hexdigest()
