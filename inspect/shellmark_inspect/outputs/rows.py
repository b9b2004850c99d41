"""Rows of a plant's own columns to a table service by HTTP: 简道云's interface, or plain JSON for any other.

简道云 (hc.jiandaoyun.com/open/14223) takes at most 100 rows a call and 10 calls a second; a `transaction_id` that comes
again is not carried out again. A call that may have arrived is therefore made again as it was, rows and id, also after
the station was killed: what is about to be sent is written to a file first.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from shellmark_trace import ExportError
from shellmark_trace.columns import Table, read_table

from .output import Event, OutputError
from .posting import Poster, PostingSettings

MOST_ROWS = 100
MOST_CALLS_PER_S = 10

_RECORDS = frozenset({"inspection", "overrule"})
_SPACE = uuid.UUID("5f3f6d0c-8d0e-5b8e-9a55-3c8b7d2f4e10")
"""Names of calls are made from their first and last key within this space, so a repeat has the same."""


class RowsSettings(PostingSettings):
    """A table service: `columns` is the mapping file, `state` the file that remembers calls.

    With `form` "jiandaoyun" a call is what that interface asks (`app`, `entry` say which table), with "plain"
    `{"transaction_id": …, "rows": [{column: cell}]}`.
    """

    kind: Literal["rows"] = "rows"
    columns: Path
    state: Path
    form: Literal["jiandaoyun", "plain"] = "jiandaoyun"
    app: str = ""
    entry: str = ""
    rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] = MOST_ROWS
    calls_per_s: Annotated[float, Field(gt=0, le=MOST_CALLS_PER_S)] = MOST_CALLS_PER_S

    @model_validator(mode="after")
    def _which_table(self) -> Self:
        if self.form == "jiandaoyun" and not (self.app and self.entry):
            raise ValueError('form "jiandaoyun" needs app and entry: the ids of the application and of the form')
        return self

    def rooted(self, folder: Path) -> Self:
        """The settings with relative paths taken from `folder`."""
        found = super().rooted(folder)
        return found.model_copy(update={"columns": folder / self.columns, "state": folder / self.state})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was made and may have arrived: the events it is of by number, and its name."""

    first: int
    last: int
    name: str


class Rows:
    """Posts records as rows, in order, a call for at most so many.

    Raises:
        OutputError: the mapping or the state file cannot be used.
    """

    def __init__(
        self,
        settings: RowsSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._poster = Poster(settings)
        self._clock, self._pause = clock, pause
        self._free_at = clock()
        try:
            self._table: Table = read_table(settings.columns)
        except ExportError as e:
            raise OutputError(str(e)) from e
        self._calls = self._remembered()

    @classmethod
    def of(cls, settings: RowsSettings) -> Self:
        """The service that settings name."""
        return cls(settings)

    def send(self, events: Sequence[Event]) -> None:
        """Have the records among the events taken; calls made before and not known to be over are made again as is.

        Raises:
            OutputError: not all were taken; they will be offered again.
        """
        before = [call for call in self._calls if events and call.first >= events[0].number]
        self._calls = tuple(call for call in before if call.last <= events[-1].number)
        left = list(events)
        while left:
            call = self._next(left)
            count = sum(event.number <= call.last for event in left)
            self._post(left[:count], call)
            left = left[count:]

    def _next(self, left: Sequence[Event]) -> Call:
        """The call the next events go with: the one they went with before, or a new one."""
        first = left[0].number
        if (again := next((call for call in self._calls if call.first == first), None)) is not None:
            return again
        later = min((call.first for call in self._calls if call.first > first), default=None)
        mine = [event for event in left[: self._settings.rows] if later is None or event.number < later]
        return Call(first, mine[-1].number, str(uuid.uuid5(_SPACE, f"{mine[0].key} {mine[-1].key}")))

    def _post(self, events: Sequence[Event], call: Call) -> None:
        try:
            rows = [self._table.named(told) for told in _records(events) if self._table.wants(told)]
        except ExportError as e:
            raise OutputError(str(e)) from e
        if rows:
            self._remember(call)
            self._wait()
            self._poster.post(self._body(call, rows), {})

    def _body(self, call: Call, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        if self._settings.form == "plain":
            return {"transaction_id": call.name, "rows": rows}
        cells = [{name: {"value": cell} for name, cell in row.items()} for row in rows]
        table = {"app_id": self._settings.app, "entry_id": self._settings.entry}
        return {**table, "transaction_id": call.name, "data_list": cells}

    def _wait(self) -> None:
        """Keep to the calls a second."""
        if (rest := self._free_at - self._clock()) > 0:
            self._pause(rest)
        self._free_at = self._clock() + 1 / self._settings.calls_per_s

    def _remembered(self) -> tuple[Call, ...]:
        path = self._settings.state
        try:
            return tuple(Call(**call) for call in json.loads(path.read_text("utf-8"))["calls"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError) as e:
            raise OutputError(f"state {path} cannot be read: look what the service has, then delete the file") from e

    def _remember(self, call: Call) -> None:
        if call in self._calls:
            return
        calls = (*self._calls, call)
        path = self._settings.state
        part = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                json.dump({"calls": [asdict(one) for one in calls]}, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as e:
            raise OutputError(f"state {path} cannot be written: {e.strerror or e}: nothing is sent before") from e
        self._calls = calls


def _records(events: Sequence[Event]) -> list[Mapping[str, Any]]:
    return [event.payload for event in events if event.kind in _RECORDS]
