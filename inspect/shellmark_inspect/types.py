"""What flows through the station: Frame → View → Inspection → Record. Frozen; nothing is filled in later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .planes import Planes

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]

MAP_LIMIT = 100
"""The value of a kept map of scores where the score is 1.0; a pixel is this times its score, rounded down."""

UNKNOWN = "unknown"
"""The label of a defect no class was sure enough for; it has limits of its own."""


class Verdict(StrEnum):
    """What the machine says of a case."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    REVIEW = "REVIEW"


class Disposition(StrEnum):
    """What people do with a case."""

    OK = "OK"
    NG = "NG"
    RECHECK = "RECHECK"
    REWORK = "REWORK"
    B_GRADE = "B_GRADE"
    SCRAP = "SCRAP"


@dataclass(frozen=True, slots=True)
class Placed:
    """A master put before the cameras: the number of the daily check, the master's name, which of its places."""

    check: int
    master: str
    place: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """One request to inspect one case; it ends in exactly one record.

    `number` counts up within a station for ever; `case_id` is the shell's name: the caller's own (`named`: a scanner, a
    person), else what the source calls it (a folder), else one the station made; `opened_ns` is the host's monotonic
    clock; `placed` says that the shell is a master of a daily check, None for production.
    """

    number: int
    opened_ns: int
    case_id: str
    named: bool = False
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One exposure of one camera under one light.

    `pixels` is (h, w, 3) BGR or (h, w) grey, uint8, made read-only here; `number` is the camera's own counter (a gap is
    a lost frame); `taken_ns` the host's monotonic clock; `trigger` the trigger's number, or None for a live frame;
    `case_id` what the source itself calls the case (a folder's name), or None; `gap` the frames lost just before this
    one.

    Raises:
        ValueError: the pixels are no such array.
    """

    pixels: Pixels
    number: int
    taken_ns: int
    camera: str
    light: str
    trigger: int | None = None
    case_id: str | None = None
    gap: int = 0

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)) or 0 in shape:
            raise ValueError(f"a frame is (h, w) or (h, w, 3) uint8, not {shape} {self.pixels.dtype}")
        self.pixels.setflags(write=False)


class Bend(Protocol):
    """A lens's distortion: pixels (n, 2) of the camera's frame ↔ straight ones, in which lines are lines."""

    def bent(self, points: Matrix) -> Matrix:
        """The frame's pixels of straight pixels."""

    def straight(self, points: Matrix) -> Matrix:
        """Straight pixels of the frame's."""


class Surface(Protocol):
    """The shell's surface over the plane that `to_mm` measures on."""

    def seen(self, points_mm: Matrix, eye_mm: Matrix) -> Matrix:
        """Where the rays from an eye (3,) through points (n, 2) of the plane meet the surface: (n, 3), z towards it."""


@dataclass(frozen=True, slots=True)
class Eye:
    """Where the camera looks from: the pixel of the view right under it, and its height over the plane in mm."""

    foot_px: tuple[float, float]
    height_mm: float


@dataclass(frozen=True, slots=True)
class ZoneColour:
    """The colour of one zone of a shell under one light: CIE Lab (D65, 2 degrees) of its middle tiles.

    `unsure_de` is half the width of the 95 % interval of a camera ΔE to it: that of the tiles, and what re-loading the
    shell changes. A camera's Lab, not a spectrophotometer's.
    """

    lab: tuple[float, float, float]
    unsure_de: float


@dataclass(frozen=True, slots=True)
class View:
    """One face of the shell at one stop: a registered stack of frames with the maps of its pixels.

    `planes` maps a light's name to its pixels, all (h, w[, 3]) of one size. `channels` are what steps made of the whole
    stack ("normals.x", "bipolar.west"), uint8 (h, w[, 3]) of the same size; a signed one has its zero at 128. `shell`
    is True where the shell is and may be judged (fittings and background are False), None while no step has found it.
    `zones` holds an index into `zone_names` per pixel, None while no step has painted it. `to_frame` and `to_mm` are
    3x3 homographies taking homogeneous view pixels (x, y, 1; pixel centres at whole numbers) to pixels of the camera's
    frame and to millimetres on the shell. Where a step took a lens out, `bend` is that lens and `to_frame` leads to
    its straight pixels only: `in_frame` and `of_frame` go all the way. `surface` is the shell's depth over the plane,
    None for a flat one, `eye` where it is seen from, None while nobody knows. `notes` are what steps want the record to
    say (a shift in mm, a level); `colours` the colour of each zone, "" all of the shell, empty while no step has
    measured them.
    """

    name: str
    planes: Mapping[str, Pixels]
    to_frame: Matrix
    to_mm: Matrix
    shell: Mask | None = None
    zones: NDArray[np.uint8] | None = None
    zone_names: tuple[str, ...] = ()
    notes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    channels: Mapping[str, Pixels] = field(default_factory=lambda: MappingProxyType({}))
    bend: Bend | None = None
    surface: Surface | None = None
    eye: Eye | None = None
    colours: Mapping[str, ZoneColour] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        if isinstance(self.planes, Planes):  # which may not have moved its pixels yet
            return self.planes.size
        h, w = next(iter(self.planes.values())).shape[:2]
        return h, w

    @property
    def px_per_mm(self) -> float:
        """The scale at the middle of the view, pixels per millimetre (geometric mean of both directions)."""
        h, w = self.size
        corners = np.array([[w / 2, w / 2 + 1, w / 2], [h / 2, h / 2, h / 2 + 1], [1, 1, 1]])
        mm = self.to_mm @ corners
        mm = mm[:2] / mm[2]
        area = abs(np.linalg.det(np.stack([mm[:, 1] - mm[:, 0], mm[:, 2] - mm[:, 0]])))
        return float(1 / np.sqrt(area))

    def in_frame(self, points: NDArray[np.floating]) -> Matrix:
        """Pixels (n, 2) of the camera's frame of pixels (n, 2) of the view."""
        there = project(self.to_frame, points)
        return there if self.bend is None else self.bend.bent(there)

    def of_frame(self, points: NDArray[np.floating]) -> Matrix:
        """Pixels (n, 2) of the view of pixels (n, 2) of the camera's frame."""
        straight = points if self.bend is None else self.bend.straight(np.asarray(points, np.float64))
        return project(np.asarray(np.linalg.inv(self.to_frame), np.float64), straight)

    def on_shell(self, points: NDArray[np.floating]) -> Matrix:
        """Millimetres on the shell of pixels (n, 2) of the view: (n, 3), z the height over the plane."""
        flat = project(self.to_mm, points)
        if self.surface is None or self.eye is None:
            return np.column_stack([flat, np.zeros(len(flat))])
        foot = project(self.to_mm, np.array([self.eye.foot_px]))[0]
        return self.surface.seen(flat, np.array([*foot, self.eye.height_mm]))

    def moved(self, planes: Mapping[str, Pixels], back: Matrix, **changes: object) -> View:
        """The view after a step that moved pixels; `back` (3x3) takes the new pixels to the old ones."""
        eye = self.eye
        if eye is not None:
            x, y = project(np.asarray(np.linalg.inv(back), np.float64), np.array([eye.foot_px]))[0]
            eye = replace(eye, foot_px=(float(x), float(y)))
        return replace(
            self,
            eye=eye,
            planes=planes if isinstance(planes, Planes) else Planes(planes),
            to_frame=self.to_frame @ back,
            to_mm=self.to_mm @ back,
            **changes,  # type: ignore[arg-type]
        )

    def noted(self, **notes: float) -> View:
        """The view with further notes."""
        return replace(self, notes=MappingProxyType({**self.notes, **notes}))


def project(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Points (n, 2) through a 3x3 homography."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])


@dataclass(frozen=True, slots=True)
class Defect:
    """A region with a class and a size in mm.

    `label` is one of the model's classes or `UNKNOWN`, `label_score` 0..1; `score` the anomaly's peak (1.0 = the
    threshold); `contour_px` (n, 2) in pixels of the camera's frame; `centre_mm` on the shell; sizes in mm, `area_mm2`
    in mm²; `uncertainty_mm` how far a length may be off; `light` the plane it shows best in;
    `crop` the evidence (h, w, 3) BGR at full resolution with surroundings, `crop_px_per_mm` its scale;
    `may_be` the other classes it could well be of.
    """

    view: str
    zone: str
    label: str
    label_score: float
    score: float
    centre_mm: tuple[float, float]
    length_mm: float
    width_mm: float
    diameter_mm: float
    area_mm2: float
    uncertainty_mm: float
    light: str
    contour_px: NDArray[np.float64]
    crop: Pixels | None = None
    crop_px_per_mm: float = 0.0
    may_be: tuple[str, ...] = ()


COLOUR_DIFFERENCE = "colour_difference"
"""The label of a zone unlike the first article in colour (class C01)."""
COLOUR_MISMATCH = "colour_mismatch"
"""The label of two views of one case that are unlike in colour (class C01, front against back)."""


class ReasonCode(StrEnum):
    """Why a verdict is what it is; each has its sentence in `REASONS`."""

    OVER_LIMIT = "over_limit"
    NEAR_LIMIT = "near_limit"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"
    TOO_CLOSE = "too_close"
    TOO_DENSE = "too_dense"
    NO_LIMIT = "no_limit"
    MAY_BE = "may_be"
    NEAR_THRESHOLD = "near_threshold"
    VIEW_MISSING = "view_missing"
    CAMERA = "camera"
    STEP = "step"
    MODEL = "model"
    FRAMES_LOST = "frames_lost"
    OVERRUN = "overrun"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAULT = "fault"
    BLOCKED = "blocked"


REASONS: Mapping[ReasonCode, str] = MappingProxyType(
    {
        ReasonCode.OVER_LIMIT: "{label} {measure} {value:.1f} {unit}, zone {zone} allows {limit:.1f}",
        ReasonCode.NEAR_LIMIT: (
            "{label} {measure} {value:.1f} ± {uncertainty:.1f} {unit} is too near zone {zone}'s limit {limit:.1f}"
        ),
        ReasonCode.NOT_ALLOWED: "{label} {value:.1f} mm, zone {zone} allows none",
        ReasonCode.TOO_MANY: "{value:.0f} x {label}, zone {zone} allows {limit:.0f}",
        ReasonCode.TOO_CLOSE: "{label} {value:.0f} mm apart, zone {zone} wants {limit:.0f}",
        ReasonCode.TOO_DENSE: "{value:.1f} x {label} per 100 cm², zone {zone} allows {limit:.1f}",
        ReasonCode.NO_LIMIT: "{label} {value:.1f} mm in zone {zone}: the recipe has no limit for it",
        ReasonCode.MAY_BE: "{label} {value:.1f} mm in zone {zone} may be {other}, which is not allowed that size",
        ReasonCode.NEAR_THRESHOLD: "view {view} is near the model's threshold (score {value:.2f})",
        ReasonCode.VIEW_MISSING: "view {view} is missing",
        ReasonCode.CAMERA: "camera {camera}: {detail}",
        ReasonCode.STEP: "view {view}, step {step}: {detail}",
        ReasonCode.MODEL: "model {model}: {detail}",
        ReasonCode.FRAMES_LOST: "camera {camera} lost {value:.0f} frame(s)",
        ReasonCode.OVERRUN: "the trigger came while the station was full",
        ReasonCode.STOPPED: "the station was stopped before the case was judged",
        ReasonCode.INTERRUPTED: "the program ended before the case was recorded",
        ReasonCode.FAULT: "{detail}",
        ReasonCode.BLOCKED: "no pass is given while the station is blocked: {detail}",
    }
)
"""English sentences; the screen translates the sentence, never the values."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: a code, the values of its sentence, and the defect it is about (index) or None."""

    code: ReasonCode
    values: Mapping[str, str | float] = field(default_factory=dict)
    defect: int | None = None

    def __str__(self) -> str:
        return REASONS[self.code].format(**self.values)


@dataclass(frozen=True, slots=True)
class Versions:
    """Every version that judged a case; empty where a part had not been reached."""

    program: str
    recipe: str
    recipe_digest: str
    model: str = ""
    model_digest: str = ""
    calibration: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One picture to be kept with a record.

    `kind` is "frame", "crop" or "map"; `defect` the index of the crop's defect, otherwise None. A map is uint8 (h, w),
    the whole frame made small, of `MAP_LIMIT` times the scores there; its `light` is "".
    """

    kind: str
    view: str
    light: str
    pixels: Pixels
    defect: int | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the station found out about one case.

    `timings_ms` holds the time of each stage; `scores` the highest anomaly score per view (1.0 = threshold); `evidence`
    the pictures that may be kept. `sku` is the recipe's.
    """

    trigger: Trigger
    sku: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    defects: tuple[Defect, ...]
    versions: Versions
    scores: Mapping[str, float] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict is not Verdict.PASS and not self.reasons:
            raise ValueError(f"{self.verdict} without a reason")


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A picture as kept: `path` under the station's image folder, `digest` "sha256:…" of the file's bytes."""

    kind: str
    view: str
    light: str
    path: Path
    digest: str
    defect: int | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """The text in the symbol on the label, its serial, and the state of its life cycle."""

    serial: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Record:
    """An inspection as kept.

    `row` is the database's row id; `sequence` the station's own count without gaps; `recorded_at` UTC; `disposition`
    None until a person decided, with `operator`, `reason_code` and `note` of that decision; `code` None unless the
    case passed; `previous` the row of the same case this one follows (a re-inspection or an overrule), or None.
    `master` names the master of a daily check, "" for production; `suspect` is "SUSPECT" while a failed check puts the
    inspection in doubt, "CLEARED" once a person has decided, else "". `order` and `batch` are what the station made
    then, "" where it was told none.
    """

    row: int
    sequence: int
    station: str
    recorded_at: datetime
    inspection: Inspection
    images: tuple[ImageRef, ...] = ()
    code: Code | None = None
    disposition: Disposition | None = None
    operator: str = ""
    reason_code: str = ""
    note: str = ""
    previous: int | None = None
    master: str = ""
    suspect: str = ""
    order: str = ""
    batch: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the machine said."""
        return self.inspection.verdict


@dataclass(frozen=True, slots=True)
class Counts:
    """What a shift produced: cases by the machine's last verdict, and how many a person overruled."""

    passed: int = 0
    failed: int = 0
    review: int = 0
    overruled: int = 0
    since: datetime | None = None

    @property
    def cases(self) -> int:
        """All cases."""
        return self.passed + self.failed + self.review

    @property
    def yield_rate(self) -> float | None:
        """First-pass yield 0..1, None before the first case."""
        return self.passed / self.cases if self.cases else None


Frames = Mapping[str, Sequence[Frame]]
"""The frames of one case: view name → one frame per light, in the recipe's order."""
