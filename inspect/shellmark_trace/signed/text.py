"""The signed variant of a code, for hang tag or lining: `HTTPS://{HOST}/01/{GTIN14}/21/{SERIAL}?91={90 characters}`.

The 90 characters are base64url without padding of 67 bytes: the key's id (3) and an Ed25519 signature (64) over
SIGNED_PURPOSE followed by the canonical link. GS1 leaves AI 91 to companies; (8030) would promise an envelope of
ISO/IEC 20248.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from shellmark_trace.errors import LinkError
from shellmark_trace.link import Link, parse_link

SIGNED_PURPOSE = b"shellmark.trace/signed-code/v1\n"
"""What stands before the canonical link, so that no other signature of the key can be taken for one of a code."""

SIGNATURE_BYTES = 64
KEY_ID_BYTES = 3
AI_LENGTH = 90
"""Characters of AI 91: 67 bytes in base64url; the last character has four bits to spare, which must be zero."""

_QUERY = "?91="


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A code with its signature; `key_id` is 6 hex digits. Nothing is checked but the form."""

    link: Link
    key_id: str
    signature: bytes

    def __str__(self) -> str:
        data = bytes.fromhex(self.key_id) + self.signature
        return f"{self.link}{_QUERY}{base64.urlsafe_b64encode(data).decode().rstrip('=')}"


def canonical_link(link: Link) -> str:
    """A code as GS1 writes it whatever the printed host: `https://id.gs1.org/01/{gtin}/21/{serial}`."""
    return f"https://id.gs1.org/01/{link.gtin}/21/{link.serial}"


def signed_bytes(link: Link) -> bytes:
    """Exactly what a station signs; the host is no part of it, since the domain may change."""
    return SIGNED_PURPOSE + canonical_link(link).encode("ascii")


def parse_signed(text: str) -> SignedLink:
    """What a scanned text of the signed variant says.

    Raises:
        LinkError: it is none, is cut off or carries more, or its signature is not written in the one way there is.
    """
    head, mark, encoded = text.partition(_QUERY)
    if not mark:
        raise LinkError(f"{text[:80]!r} has no signature: {_QUERY} and {AI_LENGTH} characters are due")
    link = parse_link(head)
    if len(encoded) != AI_LENGTH:
        raise LinkError(f"the signature has {len(encoded)} characters, {AI_LENGTH} are due: scan the whole code again")
    try:
        data = base64.b64decode(encoded + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as e:
        raise LinkError("the signature has characters that are no base64url: scan the code again") from e
    found = SignedLink(link, data[:KEY_ID_BYTES].hex(), data[KEY_ID_BYTES:])
    if str(found) != f"{link}{_QUERY}{encoded}":
        raise LinkError("the signature is not written in the one way there is: the code was altered")
    return found


def is_signed(text: str) -> bool:
    """Whether a text claims to be the signed variant."""
    return _QUERY in text
