"""The answers there are, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from shellmark_trace.link import Link


class Verdicts(StrEnum):
    """What is said of a code. None of them says that the goods are genuine: a code can be copied."""

    ISSUED = "issued"
    VOID = "void"
    COPIED = "copied"
    RETIRED = "retired"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    OTHER = "other"
    CANNOT_SAY = "cannot_say"
    NO_CODE = "no_code"

    @property
    def exit_code(self) -> int:
        """What a command ends with: 0 issued, 1 not to be trusted, 2 could not be asked."""
        if self is Verdicts.ISSUED:
            return 0
        return 2 if self in {Verdicts.CANNOT_SAY, Verdicts.NO_CODE} else 1


class Why(StrEnum):
    """What an answer rests on; signed codes that fail have a `Fault` in its place, texts an `Oddity`."""

    LISTED = "listed"
    SIGNED = "signed"
    PROVED = "proved"
    LISTED_KEY_REVOKED = "listed_key_revoked"
    WITHDRAWN = "withdrawn"
    LOGGED_SO = "logged_so"
    NOT_LISTED = "not_listed"
    SIGNED_NOT_LISTED = "signed_not_listed"
    NEVER_ACTIVE = "never_active"
    OTHER_HOST = "other_host"
    OTHER_FACTORY = "other_factory"
    NO_KEYS = "no_keys"
    NO_MANIFEST = "no_manifest"
    NO_PROOF = "no_proof"
    KEYS_EXPIRED = "keys_expired"
    KEYS_REFUSED = "keys_refused"
    MANIFEST_EXPIRED = "manifest_expired"
    MANIFEST_REFUSED = "manifest_refused"
    VOIDS_EXPIRED = "voids_expired"
    VOIDS_REFUSED = "voids_refused"
    PROOF_REFUSED = "proof_refused"


class Basis(StrEnum):
    """What papers there can be."""

    KEYS = "keys"
    MANIFEST = "issued"
    VOIDS = "withdrawn"


@dataclass(frozen=True, slots=True)
class Known:
    """A paper the answer rests on: its version, when it was issued and until when it is believed."""

    what: Basis
    version: int
    issued: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a text; `why` a Why, a Fault or an Oddity, `values` what its sentence is filled with.

    `voids_known` is False when no list of withdrawn codes was at hand, so that a void or copied one would not show.
    """

    verdict: Verdicts
    why: StrEnum
    values: Mapping[str, Any] = field(default_factory=dict)
    link: Link | None = None
    known: tuple[Known, ...] = ()
    voids_known: bool = False
    factory: tuple[str, str] = ("", "")
