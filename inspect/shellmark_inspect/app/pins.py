"""`shellmark verify pins`: PINs are drawn into a file of their own, and a CSV has its name once the site has them all.

A PIN that was printed must never change, so a file of PINs is never drawn anew and nothing is added to one that may
have gone to the printer. A PIN the site would refuse must never be printed, so the site is asked before, and the file
is called `….unsent` until every hash was taken.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.asking_site import asked, site_at
from shellmark_inspect.app.files import read_bytes, read_lines
from shellmark_inspect.app.printing import out
from shellmark_inspect.app.site_extra import site_extra
from shellmark_inspect.errors import InputError
from shellmark_inspect.outputs import VerifySite
from shellmark_trace import parse_link
from shellmark_trace.keys import write_private

UNSENT = ".unsent"
AT_ONCE = 100
MOST_NAMED = 10
"""Codes that are named one by one; of more the rest is counted."""


@dataclass(frozen=True, slots=True)
class PinEvent:
    """A PIN as the site is told of it: its keyed hash, never itself."""

    number: int
    key: str
    kind: str
    at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code's text with the PIN that was drawn for it, and the PIN's keyed hash in hex."""

    text: str
    serial: str
    pin: str
    digest: str


def pins(
    codes: Annotated[Path, typer.Argument(help="The texts of the codes, one a line.", show_default=False)],
    key: Annotated[Path, typer.Option("--key", help="The site's key file, site.key.")],
    to: Annotated[Path, typer.Option("--out", help="The CSV for whoever prints the PINs; a new one for each print.")],
    site: Annotated[str, typer.Option("--site", help="Where the site is: https://ID.EXAMPLE.CN.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="A file with a station's token.")],
) -> None:
    """Draw a PIN for each code that has none: the PINs into a CSV only you can read, their keyed hashes to the site.

    The CSV has its name once the site has every hash; if the line drops, run it again with the same --out: the same
    PINs are sent, and each is taken once. Codes that have a PIN at the site are named and left out.

    Example: `shellmark verify pins codes.txt --key site.key --out pins.csv --site https://id.example.cn --token-file t`
    """
    with site_extra():
        from shellmark_trace.site import new_pin, pin_hash, site_key

    if not key.is_file():
        raise InputError(f"key file {key} is missing: copy site.key from the site's folder")
    secret = site_key(key)
    wanted = dict.fromkeys(str(parse_link(text)) for text in read_lines(codes, "list of codes"))
    unsent = to.with_name(to.name + UNSENT)
    held = next((path for path in (to, unsent) if path.exists()), None)
    found = dict.fromkeys(wanted, "") if held is None else _read_pins(held)
    drawn = []
    for text in found:
        serial = parse_link(text).serial
        pin = found[text] or new_pin()
        drawn.append(Drawn(text, serial, pin, pin_hash(secret, serial, pin).hex()))
    sender = site_at(site, token_file)
    with asked(site, token_file):
        other = sender.other_pins({one.serial: one.digest for one in drawn})
    ours = [one for one in drawn if one.serial not in other]
    theirs = [one.serial for one in drawn if one.serial in other]
    if held == to and theirs:
        raise InputError(_dead(to, theirs))
    if held is None and ours:
        write_private(unsent, _csv(ours))
    _send(sender, ours, site, token_file)
    if held != to and ours:
        write_private(to, _csv(ours))
    unsent.unlink(missing_ok=True)
    _say(to, site, len(ours), theirs)
    _refuse_later([text for text in wanted if text not in found], held, to)


def _send(sender: VerifySite, drawn: Iterable[Drawn], site: str, token_file: Path) -> None:
    events = []
    for number, one in enumerate(drawn, 1):
        told = {"serial": one.serial, "text": one.text, "hash": one.digest}
        events.append(PinEvent(number, f"pin:{one.serial}:{one.digest[:16]}", "pin", datetime.now(UTC), told))
    with asked(site, token_file):
        for first in range(0, len(events), AT_ONCE):
            sender.send(events[first : first + AT_ONCE])


def _say(to: Path, site: str, sent: int, theirs: list[str]) -> None:
    if theirs:
        kept = f"{len(theirs)} codes have a PIN at the site and keep it; none was drawn for {_named(theirs)}"
        out.print(kept, markup=False, soft_wrap=True)
    told = f"{sent} PINs in {to}, their hashes at {site}" if sent else f"nothing was drawn: {to} was not written"
    out.print(told, markup=False, soft_wrap=True)


def _refuse_later(later: list[str], held: Path | None, to: Path) -> None:
    """Say of codes that are not in a CSV that is kept: nothing is added to it, it may have gone to the printer."""
    if held is None or not later:
        return
    count = f"{len(later)} codes of the list have" if len(later) > 1 else "1 code of the list has"
    raise InputError(
        f"{count} no PIN in {to}, the first {parse_link(later[0]).serial}, and nothing is added to a CSV that may be "
        "printed already: run it again with another --out for them"
    )


def _dead(to: Path, theirs: list[str]) -> str:
    return (
        f"{to}: the site has another PIN of {_named(theirs)} and never takes these: destroy what was printed of them "
        "and take their lines out, or see that --key is this site's"
    )


def _named(serials: list[str]) -> str:
    more = len(serials) - MOST_NAMED
    return ", ".join(serials[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _csv(drawn: Iterable[Drawn]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("code", "tail", "pin"))
    writer.writerows((one.text, one.text[-6:], one.pin) for one in drawn)
    return text.getvalue().encode("utf-8-sig")


def _read_pins(path: Path) -> dict[str, str]:
    """The PINs in a file by their codes' texts."""
    text = read_bytes(path, "file of PINs")
    try:
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
        found = {str(parse_link(row["code"])): row["pin"] for row in rows}
    except (UnicodeDecodeError, KeyError, csv.Error) as e:
        raise InputError(f"{path} is no file of PINs: name another --out") from e
    if not all(found.values()):
        raise InputError(f"{path} has a line without a PIN: name another --out, or bring the file back as it was")
    return found
