"""Signing codes at the station: within the key's window, for its goods, and no more than it may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace.errors import KeyFileError
from shellmark_trace.keys import Entry, KeyFile, KeyList, Kind, key_id
from shellmark_trace.link import Link

from .text import SignedLink, signed_bytes


@dataclass(frozen=True, slots=True)
class CodeSigner:
    """A station's key with what the list lets it sign."""

    entry: Entry
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, file: KeyFile, keys: KeyList) -> CodeSigner:
        """The signer of an opened key file.

        Raises:
            KeyFileError: it is no station's key, or the list does not have it, or has it revoked.
        """
        found = keys.entry(key_id(file.card.verifier)) if file.kind is Kind.STATION else None
        if found is None or found.kind is not Kind.STATION:
            raise KeyFileError(f"{file.kind} key {file.name} is no station's key of list {keys.version}: rotate it in")
        if found.revoked is not None:
            raise KeyFileError(f"key {found.id} of {file.name} is revoked: draw a new key and rotate it in")
        return cls(found, file.private)

    def sign(self, link: Link, now: datetime, *, drawn_at: datetime, before: int) -> SignedLink:
        """The signed variant of a code; `before` is how many codes the station drew since the key's start, before it.

        Raises:
            KeyFileError: the code was drawn, or is signed, outside the key's time; it is of none of the key's GTINs; or
                it is beyond the codes the key may sign.
        """
        one = self.entry
        window = f"{one.starts:%Y-%m-%d} to {one.ends:%Y-%m-%d}"
        if not one.starts <= now < one.ends:
            raise KeyFileError(f"key {one.id} of {one.name} signs from {window}: rotate in the next key")
        if not one.starts <= drawn_at < one.ends:
            raise KeyFileError(
                f"serial {link.serial} was drawn {drawn_at:%Y-%m-%d %H:%M} UTC, key {one.id} signs codes drawn from "
                f"{one.starts:%Y-%m-%d %H:%M} to {one.ends:%Y-%m-%d %H:%M} UTC: take the key of that time"
            )
        if link.gtin not in one.gtins:
            raise KeyFileError(f"key {one.id} may not sign codes of GTIN {link.gtin}: it has {', '.join(one.gtins)}")
        if one.most is not None and before >= one.most:
            raise KeyFileError(
                f"serial {link.serial} is beyond the {one.most} codes of key {one.id}: rotate in a new key"
            )
        return SignedLink(link, one.id, self.private.sign(signed_bytes(link)))
