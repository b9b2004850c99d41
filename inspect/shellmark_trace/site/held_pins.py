"""Which codes have a PIN already: asked before PINs are drawn, so that none is printed that can never be right."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from shellmark_trace.link import SERIAL_LENGTH

from .database import Database
from .schema import codes

_Serial = Annotated[str, Field(pattern=rf"^[0-9A-Z]{{{SERIAL_LENGTH}}}$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PinsAsked(BaseModel):
    """PINs a station is about to set: each code's serial with the PIN's keyed hash in hex, 500 at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pins: Annotated[dict[_Serial, _Hash], Field(max_length=500)]


def other_pins(database: Database, hashes: Mapping[str, str]) -> list[str]:
    """The serials among those of `hashes` (serial to keyed hash, hex) that have another PIN already.

    Raises:
        SiteError: the database cannot be read.
    """
    c = codes.c
    query = sa.select(c.serial, c.pin_hash).where(c.serial.in_(list(hashes)), c.pin_hash.is_not(None))
    with database.reading() as connection:
        found = connection.execute(query).all()
    return sorted(serial for serial, held in found if not hmac.compare_digest(bytes(held).hex(), hashes[serial]))
