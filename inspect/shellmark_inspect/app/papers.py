"""What the commands about keys share: passphrases, root holders, key lists."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.files import read_bytes
from shellmark_inspect.errors import InputError
from shellmark_trace.keys import WAYS, KeyList, Roots, open_list, read_passphrase

PassphraseOption = Annotated[
    str, typer.Option("--passphrase-from", metavar="SOURCE", help=f"Where the passphrase comes from: {WAYS}.")
]
RootOption = Annotated[
    str, typer.Option("--root", help="The three root holders' cards: a file, one a line, or the cards with commas.")
]
KeysOption = Annotated[Path, typer.Option("--keys", help="The signed key list.")]


def passphrase(source: str, what: str, *, twice: bool = False) -> bytes:
    """The passphrase for something; a new one is asked for twice at a prompt."""
    found = read_passphrase(source, _ask, what)
    if twice and source == "prompt" and read_passphrase(source, _ask, f"{what}, once more") != found:
        raise InputError("the two passphrases differ: nothing was written, begin again")
    return found


def read_roots(said: str) -> Roots:
    """The root holders from a file, or from their cards with commas between."""
    path = Path(said)
    if "+" in said and not path.is_file():
        return Roots.parse(said.replace(",", "\n"))
    try:
        return Roots.parse(read_bytes(path, "root holders").decode())
    except UnicodeDecodeError as e:
        raise InputError(f"root holders {path} is no text: give three cards, one a line") from e


def read_list(path: Path, root: str, now: datetime) -> KeyList:
    """A key list that two of the holders have signed and that is in force."""
    return open_list(read_bytes(path, "key list"), read_roots(root), now)


def now() -> datetime:
    """The time by this machine's clock, in whole seconds of UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        raise InputError(
            "there is no terminal to ask for a passphrase at: give --passphrase-from env:NAME or file:PATH"
        )
    return getpass.getpass(f"passphrase for {what}: ")
