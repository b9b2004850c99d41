"""Texts that are no code of this kind, each told apart so that a person knows what to do."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from shellmark_trace.errors import GtinError, LinkError
from shellmark_trace.link import ALPHABET, SERIAL_LENGTH, Link, check_gtin, check_host, parse_link
from shellmark_trace.signed import AI_LENGTH, SignedLink, is_signed, parse_signed

MOST_CHARACTERS = 400
_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/?#]*)(?P<path>/[^?#]*)?(?P<rest>[?#].*)?")
_PATH = re.compile(r"/01/(?P<gtin>[^/]*)(?:/21(?:/(?P<serial>[^/]*))?)?")


class Oddity(StrEnum):
    """What is odd about a text."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    BLANKS = "blanks"
    FULL_WIDTH = "full_width"
    STRANGE_CHARACTERS = "strange_characters"
    SERIAL_ALONE = "serial_alone"
    NO_LINK = "no_link"
    NOT_HTTPS = "not_https"
    BAD_HOST = "bad_host"
    OTHER_PATH = "other_path"
    CUT_OFF = "cut_off"
    GTIN_FORM = "gtin_form"
    GTIN_CHECK = "gtin_check"
    SERIAL_LOWER_CASE = "serial_lower_case"
    SERIAL_LETTERS = "serial_letters"
    SERIAL_LONG = "serial_long"
    SERIAL_FORM = "serial_form"
    SIGNATURE_CUT = "signature_cut"
    SIGNATURE_FORM = "signature_form"
    MORE = "more"


class OddText(LinkError):
    """A text that is no code; `oddity` says what is odd."""

    def __init__(self, oddity: Oddity, text: str) -> None:
        super().__init__(f"{text[:80]!r} is no code of this kind: {oddity.replace('_', ' ')}")
        self.oddity = oddity


def read_text(text: str) -> Link | SignedLink:
    """A code, signed or not, from a scanned or typed text.

    Raises:
        OddText: it is none.
    """
    try:
        return parse_signed(text) if is_signed(text) else parse_link(text)
    except LinkError as e:
        raise OddText(oddity_of(text), text) from e


def oddity_of(text: str) -> Oddity:
    """What is odd about a text that is no code; what comes first in the text is named first."""
    if (found := _characters(text)) is not None:
        return found
    if re.fullmatch(f"[{ALPHABET}]{{{SERIAL_LENGTH}}}", text.upper()):
        return Oddity.SERIAL_ALONE
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return Oddity.CUT_OFF if "HTTPS://".startswith(text.upper()) else Oddity.NO_LINK
    if parts["scheme"].lower() != "https":
        return Oddity.NOT_HTTPS
    path = parts["path"] or ""
    if not path:
        return Oddity.CUT_OFF
    if not _is_host(parts["host"]):
        return Oddity.BAD_HOST
    return _of_path(path, parts["rest"] or "")


def _characters(text: str) -> Oddity | None:
    if not text:
        return Oddity.EMPTY
    if len(text) > MOST_CHARACTERS:
        return Oddity.TOO_LONG
    if any(char.isspace() for char in text):
        return Oddity.BLANKS
    if text.isascii():
        return None if text.isprintable() else Oddity.STRANGE_CHARACTERS
    return Oddity.FULL_WIDTH if unicodedata.normalize("NFKC", text).isascii() else Oddity.STRANGE_CHARACTERS


def _is_host(host: str) -> bool:
    try:
        check_host(host)
    except LinkError:
        return False
    return True


def _of_path(path: str, rest: str) -> Oddity:
    found = _PATH.fullmatch(path)
    if found is None:
        return Oddity.CUT_OFF if "/01/".startswith(path) or re.fullmatch(r"/01/\d+/2?", path) else Oddity.OTHER_PATH
    gtin, serial = found["gtin"], found["serial"]
    if serial is None and not rest:
        return Oddity.CUT_OFF
    if (wrong := _of_gtin(gtin) or _of_serial(serial or "")) is not None:
        return wrong
    return _of_rest(rest)


def _of_gtin(gtin: str) -> Oddity | None:
    try:
        check_gtin(gtin)
    except GtinError:
        return Oddity.GTIN_CHECK if len(gtin) == 14 and gtin.isdigit() else Oddity.GTIN_FORM
    return None


def _of_serial(serial: str) -> Oddity | None:
    upper = serial.upper()
    if re.fullmatch(f"[{ALPHABET}]*", serial):
        if len(serial) == SERIAL_LENGTH:
            return None
        return Oddity.CUT_OFF if len(serial) < SERIAL_LENGTH else Oddity.SERIAL_LONG
    if re.fullmatch(f"[{ALPHABET}]{{{SERIAL_LENGTH}}}", upper):
        return Oddity.SERIAL_LOWER_CASE
    return (
        Oddity.SERIAL_LETTERS if re.fullmatch("[0-9A-Z]+", upper) and set("ILOU") & set(upper) else Oddity.SERIAL_FORM
    )


def _of_rest(rest: str) -> Oddity:
    if not rest.startswith("?91="):
        return Oddity.MORE
    return Oddity.SIGNATURE_CUT if len(rest) - len("?91=") < AI_LENGTH else Oddity.SIGNATURE_FORM
