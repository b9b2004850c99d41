"""The verify site: events in batches over HTTPS, then the pictures the site says it lacks."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from .output import Event, OutputError, OutputSettings

BATCH_BYTES = 4 * 1024**2
"""Events of one request; the site takes twice as much."""

ANSWER_BYTES = 1 << 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PEOPLE = ("operator", "second_operator")

log = logging.getLogger(__name__)


class VerifySiteSettings(OutputSettings):
    """Where the site is and what it is sent.

    `token_file` holds the station's token, as `shellmark verify token station NAME` prints it. `pictures` is the
    station's picture folder; without it none are sent. Operators go as pseudonyms and notes not at all, unless
    `people` is "as_recorded". Plain http goes to this machine only, unless `insecure` allows it.
    """

    kind: Literal["verify"] = "verify"
    url: str
    token_file: Path
    pictures: Path | None = None
    people: Literal["pseudonym", "as_recorded"] = "pseudonym"
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20.0
    insecure: bool = False

    @field_validator("url")
    @classmethod
    def _is_base(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("say https://HOST")
        return url.rstrip("/")

    def rooted(self, folder: Path) -> Self:
        """The settings with their paths taken from `folder`."""
        pictures = None if self.pictures is None else folder / self.pictures
        return self.model_copy(update={"token_file": folder / self.token_file, "pictures": pictures})


class VerifySite:
    """Uploads events, each known to the site by its key, so that one sent twice is taken once.

    A batch counts as sent when the site has taken the events and every picture that is still in the folder.

    Raises:
        OutputError: the address is plain http to another machine.
    """

    def __init__(self, settings: VerifySiteSettings) -> None:
        """Take the settings; the site is not asked yet, it may be away."""
        parts = urlsplit(settings.url)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and not settings.insecure:
            raise OutputError(f"verify site {settings.url}: plain http shows the token to the network: say https://")
        self._settings = settings
        proxies: dict[str, str] | None = {} if parts.hostname in LOOPBACK else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirect)

    @classmethod
    def of(cls, settings: VerifySiteSettings) -> Self:
        """The site that settings name."""
        return cls(settings)

    def send(self, events: Sequence[Event]) -> None:
        """Upload events and the pictures they name.

        Raises:
            OutputError: the site is away, refuses the token, or cannot take one of them.
        """
        token = self._token()
        for body in self._bodies(events, token):
            answer = self._request("POST", "/upload/events", body, token, "application/json")
            for digest in _wanted(answer):
                self._send_picture(digest, token)

    def send_proof(self, serial: str, index: int, text: str) -> None:
        """Upload a code's proof file for leaf `index` of the station's log.

        Raises:
            OutputError: the site is away, refuses the token, or does not know the code.
        """
        self._request("PUT", f"/upload/proofs/{serial}/{index}", text.encode(), self._token(), "text/plain")

    def _send_picture(self, digest: str, token: str) -> None:
        path = self._find(digest)
        if path is None:
            log.info("verify site %s: picture %s is no longer here", self._settings.url, digest[:12])
            return
        try:
            data = path.read_bytes()
        except OSError as e:
            raise OutputError(f"picture {path}: {e.strerror}") from e
        self._request("PUT", f"/upload/photos/{digest}", data, token, "application/octet-stream")

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

    def _token(self) -> str:
        path = self._settings.token_file
        try:
            token = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise OutputError(f"token file {path} cannot be read: put the station's token for the site there") from e
        if not token or not token.isprintable():
            raise OutputError(f"token file {path} holds no token: put the station's token for the site there")
        return token

    def _request(self, method: str, path: str, data: bytes, token: str, kind: str) -> Mapping[str, Any]:
        where = f"verify site {self._settings.url}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
            self._settings.url + path, data, headers, method=method
        )
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as response:
                answer = json.loads(response.read(ANSWER_BYTES))
        except urllib.error.HTTPError as e:
            with e:
                raise OutputError(f"{where} says {e.code} to {path.split('/')[2]}: {_said(e)}") from e
        except (OSError, HTTPException) as e:
            reason = getattr(e, "reason", None) or e
            raise OutputError(f"{where} cannot be reached: {reason}: it will be tried again") from e
        except ValueError as e:
            raise OutputError(f"{where} does not answer as a verify site does: check the address") from e
        if not isinstance(answer, dict):
            raise OutputError(f"{where} does not answer as a verify site does: check the address")
        return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a redirect would carry the token to another host."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """No."""
        return


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


def _said(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(4096))["error"])[:200]
    except (OSError, ValueError, KeyError, TypeError):
        return str(error.reason)
