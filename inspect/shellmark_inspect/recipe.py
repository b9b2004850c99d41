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

from .errors import RecipeError

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
    defects of the class, `per_100_cm2` the most per 100 cm² of the zone. `allowed = false` accepts none of any size
    that can be measured.
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
            )
            if getattr(self, name) is not None
        ]
        if self.allowed and not given:
            raise ValueError(f"limit {self.zone}/{self.label} limits nothing: give a measure, or allowed = false")
        if not self.allowed and given:
            raise ValueError(f"limit {self.zone}/{self.label} allows none, so it cannot also give {', '.join(given)}")
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
    grey planes are stacked. `reference` is the picture of a good shell that `align` registers to, per light a file
    beside the recipe. `frame_px` is the (width, height) a frame must have, None for any. `area` outside every zone
    polygon belongs to `default_zone`.
    """

    name: Name
    camera: Name
    lights: Annotated[tuple[Name, ...], Field(min_length=1)]
    channels: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]
    px_per_mm: Positive
    frame_px: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = None
    reference: dict[Name, str] = Field(default_factory=dict)
    steps: tuple[StepSpec, ...] = ()
    default_zone: Name = "A"
    zones: tuple[Zone, ...] = ()
    ignore: tuple[Ignore, ...] = ()

    @model_validator(mode="after")
    def _lights_agree(self) -> Self:
        if len(set(self.lights)) != len(self.lights):
            raise ValueError(f"view {self.name} names a light twice")
        for what, names in (("channel", self.channels), ("reference", tuple(self.reference))):
            if missing := [name for name in names if name not in self.lights]:
                raise ValueError(
                    f"view {self.name}: {what} {missing[0]} is not among its lights {', '.join(self.lights)}"
                )
        if len(self.channels) == 2:
            raise ValueError(f"view {self.name}: a model sees one colour plane or three grey ones, not two")
        return self


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


class Recipe(_Part):
    """Everything one SKU needs. Read it with `Recipe.read`.

    `model` is "name" (the newest version in the store) or "name/version"; `model_digest` pins the very file. `gtin`
    None means that a pass gets no code. `cameras` holds settings that this SKU lays over the station's own (exposure
    per light, a folder).
    """

    sku: Name
    name: str
    name_zh: str = ""
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = None
    model: str
    model_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    views: Annotated[tuple[ViewSpec, ...], Field(min_length=1)]
    limits: Annotated[tuple[Limit, ...], Field(min_length=1)]
    judge: JudgeSpec = JudgeSpec()
    cameras: dict[Name, dict[str, Any]] = Field(default_factory=dict)
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
        return self

    @model_validator(mode="after")
    def _nothing_is_passed_over(self) -> Self:
        for view in self.views:
            steps = {step.step for step in view.steps}
            if (view.zones or view.default_zone != "A") and "zones" not in steps:
                raise ValueError(f"view {view.name} has zones but no step zones to paint them: all would be zone A")
            if view.ignore and "shell_mask" not in steps:
                raise ValueError(f"view {view.name} has ignore polygons but no step shell_mask to take them out")
        smallest = self.judge.smallest_mm
        for limit in self.limits:
            if any(0 < most < smallest for most in (limit.length_mm, limit.diameter_mm) if most is not None):
                raise ValueError(
                    f"limit {limit.zone}/{limit.label} is below judge.smallest_mm {smallest:g}, which drops what is "
                    f"smaller: lower smallest_mm"
                )
        return self

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
            recipe = cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except FileNotFoundError as e:
            raise RecipeError(f"recipe {path} is missing: give a recipe file or a folder with recipe.toml in it") from e
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
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
