"""Serials, and the GS1 Digital Link text they travel in: `HTTPS://{HOST}/01/{GTIN14}/21/{SERIAL}`."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from .errors import GtinError, LinkError, SerialError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 symbols: no I, L, O or U."""

SERIAL_LENGTH = 13
"""Symbols of a serial: 65 bits, so that a guess among 10 million live codes hits once in 3.7e12 tries."""

HOST_LENGTH = 18
"""Characters of a host that leave the text at 61, the most a version 3-M symbol holds."""

_SERIAL = re.compile(f"[{ALPHABET}]{{{SERIAL_LENGTH}}}")
_LABEL = r"[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?")
_LINK = re.compile(r"(?i:https)://(?P<host>[^/?#]+)/01/(?P<gtin>[^/?#]*)/21/(?P<serial>[^/?#]*)")


@dataclass(frozen=True, slots=True)
class Link:
    """What a code says: the upper-case host, the GTIN-14, the serial."""

    host: str
    gtin: str
    serial: str

    def __str__(self) -> str:
        return f"HTTPS://{self.host}/01/{self.gtin}/21/{self.serial}"


def new_serial() -> str:
    """A fresh serial of 13 symbols from the system's random source; nothing in it tells date, line or count."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SERIAL_LENGTH))


def check_serial(serial: str) -> str:
    """The serial, when it is one.

    Raises:
        SerialError: it is not 13 of Crockford's upper-case symbols.
    """
    if not _SERIAL.fullmatch(serial):
        raise SerialError(f"serial {serial[:40]!r} is not {SERIAL_LENGTH} of the symbols {ALPHABET}")
    return serial


def check_gtin(gtin: str) -> str:
    """The GTIN-14, when it is one (GS1 General Specifications, section 7.9).

    Raises:
        GtinError: it is not 14 digits, or its check digit is wrong.
    """
    if not (len(gtin) == 14 and gtin.isascii() and gtin.isdigit()):
        raise GtinError(f"GTIN {gtin[:40]!r} is not 14 digits: pad it with zeros on the left")
    if (due := check_digit(gtin[:-1])) != gtin[-1]:
        raise GtinError(f"GTIN {gtin} has a wrong check digit: {due} is due")
    return gtin


def check_digit(digits: str) -> str:
    """The check digit of a GS1 number without it: weights 3 and 1 from the right (General Specifications, 7.9)."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def check_host(host: str) -> str:
    """The host in upper case, when a label can carry it.

    Raises:
        LinkError: it is no host name, or is longer than a version 3-M symbol takes.
    """
    upper = host.upper()
    if not (host.isascii() and _HOST.fullmatch(upper)):
        raise LinkError(f"{host[:40]!r} is no host name: give a domain such as ID.EXAMPLE.CN")
    if len(upper) > HOST_LENGTH:
        raise LinkError(
            f"host {upper} has {len(upper)} characters, the label takes {HOST_LENGTH}: use a shorter domain"
        )
    return upper


def digital_link(host: str, gtin: str, serial: str) -> str:
    """The text of a code, all upper case so that the symbol stays in alphanumeric mode.

    Raises:
        LinkError: one of the parts is wrong; `GtinError` and `SerialError` say which.
    """
    return str(Link(check_host(host), check_gtin(gtin), check_serial(serial)))


def parse_link(text: str) -> Link:
    """What a scanned text says; scheme and host may come back in lower case, as browsers write them.

    Raises:
        LinkError: the text is none of ours, is cut off or carries more; `GtinError` and `SerialError` say which part.
    """
    if not (found := _LINK.fullmatch(text)):
        raise LinkError(f"{text[:80]!r} is no code: HTTPS://HOST/01/GTIN/21/SERIAL is due")
    return Link(check_host(found["host"]), check_gtin(found["gtin"]), check_serial(found["serial"]))
