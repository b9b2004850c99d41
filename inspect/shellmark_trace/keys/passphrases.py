"""Where a passphrase comes from: a prompt, an environment variable, a file or a file descriptor; never an argument."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from shellmark_trace.errors import KeyFileError

from .storage import read_private

LEAST_LENGTH = 12
"""Characters of a passphrase that may guard a new key."""

MOST_BYTES = 1024

Prompt = Callable[[str], str]
"""Asks a person for a passphrase without showing it."""

WAYS = "prompt, env:NAME, file:PATH or fd:NUMBER"


def read_passphrase(source: str, prompt: Prompt, what: str) -> bytes:
    """A passphrase from its source: "prompt", "env:NAME", "file:PATH" (as private as a key) or "fd:NUMBER".

    A line feed at the end of a file or a descriptor is no part of it. `what` says to a person what it is for.

    Raises:
        KeyFileError: the source is none, gives nothing, or is a file others can read.
    """
    way, _, where = source.partition(":")
    if source == "prompt":
        found = prompt(what).encode()
    elif way == "env" and where:
        found = (
            os.environb.get(where.encode(), b"") if os.supports_bytes_environ else os.environ.get(where, "").encode()
        )
    elif way == "file" and where:
        found = _line(read_private(Path(where), "passphrase"))
    elif way == "fd" and where.isascii() and where.isdigit():
        found = _line(_descriptor(int(where)))
    else:
        raise KeyFileError(
            f"a passphrase comes from {WAYS}, and is never written on the command line: give one of these"
        )
    if not 0 < len(found) <= MOST_BYTES:
        raise KeyFileError(f"{what}: {source} gave no passphrase, or more than {MOST_BYTES} bytes: put it there")
    return found


def check_passphrase(passphrase: bytes) -> bytes:
    """The passphrase, when it may guard a new key.

    Raises:
        KeyFileError: it is shorter than 12 characters or repeats one character.
    """
    text = passphrase.decode("utf-8", "replace")
    if len(text) < LEAST_LENGTH or len(set(text)) < LEAST_LENGTH // 3:
        raise KeyFileError(
            f"the passphrase is too easy: take {LEAST_LENGTH} characters or more, best some random words"
        )
    return passphrase


def _descriptor(number: int) -> bytes:
    try:
        with os.fdopen(os.dup(number), "rb") as file:
            return file.read(MOST_BYTES + 2)
    except OSError as e:
        raise KeyFileError(f"file descriptor {number} gives no passphrase ({e.strerror}): open it for reading") from e


def _line(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")
