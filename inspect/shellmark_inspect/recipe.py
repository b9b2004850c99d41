"""A recipe: everything one SKU needs, read from a TOML file and checked when it is read."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from shellmark_trace.reading import read_toml

from .errors import RecipeError
from .types import COLOUR_DIFFERENCE, COLOUR_MISMATCH

COLOUR_LABELS = (COLOUR_DIFFERENCE, COLOUR_MISMATCH)

Millimetre = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]
Point = tuple[Millimetre, Millimetre]
Polygon = Annotated[tuple[Point, ...], Field(min_length=3)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Limit(_Part):
    """What a zone accepts of one class; a measure that is not given is not limited.

    `zone` and `label` may be "*" for any; the most particular row wins (zone and label, then label, then zone).
    Lengths in mm, `area_mm2` in mm², `count` per view and zone, `spacing_mm` the least distance between two accepted
    defects of the class, `per_100_cm2` the most per 100 cm² of the zone. `camera_de` is the most camera ΔE00 of a whole
    zone, of the labels `colour_difference` (to the first article) and `colour_mismatch` (between two views).
    `allowed = false` accepts none of any size that can be measured.
    """

    zone: str = "*"
    label: str = "*"
    allowed: bool = True
    length_mm: NotNegative | None = None
    width_mm: NotNegative | None = None
    diameter_mm: NotNegative | None = None
    area_mm2: NotNegative | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    spacing_mm: NotNegative | None = None
    per_100_cm2: NotNegative | None = None
    camera_de: NotNegative | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        given = [
            name
            for name in (
                "length_mm",
                "width_mm",
                "diameter_mm",
                "area_mm2",
                "count",
                "spacing_mm",
                "per_100_cm2",
                "camera_de",
            )
            if getattr(self, name) is not None
        ]
        if self.allowed and not given:
            raise ValueError(f"limit {self.zone}/{self.label} limits nothing: give a measure, or allowed = false")
        if not self.allowed and given:
            raise ValueError(f"limit {self.zone}/{self.label} allows none, so it cannot also give {', '.join(given)}")
        if (self.camera_de is not None) != (self.label in COLOUR_LABELS):
            raise ValueError(
                f"limit {self.zone}/{self.label}: camera_de is the measure of {' and '.join(COLOUR_LABELS)} and of "
                f"nothing else: give those rows camera_de, and the other rows millimetres"
            )
        if self.camera_de is not None and len(given) > 1:
            raise ValueError(f"limit {self.zone}/{self.label} limits a whole zone's colour: it has no other measure")
        if self.width_mm is not None and self.length_mm is not None and self.width_mm > self.length_mm:
            raise ValueError(
                f"limit {self.zone}/{self.label} is impossible: width {self.width_mm} over length {self.length_mm}"
            )
        return self


class Zone(_Part):
    """An area of a view: the polygon in mm on the reference view, painted in the order of the recipe."""

    zone: Name
    polygon_mm: Polygon


class Ignore(_Part):
    """A fitting (zip, lock, wheel, logo) that is not judged: the polygon in mm on the reference view."""

    name: Name
    polygon_mm: Polygon


class StepSpec(BaseModel):
    """One preprocessing step: its name in `STEPS`, and that step's own parameters as further keys."""

    model_config = ConfigDict(extra="allow", frozen=True)

    step: Name

    @property
    def parameters(self) -> dict[str, Any]:
        """The further keys."""
        return dict(self.model_extra or {})


class ViewSpec(_Part):
    """One face of the shell: the camera, the lights in the order they fire, the steps, the zones.

    `channels` are the planes the model sees, in its card's order: one light for a colour frame, or three lights whose
    grey planes are stacked, and after them what more is compared: `<light>.a` and `<light>.b`, the chroma of a colour
    light, and what a step makes of all lights (`<step>.<what>`). `checks` are channels that find defects by themselves.
    `reference` is the picture of a good shell that `align` registers to, per light a file beside the recipe;
    `profile` the calibration of the view's camera at its place, a file beside the recipe or above it. `frame_px` is the
    (width, height) a frame must have, None for any. What lies outside every zone polygon belongs to `default_zone`.
    """

    name: Name
    camera: Name
    lights: Annotated[tuple[Name, ...], Field(min_length=1)]
    channels: Annotated[tuple[Name, ...], Field(min_length=1, max_length=12)]
    px_per_mm: Positive
    frame_px: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = None
    reference: dict[Name, str] = Field(default_factory=dict)
    profile: str | None = None
    steps: tuple[StepSpec, ...] = ()
    default_zone: Name = "A"
    zones: tuple[Zone, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _lights_agree(self) -> Self:
        if len(set(self.lights)) != len(self.lights):
            raise ValueError(f"view {self.name} names a light twice")
        for what, names in (("channel", self.channels), ("reference", tuple(self.reference))):
            if missing := [name for name in names if name not in self.lights and not self._may_be(what, name)]:
                raise ValueError(
                    f"view {self.name}: {what} {missing[0]} is not among its lights {', '.join(self.lights)}"
                )
        if len(self.channels) == 2:
            raise ValueError(f"view {self.name}: a model sees one colour plane or three grey ones, not two")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError(f"view {self.name} names a channel twice")
        if strange := [name for name in self.channels[:3] if self._is_chroma(name)]:
            raise ValueError(f"view {self.name}: channel {strange[0]} comes after three lights, not among them")
        return self

    def _may_be(self, what: str, name: str) -> bool:
        """Whether a channel is a light's chroma or a step's; which a step makes is told when it is built."""
        made = name.split(".", 1)[0] in {step.step for step in self.steps}
        return what == "channel" and (made or self._is_chroma(name))

    def _is_chroma(self, name: str) -> bool:
        return name.endswith((".a", ".b")) and name[:-2] in self.lights


class Check(_Part):
    """A channel that finds defects by itself, beside the model.

    Where `channel` is `above` in robust deviations of the view's own (1.4826 times the median absolute deviation, at
    least one level), there is a `label`; where it is as far below, a `label_below` (None: nothing).
    """

    channel: Name
    above: Positive
    label: Name
    label_below: Name | None = None


class ColourSpec(_Part):
    """Which views of one case are compared in colour: `against` maps a view to the view it has to match."""

    against: dict[Name, Name] = Field(default_factory=dict)


class JudgeSpec(_Part):
    """How regions are made of an anomaly map, and when the judge is unsure.

    `grow` is the low level of the hysteresis as a share of the threshold (1.0); `merge_mm` the gap that is closed;
    `smallest_mm` what cannot be told from noise and is dropped; `unsure_share` the share of a measure that is its
    uncertainty beside one pixel (0.3 held the true size of 9 in 10 rendered defects of 1.5 mm and more);
    `review_from` the score from which a view without any defect is REVIEW, None for never.
    """

    grow: Annotated[float, Field(gt=0, le=1)] = 0.75
    merge_mm: Annotated[float, Field(ge=0, le=20)] = 1.0
    smallest_mm: Annotated[float, Field(ge=0, le=5)] = 0.2
    unsure_share: Annotated[float, Field(ge=0, lt=1)] = 0.3
    review_from: Annotated[float, Field(gt=0)] | None = None


class MasterSpec(_Part):
    """A shell that is known to be good ("ok") or bad ("ng"), for the daily check.

    `case` is the barcode on it, None when it has none; `label` the class an NG master must fail with, None for an OK
    one; `zone` where that defect lies, None for anywhere; `times` how often the master is put before the cameras in a
    check, None for twice an OK one and once an NG one.
    """

    name: Name
    name_zh: str = ""
    kind: Literal["ok", "ng"]
    case: str | None = None
    label: str | None = None
    zone: Name | None = None
    times: Annotated[int, Field(ge=1, le=10)] | None = None

    @property
    def case_id(self) -> str:
        """What its records are kept under."""
        return self.case or f"master-{self.name}"

    @property
    def rounds(self) -> int:
        """How often it is placed in a check (design: quality.md section 4)."""
        return self.times or (2 if self.kind == "ok" else 1)

    @model_validator(mode="after")
    def _says_what_is_expected(self) -> Self:
        if self.kind == "ng" and self.label is None:
            raise ValueError(f"master {self.name} is ng: say the label it must fail with")
        if self.kind == "ok" and (self.label or self.zone):
            raise ValueError(f"master {self.name} is ok: it has no label and no zone to fail with")
        return self


class DriftSpec(_Part):
    """From when a drift is warned of and from when it blocks; a block that is not given never comes.

    `weight` is that of the newest reading in the average, `readings` how many make the baseline. Light, sharpness and
    noise are shares of the baseline, `growth` the share of the shell's size. Light and shift are the design's
    (quality.md 6.4, R10), the others proposals. `score_sigmas` is in robust standard deviations of the good cases'
    score, `alarm_warn` the share of cases that do not pass, averaged with `alarm_weight`.
    """

    weight: Annotated[float, Field(gt=0, le=1)] = 0.2
    readings: Annotated[int, Field(ge=5, le=500)] = 30
    light_warn: Positive = 0.10
    light_block: Positive | None = 0.15
    shift_warn_mm: Positive = 1.0
    shift_block_mm: Positive | None = 3.0
    turn_warn_deg: Positive = 0.5
    turn_block_deg: Positive | None = None
    growth_warn: Positive = 0.003
    growth_block: Positive | None = None
    sharpness_warn: Positive = 0.2
    sharpness_block: Positive | None = 0.4
    noise_warn: Positive = 0.5
    noise_block: Positive | None = None
    score_sigmas: Positive = 2.0
    alarm_weight: Annotated[float, Field(gt=0, le=1)] = 0.02
    alarm_warn: Annotated[float, Field(gt=0, le=1)] = 0.2

    @model_validator(mode="after")
    def _warns_before_it_blocks(self) -> Self:
        for block in (name for name in type(self).model_fields if "_block" in name):
            warn, most = getattr(self, block.replace("_block", "_warn")), getattr(self, block)
            if most is not None and warn > most:
                raise ValueError(f"{block} {most:g} is below {block.replace('_block', '_warn')} {warn:g}")
        return self


class Recipe(_Part):
    """Everything one SKU needs. Read it with `Recipe.read`.

    `model` is "name" (its active version in the store) or "name/version"; `model_digest` pins the very file.
    `classifier` is the "name/version" of a bundle that names what the model finds, None for the model's own names.
    `gtin` None means that a pass gets no code. `cameras` holds settings that this SKU lays over the station's own
    (exposure per light, a folder). `masters` are the shells of the daily check, none for no check; `drift` the limits
    of this SKU, None for the station's.
    """

    sku: Name
    name: str
    name_zh: str = ""
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = None
    model: str
    model_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    classifier: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$")] | None = None
    views: Annotated[tuple[ViewSpec, ...], Field(min_length=1)]
    limits: Annotated[tuple[Limit, ...], Field(min_length=1)]
    judge: JudgeSpec = JudgeSpec()
    colour: ColourSpec = ColourSpec()
    cameras: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    masters: tuple[MasterSpec, ...] = ()
    drift: DriftSpec | None = None
    version: Literal[1] = 1
    _folder: Path = PrivateAttr(default=Path())
    _digest: str = PrivateAttr(default="")

    @property
    def folder(self) -> Path:
        """Where the recipe's own files (references) lie."""
        return self._folder

    @property
    def digest(self) -> str:
        """The recipe's content as "sha256:…", the same whatever the file's comments and order."""
        return self._digest

    @field_validator("gtin")
    @classmethod
    def _check_digit(cls, gtin: str | None) -> str | None:
        if gtin is not None and not gtin_is_valid(gtin):
            raise ValueError(f"GTIN {gtin} has a wrong check digit")
        return gtin

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [view.name for view in self.views]
        if len(set(names)) != len(names):
            raise ValueError("two views have one name")
        rows = [(limit.zone, limit.label) for limit in self.limits]
        if doubled := {row for row in rows if rows.count(row) > 1}:
            zone, label = sorted(doubled)[0]
            raise ValueError(f"limit {zone}/{label} is given twice")
        known = {"*"} | {view.default_zone for view in self.views} | {z.zone for view in self.views for z in view.zones}
        if strange := [limit.zone for limit in self.limits if limit.zone not in known]:
            raise ValueError(f"limit for zone {strange[0]}, which no view has")
        masters = [master.name for master in self.masters]
        if doubled_masters := {name for name in masters if masters.count(name) > 1}:
            raise ValueError(f"two masters have the name {sorted(doubled_masters)[0]}")
        barcodes = [master.case_id for master in self.masters]
        if doubled_codes := {code for code in barcodes if barcodes.count(code) > 1}:
            raise ValueError(f"two masters have the barcode {sorted(doubled_codes)[0]}: put its own on each shell")
        if strange := [m.zone for m in self.masters if m.zone is not None and m.zone not in known]:
            raise ValueError(f"a master's defect lies in zone {strange[0]}, which no view has")
        return self

    @model_validator(mode="after")
    def _nothing_is_passed_over(self) -> Self:
        for view in self.views:
            steps = {step.step for step in view.steps}
            if (view.zones or view.default_zone != "A") and "zones" not in steps:
                raise ValueError(f"view {view.name} has zones but no step zones to paint them: all would be zone A")
            if view.ignore and "shell_mask" not in steps:
                raise ValueError(f"view {view.name} has ignore polygons but no step shell_mask to take them out")
        self._colours_are_measured()
        smallest = self.judge.smallest_mm
        for limit in self.limits:
            if any(0 < most < smallest for most in (limit.length_mm, limit.diameter_mm) if most is not None):
                raise ValueError(
                    f"limit {limit.zone}/{limit.label} is below judge.smallest_mm {smallest:g}, which drops what is "
                    f"smaller: lower smallest_mm"
                )
        return self

    def _colours_are_measured(self) -> None:
        measured = {view.name for view in self.views if any(step.step == "shell_colour" for step in view.steps)}
        for one, other in self.colour.against.items():
            if strange := [name for name in (one, other) if name not in measured]:
                raise ValueError(
                    f"colour.against compares view {one} with {other}: {strange[0]} is no view with a step shell_colour"
                )
        labels = {limit.label for limit in self.limits if limit.camera_de is not None}
        if COLOUR_DIFFERENCE in labels and not measured:
            raise ValueError(f"a limit for {COLOUR_DIFFERENCE}, but no view has a step shell_colour to measure it")
        if COLOUR_MISMATCH in labels and not self.colour.against:
            raise ValueError(f"a limit for {COLOUR_MISMATCH}, but colour.against names no views to compare")

    def model_post_init(self, _context: object) -> None:
        """Take the digest of what was read."""
        self._digest = "sha256:" + hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """The recipe in a TOML file, or in `recipe.toml` of a folder.

        Raises:
            RecipeError: the file is missing, is no TOML, or has an unknown key or an impossible value.
        """
        path = path / "recipe.toml" if path.is_dir() else path
        try:
            recipe = cls.model_validate(read_toml(path))
        except FileNotFoundError as e:
            raise RecipeError(f"recipe {path} is missing: give a recipe file or a folder with recipe.toml in it") from e
        except OSError as e:
            raise RecipeError(f"recipe {path} cannot be read: {e.strerror or e}: give a recipe file") from e
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            raise RecipeError(f"recipe {path} cannot be read: {e}: mend the file, see docs/station.md") from e
        except ValidationError as e:
            raise RecipeError(f"recipe {path}: {first_fault(e)}") from e
        recipe._folder = path.parent  # noqa: SLF001 - its own class
        return recipe

    def write(self, path: Path) -> None:
        """Write the recipe as TOML."""
        path.write_text(tomli_w.dumps(self.model_dump(mode="json", exclude_none=True)), "utf-8")


def first_fault(error: ValidationError) -> str:
    """The first fault of a validation, with its place, in one line."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    text = (
        "unknown key: mend its name or take it out"
        if fault["type"] == "extra_forbidden"
        else fault["msg"].removeprefix("Value error, ")
    )
    return f"{place}: {text}" if place else text


def gtin_is_valid(gtin: str) -> bool:
    """Whether the last digit of a GTIN-14 is its check digit (GS1 General Specifications, section 7.9)."""
    digits = [int(c) for c in gtin]
    return (
        len(digits) == 14
        and (10 - sum(d * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits[:-1])) % 10) % 10 == digits[-1]
    )
