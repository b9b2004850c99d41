"""A file of JSON lines, one event a line: for whoever wants to follow the station without its database."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Literal, Self

from .output import Event, OutputError, OutputSettings

_TAIL_BYTES = 1 << 16


class JsonLinesSettings(OutputSettings):
    """Where the file is."""

    kind: Literal["jsonl"] = "jsonl"
    path: Path

    def rooted(self, folder: Path) -> Self:
        """The settings with `path` taken from `folder`."""
        return self.model_copy(update={"path": folder / self.path})


class JsonLines:
    """Appends events to a file, durably and each once: what the file has already is known by its last whole line.

    A line torn by a power cut is cut off when the file is opened.

    Raises:
        OutputError: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        """Look where the file ends; a missing one is made with the first event."""
        self.path = path
        try:
            self._last, self._key = self._mend()
        except OSError as e:
            raise OutputError(f"events file {path}: {e.strerror}") from e
        except (ValueError, KeyError, TypeError) as e:
            raise OutputError(f"events file {path} holds something else: move it away or name another one") from e

    @classmethod
    def of(cls, settings: JsonLinesSettings) -> Self:
        """The file that settings name."""
        return cls(settings.path)

    def send(self, events: Sequence[Event]) -> None:
        """Append what the file does not have yet.

        Raises:
            OutputError: the file cannot be written, or holds the events of another database.
        """
        if any(event.number == self._last and event.key != self._key for event in events):
            raise OutputError(f"events file {self.path} holds the events of another database: name another file")
        fresh = [event for event in events if event.number > self._last]
        if not fresh:
            return
        lines = "".join(_line(event) for event in fresh)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            self._mend_quietly()
            raise OutputError(f"events file {self.path}: {e.strerror}: free it and it will be written again") from e
        self._last, self._key = fresh[-1].number, fresh[-1].key

    def _mend_quietly(self) -> None:
        try:
            self._last, self._key = self._mend()
        except OSError:
            return  # the next start mends it; until then the events are offered again

    def _mend(self) -> tuple[int, str]:
        """Cut a torn last line off; number and key of the last event in the file, 0 for none."""
        if not self.path.exists():
            return 0, ""
        with self.path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            reach, tail = 0, b""
            while reach < size and tail.count(b"\n") < 2:  # two line ends: one whole line at least lies between
                reach = min(size, max(_TAIL_BYTES, reach * 2))
                file.seek(size - reach)
                tail = file.read(reach)
            whole = tail[: tail.rfind(b"\n") + 1]
            file.truncate(size - len(tail) + len(whole))
        if not whole:
            return 0, ""
        last = json.loads(whole.splitlines()[-1])
        return int(last["number"]), str(last["key"])


def _line(event: Event) -> str:
    values: dict[str, Any] = {
        "number": event.number,
        "key": event.key,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "payload": dict(event.payload),
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n"
