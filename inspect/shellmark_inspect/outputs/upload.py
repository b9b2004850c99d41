"""The verify site: events in batches over HTTPS, then the pictures the site says it lacks."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from shellmark_trace import SerialError, check_serial

from .output import Event, OutputError
from .posting import Poster, PostingSettings

BATCH_BYTES = 4 * 1024**2
"""Events of one request; the site takes twice as much."""

PINS_AT_ONCE = 500
"""PINs a site is asked about at once."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PEOPLE = ("operator", "second_operator")

log = logging.getLogger(__name__)


class VerifySiteSettings(PostingSettings):
    """Where the site is and what it is sent.

    `token_file` holds the station's token, as `shellmark verify token station NAME` prints it. `pictures` is the
    station's picture folder; without it none are sent. Operators go as pseudonyms and notes not at all, unless
    `people` is "as_recorded".
    """

    kind: Literal["verify"] = "verify"
    token_file: Path
    pictures: Path | None = None
    people: Literal["pseudonym", "as_recorded"] = "pseudonym"
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20.0

    @field_validator("url")
    @classmethod
    def _is_base(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.query or parts.fragment:
            raise ValueError("say https://HOST")
        return url.rstrip("/")

    def rooted(self, folder: Path) -> Self:
        """The settings with their paths taken from `folder`."""
        rooted = super().rooted(folder)
        return rooted if self.pictures is None else rooted.model_copy(update={"pictures": folder / self.pictures})


class VerifySite:
    """Uploads events, each known to the site by its key, so that one sent twice is taken once.

    A batch counts as sent when the site has taken the events and every picture that is still in the folder.
    """

    def __init__(self, settings: VerifySiteSettings) -> None:
        """Take the settings; the site is not asked yet, it may be away."""
        self._settings = settings
        self._poster = Poster(settings)

    @classmethod
    def of(cls, settings: VerifySiteSettings) -> Self:
        """The site that settings name."""
        return cls(settings)

    def send(self, events: Sequence[Event]) -> None:
        """Upload events and the pictures they name.

        Raises:
            OutputError: the site is away, refuses the token, or cannot take one of them.
        """
        token = self._poster.token()
        for body in self._bodies(events, token):
            for digest in _wanted(self._ask("POST", "/upload/events", body)):
                self._send_picture(digest)

    def unproven(self) -> Sequence[tuple[str, int]]:
        """The ACTIVE codes the site lacks a proof of, each with its leaf in the station's log.

        Raises:
            OutputError: the site is away or refuses the token.
        """
        found = self._poster.get(f"{self._settings.url}/upload/proofs", {}).body
        try:
            return [(check_serial(str(one["serial"])), int(one["index"])) for one in found]
        except (TypeError, KeyError, ValueError, SerialError) as e:
            raise OutputError(f"{self._settings.url} does not answer as a verify site does: check the address") from e

    def send_proof(self, serial: str, index: int, text: str) -> None:
        """Upload a code's proof file for leaf `index` of the station's log.

        Raises:
            OutputError: the site is away, refuses the token, or does not know the code.
        """
        self._ask("PUT", f"/upload/proofs/{serial}/{index}", text.encode(), {"Content-Type": "text/plain"})

    def other_pins(self, hashes: Mapping[str, str]) -> set[str]:
        """The serials among those of `hashes` (serial to keyed hash, hex) that have another PIN at the site already.

        Raises:
            OutputError: the site is away, refuses the token, or its program is too old to be asked.
        """
        other, asked = set[str](), list(hashes.items())
        for first in range(0, len(asked), PINS_AT_ONCE):
            body = json.dumps({"pins": dict(asked[first : first + PINS_AT_ONCE])}).encode()
            found = self._ask("POST", "/upload/pins", body).get("other")
            if not isinstance(found, list):
                raise OutputError(f"{self._settings.url} does not answer as a verify site does: check the address")
            other |= {str(serial) for serial in found}
        return other

    def claimed(self) -> list[str]:
        """Serials of the station's shipped codes that buyers have claimed and that it has not told of yet.

        Raises:
            OutputError: the site is away, or refuses the token.
        """
        answer = self._poster.get(f"{self._settings.url}/upload/claims", {}).body
        found = answer.get("claimed") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise OutputError(f"{self._settings.url} names no claims: its program is older, or it is no verify site")
        return [str(serial) for serial in found]

    def _send_picture(self, digest: str) -> None:
        path = self._find(digest)
        if path is None:
            log.info("verify site %s: picture %s is no longer here", self._settings.url, digest[:12])
            return
        try:
            data = path.read_bytes()
        except OSError as e:
            raise OutputError(f"picture {path}: {e.strerror}") from e
        self._ask("PUT", f"/upload/photos/{digest}", data, {"Content-Type": "application/octet-stream"})

    def _find(self, digest: str) -> Path | None:
        folder = self._settings.pictures
        if folder is None or not _DIGEST.fullmatch(digest):
            return None
        return next(iter(sorted(folder.glob(f"*/{digest}.*"), reverse=True)), None)

    def _bodies(self, events: Sequence[Event], token: str) -> Iterator[bytes]:
        """The events as JSON, cut so that no request is too long."""
        part, size = list[str](), 0
        for event in events:
            line = self._line(event, token)
            if part and size + len(line) > BATCH_BYTES:
                yield _body(part)
                part, size = [], 0
            part.append(line)
            size += len(line)
        if part:
            yield _body(part)

    def _line(self, event: Event, token: str) -> str:
        payload = dict(event.payload)
        if self._settings.people == "pseudonym":
            payload = _without_names(payload, token)
        at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
        values = {"number": event.number, "key": event.key, "kind": event.kind, "at": at, "payload": payload}
        return json.dumps(values, allow_nan=False)

    def _ask(
        self, method: str, path: str, data: bytes, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Mapping[str, Any]:
        answer = self._poster.send(method, path, data, headers).body
        if not isinstance(answer, dict):
            raise OutputError(f"{self._settings.url} does not answer as a verify site does: check the address")
        return answer


def _without_names(payload: dict[str, Any], token: str) -> dict[str, Any]:
    """A payload whose people are pseudonyms, steady as long as the token is; free text may hold names and goes."""
    for name in _PEOPLE:
        if payload.get(name):
            digest = hmac.new(token.encode(), str(payload[name]).encode(), hashlib.sha256).hexdigest()
            payload[name] = f"op-{digest[:8]}"
    if payload.get("note"):
        payload["note"] = ""
    return payload


def _body(lines: Sequence[str]) -> bytes:
    return ('{"events":[' + ",".join(lines) + "]}").encode()


def _wanted(answer: Mapping[str, Any]) -> list[str]:
    found = answer.get("wanted", [])
    return [str(digest) for digest in found] if isinstance(found, list) else []
