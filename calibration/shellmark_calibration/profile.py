"""A profile: everything that was measured of one camera at its place, in one file."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from .colour import ColourCorrection
from .errors import ProfileError
from .lens import Lens
from .light import LightField
from .part import Part
from .scale import Plane

VALID_DAYS = 30
"""A month, after which a station wants it measured anew (design: quality.md 6.4, a proposal)."""


MOST_VALID_DAYS = 3660
"""Ten years: what is valid for longer never expires."""
MOST_AHEAD = timedelta(days=1)
"""How far a clock may be off: what is dated later was not measured when it says, and would not expire in time."""
_YEARS = range(2000, 9000)


class Source(Part):
    """One picture a part was measured from, or why it was not: `refused` is "" when it was used."""

    name: str
    digest: str
    refused: str = ""


class Measurement(Part):
    """How one part came about: when, with what (board, card, surface), by which program, from which pictures."""

    measured_at: AwareDatetime
    with_what: str
    program: str
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _has_a_date(self) -> Self:
        if self.measured_at.year not in _YEARS:
            raise ValueError(f"nothing was measured in the year {self.measured_at.year}")
        return self


class Profile(Part):
    """What is known of one camera: each part may be missing.

    `size_px` is the (width, height) every frame must have. `made` has one entry per part that is there: "lens",
    "plane", "light.<name>", "colour". The profile is as old as its oldest part and expires after `valid_days`.
    """

    version: Literal[1] = 1
    camera: str
    size_px: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]]
    valid_days: Annotated[float, Field(gt=0, le=MOST_VALID_DAYS)] = VALID_DAYS
    made: dict[str, Measurement] = Field(default_factory=dict)
    lens: Lens | None = None
    plane: Plane | None = None
    lights: dict[str, LightField] = Field(default_factory=dict)
    colour: ColourCorrection | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts that are there, as `made` has them."""
        alone = [name for name in ("lens", "plane", "colour") if getattr(self, name) is not None]
        return (*alone, *(f"light.{name}" for name in self.lights))

    @property
    def digest(self) -> str:
        """The profile's content as "sha256:…"."""
        return "sha256:" + hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()

    @property
    def expires_at(self) -> datetime | None:
        """When the oldest part is too old; None when nothing was measured."""
        moments = [one.measured_at for one in self.made.values()]
        return min(moments) + timedelta(days=self.valid_days) if moments else None

    def expired(self, now: datetime | None = None) -> bool:
        """Whether a part is older than it may be."""
        expires = self.expires_at
        return expires is not None and (now or datetime.now(UTC)) > expires

    def ahead(self, now: datetime | None = None) -> tuple[str, ...]:
        """The parts that are dated more than a day in the future, as `made` has them."""
        latest = (now or datetime.now(UTC)) + MOST_AHEAD
        return tuple(name for name, one in self.made.items() if one.measured_at > latest)

    def check_fits(self, camera: str, size_px: tuple[int, int] | None) -> None:
        """Refuse another camera, or another resolution (width, height) when it is known.

        Raises:
            ProfileError: it does not fit.
        """
        if camera != self.camera:
            raise ProfileError(f"the profile is of camera {self.camera}, not {camera}: calibrate {camera}")
        if size_px is not None and size_px != self.size_px:
            (w, h), (pw, ph) = size_px, self.size_px
            raise ProfileError(
                f"camera {camera}: the profile was measured at {pw} x {ph} px, the frames have {w} x {h}: "
                f"calibrate at this resolution"
            )

    @classmethod
    def read(cls, path: Path) -> Profile:
        """The profile in a JSON file.

        Raises:
            ProfileError: the file is missing, is no JSON, has an unknown key or an impossible value, or a part that
                is not dated in `made` and so would never expire.
        """
        try:
            profile = cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as e:
            raise ProfileError(f"profile {path} is missing: make it with shellmark calibrate lens") from e
        except OSError as e:
            raise ProfileError(f"profile {path} cannot be read: {e.strerror or e}") from e
        except ValidationError as e:
            fault = e.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise ProfileError(f"profile {path}: {f'{place}: ' if place else ''}{fault['msg']}: measure it anew") from e
        if undated := [part for part in profile.parts if part not in profile.made]:
            raise ProfileError(f"profile {path}: nobody knows how old its {undated[0]} is: measure it anew")
        return profile

    def write(self, path: Path) -> None:
        """Write the profile, whole or not at all.

        Raises:
            ProfileError: the file cannot be written.
        """
        half = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            half.write_text(self.model_dump_json(indent=2, exclude_none=True) + "\n", "utf-8")
            half.replace(path)
        except OSError as e:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise ProfileError(f"profile {path} cannot be written: {e.strerror or e}: give another file") from e
