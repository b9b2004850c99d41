"""Asking a web service: timeouts, a bearer's token from outside the configuration, failures in one line."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from shellmark_trace.reading import read_file

from .output import OutputError, OutputSettings

ANSWER_BYTES = 1 << 20
"""The most of an answer that is read."""

JSON = "application/json"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class PostingSettings(OutputSettings):
    """Where to post and what lets us in.

    `url` is the service's address; the token comes from the environment variable `token_env` or the file `token_file`,
    never from the configuration itself; `timeout_s` is how long the service may take for each part of an answer. A
    token goes over plain http to this machine only, unless `insecure` allows it.
    """

    url: str
    token_env: str = ""
    token_file: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    insecure: bool = False

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError("give an address such as https://mes.factory.lan/capture, without a name or password")
        return url

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token_env and self.token_file is not None:
            raise ValueError("say where the token is once: token_env or token_file")
        return self

    @model_validator(mode="after")
    def _hidden_token(self) -> Self:
        parts, token = urlsplit(self.url), self.token_env or self.token_file is not None
        if token and parts.scheme == "http" and parts.hostname not in LOOPBACK and not self.insecure:
            raise ValueError("plain http shows the token to the network: say https://, or insecure = true")
        return self

    def rooted(self, folder: Path) -> Self:
        """The settings with `token_file` taken from `folder`."""
        return self if self.token_file is None else self.model_copy(update={"token_file": folder / self.token_file})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: status, headers by their lower-case names, and the body as JSON (None where it is none)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class Refused(OutputError):
    """The service answered, and not with success: `status` is the HTTP status, `said` its reason, "" without one."""

    def __init__(self, text: str, status: int, said: str) -> None:
        super().__init__(text)
        self.status, self.said = status, said


class Away(OutputError):
    """There was no whole answer: `why` in a few words."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


class Poster:
    """Posts to one service. Redirects are not followed: a token must not go elsewhere."""

    def __init__(self, settings: PostingSettings) -> None:
        self._settings = settings
        self._where = f"{urlsplit(settings.url).hostname}"
        proxies: dict[str, str] | None = {} if self._where in LOOPBACK else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirect)

    def post(self, value: Any, headers: Mapping[str, str]) -> Answer:
        """Post a value as JSON.

        Raises:
            OutputError: there was no answer in time, or one that is no success.
        """
        data = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        return self.send("POST", "", data, headers)

    def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Answer:
        """Send bytes to a path below the service's address; they are JSON unless `headers` say otherwise.

        Raises:
            OutputError: there was no answer in time, or one that is no success.
        """
        request = urllib.request.Request(self._settings.url + path, data, method=method)  # noqa: S310 - checked
        return self._ask(request, headers)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask an address of the same service.

        Raises:
            OutputError: it is another's address, there was no answer in time, or one that is no success.
        """
        ours, theirs = urlsplit(self._settings.url), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise OutputError(
                f"{self._where} sends us to {theirs.netloc[:60]!r}: name that in the configuration instead"
            )
        return self._ask(urllib.request.Request(url), headers)  # noqa: S310 - the same scheme as ours

    def _ask(self, request: urllib.request.Request, headers: Mapping[str, str]) -> Answer:
        for name, value in {"Content-Type": JSON, "Accept": JSON, **headers}.items():
            request.add_header(name, value)
        if token := self.token():
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as answer:
                data = answer.read(ANSWER_BYTES)
                if answer.length and len(data) < ANSWER_BYTES:
                    raise IncompleteRead(data, answer.length)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, headers, _json(data))
        except urllib.error.HTTPError as e:
            with e:
                said = _reason(e.read(500))
            raise Refused(f"{self._where} answers {e.code}: {said or e.reason}", e.code, said) from e
        except urllib.error.URLError as e:
            raise Away(f"{self._where} is not there: {e.reason}: it will be tried again", f"{e.reason}") from e
        except (OSError, HTTPException) as e:
            text = f"{self._where} gave no whole answer ({e!r}): it will be tried again"
            raise Away(text, f"no whole answer: {e!r}") from e

    def token(self) -> str:
        """The token as it is now, "" for none.

        Raises:
            OutputError: it is not where the settings say.
        """
        settings = self._settings
        if settings.token_env:
            token = os.environ.get(settings.token_env, "")
            source = f"environment variable {settings.token_env}"
        elif settings.token_file is not None:
            source = f"file {settings.token_file}"
            try:
                token = read_file(settings.token_file).decode()
            except (OSError, UnicodeDecodeError) as e:
                raise OutputError(f"the token for {self._where}: {source} cannot be read: put it there") from e
        else:
            return ""
        if not (token := token.strip()) or not token.isascii() or not token.isprintable():
            raise OutputError(f"the token for {self._where}: {source} holds none: put it there")
        return token


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _reason(data: bytes) -> str:
    """Why a service refused: the "error" of its JSON, else what it wrote, on one line and cut short."""
    told = _json(data)
    said = (
        told["error"]
        if isinstance(told, dict) and isinstance(told.get("error"), str)
        else data.decode(errors="replace")
    )
    return " ".join(said.split())[:200]


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
