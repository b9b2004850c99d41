"""The `[log]` section of a station's configuration: its transparency log, the key it signs with, its witnesses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shellmark_trace import LogError
from shellmark_trace.log import Kind, Verifier, WitnessAt


class WitnessSpec(BaseModel):
    """A witness: its address (https://…), and its key as `NAME+ID+BASE64`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    key: str

    @field_validator("address")
    @classmethod
    def _of_http(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("a witness's address begins with https:// or http://")
        return address

    @field_validator("key")
    @classmethod
    def _cosigns(cls, key: str) -> str:
        try:
            Verifier.parse(key, Kind.COSIGNATURE)
        except LogError as e:
            raise ValueError(str(e)) from e
        return key

    @property
    def verifier(self) -> Verifier:
        """The key it cosigns with."""
        return Verifier.parse(self.key, Kind.COSIGNATURE)

    @property
    def at(self) -> WitnessAt:
        """The witness to ask."""
        return WitnessAt(self.address, self.verifier)


class LogSpec(BaseModel):
    """A station's transparency log.

    `origin` is its name for ever, an address without scheme such as trace.example.cn/pinghu/st01, and the name of its
    key; `key` the key file, `passphrase` where its passphrase comes from ("env:NAME", "file:PATH" or "fd:NUMBER");
    `folder` what is published, for a web server to serve; `memory` what was signed, which must not be lost: keep it out
    of the folder. A checkpoint is published every `every_min` minutes and whenever a run ends or is held, and shown to
    the `witnesses`; `post` is a file that always holds the newest checkpoint, to be posted to a group chat.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: str
    key: Path
    passphrase: str = "env:SHELLMARK_LOG_PASSPHRASE"  # noqa: S105 - where it is found, not what it is
    folder: Path = Path("log")
    memory: Path = Path("log-signed.json")
    every_min: Annotated[float, Field(gt=0, le=1440)] = 5.0
    witnesses: tuple[WitnessSpec, ...] = ()
    post: Path | None = None

    @field_validator("origin")
    @classmethod
    def _is_a_name(cls, origin: str) -> str:
        if not origin or "://" in origin or "+" in origin or len(origin.split()) != 1 or origin.endswith("/"):
            raise ValueError("an origin is an address without scheme, such as trace.example.cn/pinghu/st01")
        return origin

    @field_validator("passphrase")
    @classmethod
    def _asks_nobody(cls, source: str) -> str:
        if source.partition(":")[0] not in {"env", "file", "fd"}:
            raise ValueError("the station cannot ask for the passphrase: give env:NAME, file:PATH or fd:NUMBER")
        return source
