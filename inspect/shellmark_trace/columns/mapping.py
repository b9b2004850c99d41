"""A plant's own columns: a TOML file that says which field goes where, under what name, in whose words.

    [[columns]]
    name = "检验结果"
    from = "result"
    words = { PASS = "合格", FAIL = "不合格", REVIEW = "待复判" }

docs/exports.md has every key.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from shellmark_trace.errors import ExportError
from shellmark_trace.reading import read_toml

from .fields import FIELDS, OWN_FIELDS, TEXT_FIELDS, Cell, Told, moment_of

_KNOWN = {**FIELDS, **OWN_FIELDS}
_NUMBERS = frozenset({"row", "sequence", "defects", "longest_mm", "previous", "pictures"})


class Column(BaseModel):
    """One column: `name` its heading, and either `from`, a field, or `value`, the same in every row.

    `words` puts the plant's words in the place of ours, `other` in that of every one not listed (left out: as it is);
    `missing` is for an empty field; `date_format` (strftime) for `recorded_at`; `decimals` rounds a number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    source: Annotated[str | None, Field(alias="from")] = None
    value: str | int | float | None = None
    words: dict[str, str | int] = Field(default_factory=dict)
    other: str | None = None
    missing: str | int | None = None
    date_format: str | None = None
    decimals: Annotated[int | None, Field(ge=0, le=6)] = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("say either from (a field) or value (the same in every row)")
        if self.source is not None and self.source not in _KNOWN:
            raise ValueError(f"there is no field {self.source!r}: the fields are {', '.join(_KNOWN)}")
        if self.date_format is not None and self.source != "recorded_at":
            raise ValueError("date_format is for recorded_at only")
        if self.decimals is not None and self.source not in _NUMBERS:
            raise ValueError("decimals is for numbers only")
        return self

    @property
    def is_text(self) -> bool:
        """Whether a spreadsheet would take the cells for numbers, which they are not."""
        return self.source in TEXT_FIELDS or (self.source is None and isinstance(self.value, str))

    def cell(self, told: Told, offset: timezone | None) -> Cell:
        """What the column says of a record; `offset` is the time zone of its times, None for this computer's."""
        if self.source is None:
            return self.value
        found: Cell = self._moment(told, offset) if self.source == "recorded_at" else _KNOWN[self.source](told)
        if found is None or found == "":
            return self.missing if self.missing is not None else found
        if self.words:
            return self.words.get(str(found), found if self.other is None else self.other)
        return round(float(found), self.decimals) if self.decimals is not None else found

    def _moment(self, told: Told, offset: timezone | None) -> str:
        if self.date_format is None and offset is None:
            return str(FIELDS["recorded_at"](told))
        local = moment_of(told).astimezone(offset)
        return local.isoformat(timespec="seconds") if self.date_format is None else local.strftime(self.date_format)


class Table(BaseModel):
    """The columns of an export, and which records have a row.

    `offset` is the time zone of times ("+08:00"; left out: UTC without a `date_format`, this computer's with one);
    `masters` whether masters of daily checks have rows, `decisions` whether persons' decisions have; `spreadsheet` ends
    text cells of a CSV with a tab, which keeps Excel and WPS from making numbers of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    offset: Annotated[str | None, Field(pattern=r"^[+-](?:0\d|1[0-4]):[0-5]\d$")] = None
    masters: bool = False
    decisions: bool = True
    spreadsheet: bool = False

    @field_validator("columns", mode="after")
    @classmethod
    def _each_once(cls, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        names = [column.name for column in columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"column {twice[0]!r} is there twice: give each its own name")
        return columns

    @property
    def names(self) -> tuple[str, ...]:
        """The headings, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def text_names(self) -> frozenset[str]:
        """The headings of columns whose cells are text although they look like numbers."""
        return frozenset(column.name for column in self.columns if column.is_text)

    def wants(self, told: Told) -> bool:
        """Whether a record has a row."""
        return (self.masters or not told.get("master")) and (self.decisions or told.get("disposition") is None)

    def row(self, told: Told) -> tuple[Cell, ...]:
        """A record's cells, in order.

        Raises:
            ExportError: a time cannot be written in the column's format.
        """
        zone = self._zone()
        try:
            return tuple(column.cell(told, zone) for column in self.columns)
        except (ValueError, OSError) as e:
            raise ExportError(f"columns {self.name}: record {told.get('row')}: {e}: mend the mapping") from e

    def named(self, told: Told) -> dict[str, Cell]:
        """A record's cells by their headings."""
        return dict(zip(self.names, self.row(told), strict=True))

    def _zone(self) -> timezone | None:
        if self.offset is None:
            return None
        hours, minutes = int(self.offset[1:3]), int(self.offset[4:6])
        found = timedelta(hours=hours, minutes=minutes)
        return timezone(-found if self.offset[0] == "-" else found)


def plain_table() -> Table:
    """Every field under its own name, every record a row."""
    return Table(columns=tuple(Column.model_validate({"name": name, "from": name}) for name in FIELDS), masters=True)


def read_table(path: Path) -> Table:
    """The columns a TOML file says.

    Raises:
        ExportError: it is missing or no TOML, or a field, key or name in it cannot be; the line names it.
    """
    try:
        found = Table.model_validate(read_toml(path))
        now = datetime.now().astimezone()
        for column in found.columns:
            if column.date_format is not None:
                now.strftime(column.date_format)
    except FileNotFoundError as e:
        raise ExportError(f"columns {path} are missing: see docs/exports.md for an example") from e
    except OSError as e:
        raise ExportError(f"columns {path} cannot be read: {e.strerror or e}: give a TOML file") from e
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise ExportError(f"columns {path} cannot be read: {e}: mend the file, see docs/exports.md") from e
    except ValidationError as e:
        raise ExportError(f"columns {path}: {_first_fault(e)}") from e
    except ValueError as e:
        raise ExportError(f"columns {path}: date_format: {e}: such as %Y-%m-%d %H:%M:%S") from e
    return found


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
    what = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
