"""A station's configuration: what hangs on this PC, whatever SKU runs."""

from __future__ import annotations

import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from shellmark_inspect.errors import ConfigError
from shellmark_inspect.folders import data_folder
from shellmark_inspect.loop import Overrun
from shellmark_inspect.recipe import DriftSpec, Name, first_fault
from shellmark_inspect.records import SavePolicy
from shellmark_inspect.station.label_spec import LabelSpec
from shellmark_inspect.station.log_config import LogSpec
from shellmark_trace.reading import read_toml


class CheckSpec(BaseModel):
    """When a daily check is due for a recipe with masters.

    `shifts` are the local times shifts begin at ("08:00"), each also the end of the one before; `early_min` is how long
    before its time a check already counts. `changeover` asks for one when another SKU ran in between, `changes` when
    model, recipe or calibration are not those of the last good check.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shifts: tuple[time, ...] = (time(8), time(20))
    early_min: Annotated[int, Field(ge=0, le=240)] = 30
    changeover: bool = True
    changes: bool = True

    @field_validator("shifts", mode="after")
    @classmethod
    def _in_order(cls, shifts: tuple[time, ...]) -> tuple[time, ...]:
        if len(set(shifts)) != len(shifts) or any(shift.tzinfo is not None for shift in shifts):
            raise ValueError("shifts are local times, each once, such as 08:00")
        return tuple(sorted(shifts))


class StationConfig(BaseModel):
    """What a station is made of. Read it with `StationConfig.read`.

    `station` names it in every record; `data` is the folder of its database and pictures (`database` an URL when the
    records go elsewhere); `host` the domain in the text of codes; `cameras` maps a name to its settings (`kind` and
    what that kind takes); `recipes` are recipe files or folders, the first is used at start; `models` further stores
    of bundles; `outputs` maps a name to its settings, as `cameras` does. `every_s` is the least time between two
    triggers of a continuous run, `answer_within_s` how long a camera may take for a case, `room` how many cases may be
    open at once, `threads` those of the model (0: all cores; one less than there are leaves the screen a core).
    `label` says how labels are printed and read back, without it codes stay RESERVED.
    `checks` says when masters are due, `drift` from when a drift counts for recipes that do not say,
    `log` is the station's transparency log, None to publish none,
    `expiry_warn_days` how long before a calibration is too old to warn of it. `keys` gives an action of the screen
    another key (a foot switch).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    station: Name = "st01"
    data: Path = Field(default_factory=data_folder)
    database: str | None = None
    host: str = "EXAMPLE.COM"
    cameras: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    recipes: Annotated[tuple[Path, ...], Field(min_length=1)]
    models: tuple[Path, ...] = ()
    save: SavePolicy = SavePolicy()
    outputs: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    label: LabelSpec | None = None
    checks: CheckSpec = CheckSpec()
    drift: DriftSpec = DriftSpec()
    log: LogSpec | None = None
    expiry_warn_days: Annotated[float, Field(ge=0)] = 3.0
    overrun: Overrun = Overrun.RECORD
    every_s: Annotated[float, Field(ge=0)] = 0.0
    answer_within_s: Annotated[float, Field(gt=0)] = 10.0
    room: Annotated[int, Field(ge=1, le=16)] = 3
    threads: Annotated[int, Field(ge=0)] = 0
    operator: str = ""
    language: Literal["zh", "en"] = "zh"
    keys: dict[str, str] = Field(default_factory=dict)
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """What the configuration's relative paths start from."""
        return self._folder

    @property
    def images(self) -> Path:
        """Where pictures are kept."""
        return self.folder / self.data / "images"

    @property
    def url(self) -> str:
        """Where records are kept."""
        return self.database or f"sqlite:///{(self.folder / self.data / 'records.db').resolve()}"

    @classmethod
    def read(cls, path: Path) -> StationConfig:
        """The configuration in a TOML file.

        Raises:
            ConfigError: the file is missing, is no TOML, or has an unknown key or an impossible value.
        """
        try:
            config = cls.model_validate(read_toml(path))
        except FileNotFoundError as e:
            raise ConfigError(f"configuration {path} is missing: see docs/station.md for one to start from") from e
        except IsADirectoryError as e:
            raise ConfigError(f"configuration {path} is a folder: give its file") from e
        except OSError as e:
            raise ConfigError(f"configuration {path} cannot be read: {e.strerror or e}: give its file") from e
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            raise ConfigError(f"configuration {path} cannot be read: {e}: mend the file, see docs/station.md") from e
        except ValidationError as e:
            raise ConfigError(f"configuration {path}: {first_fault(e)}") from e
        config._folder = path.parent  # noqa: SLF001 - its own class
        return config
