"""Asking witnesses over HTTP for their cosignature of a checkpoint."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from shellmark_trace.errors import LogError, LogForked

from .checkpoint import Checkpoint, decimal
from .merkle import Nodes, prove_consistency
from .notes import Note, Signature, Verifier
from .witness import MOST_BYTES, Request

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class WitnessAt:
    """A witness at an address (`https://…`, to which /add-checkpoint is added), with its key."""

    address: str
    verifier: Verifier
    timeout_s: float = TIMEOUT_S

    def seen(self, probe: Note) -> int:
        """How many leaves of the log it has seen; `probe` is the log's signed checkpoint of size 0.

        Raises:
            LogError: it cannot be reached, or does not know the log or its key.
        """
        status, body = self._post(Request(0, (), str(probe)))
        if status == HTTPStatus.CONFLICT:
            return decimal(body.strip(), f"what witness {self.verifier.name} answers")
        self._accepted(status, body)
        return 0

    def cosign(self, note: Note, nodes: Nodes, old: int) -> tuple[Signature, ...]:
        """Its cosignatures of a checkpoint, proven from the `old` size it is thought to have seen or the one it says.

        Raises:
            LogForked: it has seen more than the checkpoint holds, or something else.
            LogError: it cannot be reached, or does not know the log or its key.
            SignatureInvalid: it answers with a forged signature.
        """
        checkpoint = Checkpoint.parse(note.text)
        status, body = self._ask(note, nodes, min(old, checkpoint.size), checkpoint.size)
        if status == HTTPStatus.CONFLICT:
            seen = decimal(body.strip(), f"what witness {self.verifier.name} answers")
            if seen > checkpoint.size or seen == old == checkpoint.size:
                raise LogForked(self._contradicts(checkpoint, seen))
            status, body = self._ask(note, nodes, seen, checkpoint.size)
        if status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise LogForked(self._contradicts(checkpoint, old))
        self._accepted(status, body)
        signatures = tuple(Signature.parse(line) for line in body.splitlines())
        return Note(note.text, signatures).signed_by([self.verifier])

    def _ask(self, note: Note, nodes: Nodes, old: int, size: int) -> tuple[int, str]:
        return self._post(Request(old, tuple(prove_consistency(nodes, old, size)), str(note)))

    def _contradicts(self, checkpoint: Checkpoint, seen: int) -> str:
        return (
            f"witness {self.verifier.name} has seen {seen} leaves of {checkpoint.origin} that the log of "
            f"{checkpoint.size} does not continue: the records were rolled back or changed; put the newest database "
            "back, or begin a new log under a new name"
        )

    def _accepted(self, status: int, body: str) -> None:
        if status != HTTPStatus.OK:
            raise LogError(f"witness {self.verifier.name} answers {status}: {' '.join(body.split())[:200]}")

    def _post(self, request: Request) -> tuple[int, str]:
        if not self.address.startswith(("http://", "https://")):
            raise LogError(f"{self.address!r} is no address of a witness: give one that begins with https://")
        post = urllib.request.Request(  # noqa: S310 - the scheme is checked
            f"{self.address.rstrip('/')}/add-checkpoint",
            data=str(request).encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
        try:
            with urllib.request.urlopen(post, timeout=self.timeout_s) as answer:  # noqa: S310
                return answer.status, answer.read(MOST_BYTES).decode("utf-8", "replace")
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.read(MOST_BYTES).decode("utf-8", "replace")
        except (OSError, ValueError) as e:
            raise LogError(f"witness {self.verifier.name} at {self.address} cannot be reached: {e}") from e


def cosigned(note: Note, nodes: Nodes, witnesses: Sequence[WitnessAt], old: int) -> tuple[list[Signature], list[str]]:
    """Every cosignature that can be had now, and why the others could not.

    Raises:
        LogForked: a witness has seen more than the checkpoint holds, or something else.
    """
    found: list[Signature] = []
    missing: list[str] = []
    for witness in witnesses:
        try:
            found += witness.cosign(note, nodes, old)
        except LogForked:
            raise
        except LogError as e:
            missing.append(str(e))
    return found, missing
