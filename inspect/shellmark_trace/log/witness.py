"""A witness (C2SP tlog-witness): it cosigns a log's checkpoint only when it continues the last one it has seen."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import filelock

from shellmark_trace.errors import LogError, SignatureInvalid
from shellmark_trace.reading import read_file

from .checkpoint import Checkpoint, decimal, open_checkpoint
from .files import keep
from .merkle import EMPTY_ROOT, check_consistency
from .notes import Cosigner, Note, Verifier, decoded
from .proof import parse_hashes

MOST_BYTES = 65_536
"""The longest request that is read."""

SIZE_TYPE = "text/x.tlog.size"
_TEXT = "text/plain; charset=utf-8"
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness says: an HTTP status, a body and what the body is."""

    status: int
    body: str
    kind: str = _TEXT


@dataclass(frozen=True, slots=True)
class Request:
    """What a witness is asked: the size it should have seen, the proof from there, the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, said: str | bytes) -> Request:
        """A request from its body.

        Raises:
            LogError: it is none.
        """
        head, blank, note = decoded(said).partition("\n\n")
        first, *lines = head.split("\n")
        if not blank or not first.startswith("old "):
            raise LogError("the request does not begin with 'old SIZE', hashes and a blank line")
        return cls(decimal(first[4:], "the old size"), parse_hashes(lines), note)


class Witness:
    """Cosigns for the logs it knows, by origin the keys it takes; what it has seen is in files of a folder.

    `now` gives the time in seconds since 1970. Calls may come from several threads and programs at once.
    """

    def __init__(
        self,
        folder: Path,
        cosigner: Cosigner,
        logs: Sequence[Verifier],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.cosigner = cosigner
        self._folder = folder
        self._logs: Mapping[str, list[Verifier]] = {
            origin: [log for log in logs if log.name == origin] for origin in {log.name for log in logs}
        }
        self._now = now

    @property
    def origins(self) -> Sequence[str]:
        """The logs it knows."""
        return sorted(self._logs)

    def add_checkpoint(self, body: str | bytes) -> Answer:
        """The answer to a request to cosign; what is cosigned is on the disk before this returns.

        Raises:
            LogError: the memory cannot be read or written; nothing was cosigned.
        """
        try:
            request = Request.parse(body)
            origin = Checkpoint.parse(Note.parse(request.note).text).origin
        except LogError as e:
            return _refusal(HTTPStatus.BAD_REQUEST, str(e))
        if (keys := self._logs.get(origin)) is None:
            return _refusal(HTTPStatus.NOT_FOUND, f"log {origin} is not known here")
        try:
            checkpoint, note = open_checkpoint(request.note, keys)
        except (SignatureInvalid, LogError) as e:
            return _refusal(HTTPStatus.FORBIDDEN, str(e))
        with filelock.FileLock(f"{self._file(origin)}.lock", timeout=_WAIT_S):
            return self._judge(request, checkpoint, note)

    def seen(self, origin: str) -> Note | None:
        """The last checkpoint of a log with the cosignature, None where there was none.

        Raises:
            LogError: the memory is damaged.
        """
        file = self._file(origin)
        try:
            return Note.parse(str(json.loads(read_file(file))["note"]))
        except FileNotFoundError:
            return None
        except OSError as e:
            raise LogError(f"{file} cannot be read: {e.strerror or e}") from e
        except (ValueError, KeyError, TypeError) as e:
            raise LogError(f"{file} is damaged: take it from a backup; without it {origin} is not cosigned") from e

    def _judge(self, request: Request, checkpoint: Checkpoint, note: Note) -> Answer:
        """The rule, atomic with what is kept: only what continues the last checkpoint is cosigned."""
        last = self.seen(checkpoint.origin)
        before = Checkpoint.parse(last.text) if last else Checkpoint(checkpoint.origin, 0, EMPTY_ROOT)
        if request.old > checkpoint.size:
            return _refusal(HTTPStatus.BAD_REQUEST, f"old size {request.old} is beyond {checkpoint.size}")
        same = request.old == checkpoint.size
        if request.old != before.size or (same and checkpoint.root != before.root):
            return Answer(HTTPStatus.CONFLICT, f"{before.size}\n", SIZE_TYPE)
        try:
            check_consistency(before.size, before.root, checkpoint.size, checkpoint.root, request.proof)
        except LogError as e:
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(e))
        signature = self.cosigner.sign(note.text, int(self._now()))
        own = [one for one in note.signatures if one.name == checkpoint.origin]
        kept = json.dumps({"origin": checkpoint.origin, "note": str(Note(note.text, (*own, signature)))})
        keep(self._file(checkpoint.origin), kept.encode())
        return Answer(HTTPStatus.OK, str(signature))

    def _file(self, origin: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"


def _refusal(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, f"{why}\n")
