"""Power cuts on a strict disk: what a station really wrote, as the kernel saw it, and what may be left of it.

The writes, syncs, renames and unlinks of a real process are recorded by strace with their bytes. The disk is as unkind
as POSIX allows: of a file everything up to its last sync is there; of what was written since, each write is there, or
not, or torn into its 512-byte sectors, in any mixture; a name that was made, moved or removed counts from the sync of
its folder on, and of later ones the first few are there.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = (
    "openat,pwrite64,write,lseek,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,close,dup"
)
_OF = r"<[^>]*>(?:\(deleted\))?"
_TEXT = r'"((?:\\x[0-9a-f]{2})*)"'
_PATTERNS = {
    "openat": re.compile(rf"openat\([^,]+, {_TEXT}, ([A-Z_|]+)[^)]*\)\s+= (\d+)"),
    "pwrite64": re.compile(rf"pwrite64\((\d+){_OF}, {_TEXT}, (\d+), (\d+)\)\s+= (\d+)"),
    "write": re.compile(rf"write\((\d+){_OF}, {_TEXT}, (\d+)\)\s+= (\d+)"),
    "lseek": re.compile(rf"lseek\((\d+){_OF}, (-?\d+), (SEEK_\w+)\)\s+= (\d+)"),
    "ftruncate": re.compile(rf"ftruncate\((\d+){_OF}, (\d+)\)\s+= 0"),
    "fsync": re.compile(rf"fsync\((\d+){_OF}\)\s+= 0"),
    "fdatasync": re.compile(rf"fdatasync\((\d+){_OF}\)\s+= 0"),
    "rename": re.compile(rf"rename\({_TEXT}, {_TEXT}\)\s+= 0"),
    "unlink": re.compile(rf"unlink\({_TEXT}\)\s+= 0"),
    "mkdir": re.compile(rf"mkdir\({_TEXT}, \d+\)\s+= 0"),
    "close": re.compile(rf"close\((\d+){_OF}\)\s+= 0"),
}


def record(script: Path, folder: Path, *arguments: str) -> Path | None:
    """Run a script under strace; its trace, None where strace may not look."""
    trace = folder.with_suffix(".trace")
    command = ["strace", "-y", "-xx", "-s", "4000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    done = subprocess.run([*command, sys.executable, str(script), str(folder), *arguments], capture_output=True)
    if done.returncode != 0 and b"ptrace" in done.stderr.lower():
        return None
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return trace


@dataclass(slots=True)
class Inode:
    """A file: what is safe, and what was done since in order: (offset, bytes), or (length, None) for a cut."""

    safe: bytes = b""
    open_: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Everything is safe now."""
        self.safe, self.open_ = self.now(), []

    def now(self) -> bytes:
        """What a reader sees."""
        return _applied(self.safe, self.open_)

    def left(self, dice: random.Random) -> bytes:
        """What a power cut may leave."""
        kept: list[tuple[int, bytes | None]] = []
        for offset, data in self.open_:
            fate = dice.random()
            if fate < 0.35:
                continue
            if data is None or fate < 0.7:
                kept.append((offset, data))
            else:
                kept += [part for part in _sectors(offset, data) if dice.random() < 0.5]
        return _applied(self.safe, kept)


Names = dict[str, Inode]


@dataclass(slots=True)
class Disk:
    """The folder under test: names that are safe, and changes of names since their folder's last sync."""

    root: str
    safe: Names = field(default_factory=dict)
    changes: list[tuple[str, str, Inode | None]] = field(default_factory=list)
    """(folder, name, inode or None for gone), oldest first."""
    names: Names = field(default_factory=dict)
    files: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Descriptor → path and place."""
    acknowledged: list[str] = field(default_factory=list)

    @property
    def _escaped(self) -> str:
        return "".join(f"\\x{byte:02x}" for byte in self.root.encode())

    def play(self, trace: Path) -> Iterator[int]:
        """Do what the process did, call by call; yields the number of calls that mattered so far."""
        count = 0
        with trace.open("r", encoding="ascii") as lines:
            for line in lines:
                call = line.partition("(")[0]
                found = _PATTERNS[call].match(line) if call in _PATTERNS else None
                if found is None:
                    about_us = self.root in line or self._escaped in line
                    assert not about_us or " = -1 " in line, f"a call this disk does not know: {line[:300]}"
                    continue
                if getattr(self, f"_{call}")(*found.groups()):
                    count += 1
                    yield count

    def image(self, place: Path, dice: random.Random) -> None:
        """Write what a power cut now may leave."""
        names = dict(self.safe)
        folders = {folder for folder, _, _ in self.changes}
        for folder in folders:
            mine = [change for change in self.changes if change[0] == folder]
            for _, name, inode in mine[: dice.randint(0, len(mine))]:
                if inode is None:
                    names.pop(name, None)
                else:
                    names[name] = inode
        for name, inode in names.items():
            if not name.endswith(("-shm", ".lock", ".holder", "acknowledged")):
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(inode.left(dice))

    # ── the calls; each says whether the disk is another one ────────────────────────────────────────────────────

    def _openat(self, path: str, flags: str, number: str) -> bool:
        name = self._name(_text(path))
        if name is None:
            return False
        self.files[int(number)] = (name, 0)
        if "O_DIRECTORY" in flags or not ("O_CREAT" in flags or name in self.names):
            return False
        if name not in self.names:
            self._change(name, Inode())
            return True
        if "O_TRUNC" in flags:
            self.names[name].open_.append((0, None))
        elif "O_APPEND" in flags:
            self.files[int(number)] = (name, len(self.names[name].now()))
        return "O_TRUNC" in flags

    def _pwrite64(self, number: str, data: str, asked: str, offset: str, done: str) -> bool:
        assert asked == done
        return self._wrote(int(number), int(offset), _bytes(data))

    def _write(self, number: str, data: str, asked: str, done: str) -> bool:
        if int(number) not in self.files:
            return False
        assert asked == done
        name, place = self.files[int(number)]
        written = _bytes(data)
        self.files[int(number)] = (name, place + len(written))
        if name == "acknowledged":
            self.acknowledged.append(written.decode().strip())
            return True
        return self._wrote(int(number), place, written)

    def _lseek(self, number: str, _offset: str, _whence: str, place: str) -> bool:
        if int(number) in self.files:
            self.files[int(number)] = (self.files[int(number)][0], int(place))
        return False

    def _ftruncate(self, number: str, length: str) -> bool:
        if (inode := self._inode(int(number))) is not None:
            inode.open_.append((int(length), None))
        return inode is not None

    def _fsync(self, number: str) -> bool:
        if int(number) not in self.files:
            return False
        name = self.files[int(number)][0]
        if (inode := self.names.get(name)) is not None:
            inode.sync()
            return True
        mine = [change for change in self.changes if change[0] == name]
        self.changes = [change for change in self.changes if change[0] != name]
        for _, one, inode in mine:
            if inode is None:
                self.safe.pop(one, None)
            else:
                self.safe[one] = inode
        return True

    _fdatasync = _fsync

    def _rename(self, old: str, new: str) -> bool:
        before, after = self._name(_text(old)), self._name(_text(new))
        if before is None or after is None:
            return False
        inode = self.names[before]
        self._change(after, inode)
        self._change(before, None)
        return True

    def _unlink(self, path: str) -> bool:
        if (name := self._name(_text(path))) is None:
            return False
        self._change(name, None)
        return True

    def _mkdir(self, _path: str) -> bool:
        return False  # folders are taken as there; what lies in them is not

    def _close(self, number: str) -> bool:
        self.files.pop(int(number), None)
        return False

    def _wrote(self, number: int, offset: int, data: bytes) -> bool:
        if (inode := self._inode(number)) is None:
            return False
        inode.open_.append((offset, data))
        return True

    def _inode(self, number: int) -> Inode | None:
        return self.names.get(self.files[number][0]) if number in self.files else None

    def _name(self, path: str) -> str | None:
        """The path under the root, "" for the root itself, None for anything else."""
        if path == self.root:
            return ""
        return path.removeprefix(self.root + "/") if path.startswith(self.root + "/") else None

    def _change(self, name: str, inode: Inode | None) -> None:
        self.changes.append((name.rpartition("/")[0], name, inode))
        if inode is None:
            self.names.pop(name, None)
        else:
            self.names[name] = inode


def _applied(data: bytes, done: list[tuple[int, bytes | None]]) -> bytes:
    if not done:
        return data
    found = bytearray(data)
    for offset, written in done:
        if written is None:
            del found[offset:]
            found.extend(bytes(offset - len(found)))
        else:
            found.extend(bytes(max(0, offset - len(found))))
            found[offset : offset + len(written)] = written
    return bytes(found)


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """A write as the sectors of the disk it falls into."""
    first = offset // SECTOR * SECTOR
    for sector in range(first, offset + len(data), SECTOR):
        start, end = max(offset, sector), min(offset + len(data), sector + SECTOR)
        yield start, data[start - offset : end - offset]


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _text(escaped: str) -> str:
    return _bytes(escaped).decode()
