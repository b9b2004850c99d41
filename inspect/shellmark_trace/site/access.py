"""Who may upload and who may inspect: tokens, shown once and kept as hashes; and the site's secret key."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from pathlib import Path
from typing import Literal

from shellmark_trace.errors import KeyFileError, SiteError
from shellmark_trace.reading import read_file

Role = Literal["station", "inspector"]
ROLES: tuple[Role, ...] = ("station", "inspector")
SESSION_S = 8 * 3600
"""How long an inspector stays logged in."""

KEY_BYTES = 32


class Tokens:
    """The tokens in a file of hashes; another process may change it, so it is read again when it is newer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._names: dict[str, tuple[Role, str]] = {}

    def add(self, role: Role, name: str) -> str:
        """A new token of 256 bits for a station or an inspector; it is in no file.

        Raises:
            SiteError: the name cannot be used, or the file cannot be written.
        """
        if not name.strip() or len(name) > 60 or not name.isprintable():
            whose = "an inspector" if role == "inspector" else f"a {role}"
            raise SiteError(f"name {name[:60]!r} of {whose} cannot be used: give letters and digits")
        token = secrets.token_urlsafe(32)
        with self._turn:
            self._read()
            self._names[_digest(token)] = (role, name)
            self._write()
        return token

    def remove(self, role: Role, name: str) -> int:
        """Take every token of a name away; how many it had.

        Raises:
            SiteError: the file cannot be written.
        """
        with self._turn:
            self._read()
            kept = {digest: who for digest, who in self._names.items() if who != (role, name)}
            gone = len(self._names) - len(kept)
            self._names = kept
            self._write()
            return gone

    def name_of(self, role: Role, token: str) -> str | None:
        """Whose token it is, None for nobody's.

        Raises:
            SiteError: the file cannot be read.
        """
        with self._turn:
            self._read()
            found = self._names.get(_digest(token))
        return found[1] if found is not None and found[0] == role else None

    def knows(self, role: Role, name: str) -> bool:
        """Whether a name has a token."""
        with self._turn:
            self._read()
            return (role, name) in self._names.values()

    def _read(self) -> None:
        try:
            if not self._path.exists():
                self._names, self._stamp = {}, None
                return
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp == self._stamp:
                return
            told = json.loads(read_file(self._path))
            self._names = {digest: (role, name) for digest, (role, name) in told.items()}
            self._stamp = stamp
        except OSError as e:
            raise SiteError(f"token file {self._path}: {e.strerror}") from e
        except (ValueError, TypeError, AttributeError) as e:
            raise SiteError(f"token file {self._path} is damaged: move it away and give out new tokens") from e

    def _write(self) -> None:
        _write_private(self._path, json.dumps(self._names, ensure_ascii=False, indent=1).encode())
        self._stamp = None


def site_key(path: Path) -> bytes:
    """The 32 secret bytes PINs and sessions are hashed with; a missing file is made, readable by its owner only.

    Raises:
        KeyFileError: the file is of another size, or others may read it.
        SiteError: it cannot be read or written.
    """
    try:
        if not path.exists():
            _write_private(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
        if os.name != "nt" and path.stat().st_mode & 0o077:
            raise KeyFileError(f"key file {path} may be read by others: chmod 600 it")
        key = bytes.fromhex(read_file(path).decode("ascii").strip())
    except OSError as e:
        raise SiteError(f"key file {path}: {e.strerror}") from e
    except ValueError as e:
        raise KeyFileError(f"key file {path} is no key: bring it back from the backup, PINs hang on it") from e
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"key file {path} is no key: bring it back from the backup, PINs hang on it")
    return key


def new_session(key: bytes, inspector: str, now_s: float) -> str:
    """A cookie that says who is logged in until when, signed."""
    body = f"{int(now_s + SESSION_S)}:{inspector.encode().hex()}"
    return f"{body}:{_seal(key, body)}"


def read_session(key: bytes, cookie: str | None, now_s: float) -> str | None:
    """Who is logged in, None for nobody: no cookie, one not ours, or one that has run out."""
    if cookie is None or cookie.count(":") != 2 or not cookie.isascii():
        return None
    until, name, seal = cookie.split(":")
    if not hmac.compare_digest(seal, _seal(key, f"{until}:{name}")) or int(until) < now_s:
        return None
    return bytes.fromhex(name).decode()


def _seal(key: bytes, body: str) -> str:
    return hmac.new(key, f"session\n{body}".encode(), hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _write_private(path: Path, data: bytes) -> None:
    part = path.with_name(f".unfinished-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as e:
        raise SiteError(f"{path}: {e.strerror}") from e
