"""What the key list says of one key: for what, from when to when, for which goods, how many, and until which leaf."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from shellmark_trace.errors import KeyFileError, TraceError
from shellmark_trace.link import check_gtin, check_host
from shellmark_trace.log import Verifier

from .files import Card, Kind

ID_BYTES = 3
"""Bytes of a key's id in a signed code."""

_ID_PURPOSE = b"shellmark.trace/key-id/v1\n"
_SECOND = "%Y-%m-%dT%H:%M:%SZ"
_ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

Moment = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC).replace(microsecond=0)),
    PlainSerializer(lambda moment: moment.strftime(_SECOND), return_type=str),
]
"""A moment in whole seconds of UTC, written "2026-11-29T08:00:00Z"."""

Line = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


def _of_trace(check: str) -> str:
    try:
        return check_gtin(check)
    except TraceError as e:
        raise ValueError(str(e)) from e


def _of_host(check: str) -> str:
    try:
        return check_host(check)
    except TraceError as e:
        raise ValueError(str(e)) from e


Gtin = Annotated[str, AfterValidator(_of_trace)]
Host = Annotated[str, AfterValidator(_of_host)]


class Frozen(BaseModel):
    """A value of the key list: nothing unknown in it, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Revocation(Frozen):
    """From where on a key is not believed.

    `from_index` is the first leaf of the key's log that is not trusted; codes logged before it stay good. None, for
    keys without a log: nothing it signed is good any more.
    """

    from_index: Count | None = None
    at: Moment
    why: Line


class Entry(Frozen):
    """One key of the list.

    A station's key may sign codes from `starts` to `ends`, of `gtins` only and at most `most` of them, which are logged
    in the log named `log`. `vkey` is the public key as NAME+ID+BASE64; `id` follows from it.
    """

    kind: Literal[Kind.STATION, Kind.LOG, Kind.MANIFEST]
    id: str
    vkey: str
    starts: Moment
    ends: Moment
    gtins: tuple[Gtin, ...] = ()
    most: Count | None = None
    log: str = ""
    revoked: Revocation | None = None

    @model_validator(mode="after")
    def _fits(self) -> Entry:
        try:
            due = key_id(self.verifier)
        except TraceError as e:
            raise ValueError(str(e)) from e
        if self.id != due:
            raise ValueError(f"key {self.verifier.name} has id {due}, not {self.id}")
        if self.starts >= self.ends:
            raise ValueError(f"key {self.id} ends before it starts")
        is_station = self.kind is Kind.STATION
        if is_station and (not self.gtins or not self.most or len(set(self.gtins)) != len(self.gtins)):
            raise ValueError(
                f"station key {self.id} needs its GTINs (--gtin), each once, and how many codes it may sign (--most)"
            )
        if not is_station and (self.gtins or self.most is not None or self.log):
            raise ValueError(f"{self.kind} key {self.id} has no GTINs, no count and no log: only a station's key has")
        return self

    @property
    def verifier(self) -> Verifier:
        """The public key with its name."""
        return Verifier.parse(self.vkey)

    @property
    def name(self) -> str:
        """The key's name."""
        return self.vkey.partition("+")[0]


def key_id(verifier: Verifier) -> str:
    """The id a code names its key by: the first 3 bytes of SHA-256(purpose ‖ key) in hex.

    The purpose is "shellmark.trace/key-id/v1" and a line feed.
    """
    return hashlib.sha256(_ID_PURPOSE + verifier.key.public_bytes_raw()).digest()[:ID_BYTES].hex()


def entry(
    card: Card,
    starts: datetime,
    ends: datetime,
    *,
    gtins: tuple[str, ...] = (),
    most: int | None = None,
    log: str = "",
) -> Entry:
    """The entry of a card's key.

    Raises:
        KeyFileError: the card is of a kind that stands in no list, or something does not fit.
    """
    if card.kind in {Kind.ROOT, Kind.PIN}:
        raise KeyFileError(f"{card.name} is a {card.kind} key: the list has station, log and manifest keys")
    facts = {"kind": card.kind, "id": key_id(card.verifier), "vkey": card.verifier.vkey, "starts": starts, "ends": ends}
    try:
        return Entry.model_validate(facts | {"gtins": gtins, "most": most, "log": log})
    except ValueError as e:
        raise KeyFileError(f"key {card.name} cannot be listed: {first_fault(e)}") from e


def first_fault(error: ValueError) -> str:
    """The first thing a value fails by, in one line."""
    found = getattr(error, "errors", None)
    if found is None:
        return str(error)
    one = found(include_url=False, include_context=False)[0]
    place = ".".join(map(str, one["loc"]))
    said = str(one["msg"]).removeprefix("Value error, ")
    return f"{place}: {said}" if place else said
