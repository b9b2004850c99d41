"""What a transparency log of many leaves costs: publishing, starting, proving, checking; and what is found.

    python benchmarks/log_size.py --leaves 100000 1000000 --to FOLDER

The leaves are those of `shellmark_inspect.records` in its own SQLite file, 240 bytes each with a payload of 900; they
are put there directly, because recording a million cases would take hours. Times are CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_inspect.records import RecordReader, Records
from shellmark_trace import LogError, canonical, leaf, leaf_hash, new_salt, payload_hash
from shellmark_trace.log import (
    Checkpoint,
    FolderSource,
    Heads,
    LogCheck,
    Note,
    Publisher,
    Signer,
    Tile,
    TileNodes,
    check_inclusion,
    make_proof,
    prove_inclusion,
    read_entry,
)

STATION = "st01"
PROOFS = 2000
AT = "2026-11-20 08:00:00.000000"


@contextmanager
def told(what: str) -> Iterator[None]:
    """Print what something cost."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:52} {cpu:8.2f} s CPU {wall:8.2f} s  peak {peak_mb:6.0f} MB", flush=True)


def fill(file: Path, folder: Path, start: int, stop: int) -> None:
    """Put leaves into a station's database."""
    Records.open(file, folder / "images", station=STATION, host="id.example.cn").close()
    chance = random.Random(start)
    with closing(sqlite3.connect(file)) as connection, connection:
        for number in range(start, stop):
            payload = canonical({"number": number, "filler": chance.randbytes(420).hex()})
            salt = new_salt()
            entry = {"v": 1, "station": STATION, "kind": "other", "payload": payload_hash(payload, salt)}
            data = leaf({**entry, "number": number, "filler": chance.randbytes(35).hex()})
            connection.execute("INSERT INTO log_leaves VALUES (?, ?, ?, ?)", (STATION, number, data, leaf_hash(data)))
            connection.execute("INSERT INTO log_payloads VALUES (?, ?, ?, ?)", (STATION, number, salt, payload))
            event = (STATION, number + 1, f"{STATION}:other:{number + 1}", "other", AT, payload.decode())
            connection.execute(
                "INSERT INTO outbox (station, number, key, kind, at, payload) VALUES (?, ?, ?, ?, ?, ?)", event
            )


def prove(folder: Path, note: Note, size: int) -> None:
    """Random proofs: all true ones hold, no edited entry and no other index does."""
    chance, source = random.Random(1), FolderSource(folder)
    nodes = TileNodes(source, size)
    held = edited = shifted = 0
    made = []
    with told(f"{PROOFS} proofs made and checked"):
        for _ in range(PROOFS):
            index = chance.randrange(size)
            entry = read_entry(source, index, size)
            made.append((index, entry, make_proof(nodes, index, note, entry)))
            held += 1
    for index, entry, proof in made:
        root = proof.checkpoint.root
        edited += accepted(leaf_hash(entry + b" "), index, size, proof.hashes, root)
        shifted += accepted(leaf_hash(entry), (index + 1) % size, size, proof.hashes, root)
    longest = max(len(str(proof).encode()) for _, _, proof in made)
    print(f"held {held}/{PROOFS}, edited accepted {edited}, shifted accepted {shifted}, longest file {longest} bytes")


def accepted(digest: bytes, index: int, size: int, hashes: tuple[bytes, ...], root: bytes) -> bool:
    try:
        check_inclusion(digest, index, size, hashes, root)
    except LogError:
        return False
    return True


def check(reader: RecordReader, folder: Path, note: Note, sizes: tuple[int, ...], total: int) -> None:
    """Every leaf and every file against the checkpoint; then one edited record, and one flipped byte above."""
    found = faults(reader, folder, note, sizes, total, "every leaf, payload and file checked")
    print(f"faults: {len(found)}")


def faults(
    reader: RecordReader,
    folder: Path,
    note: Note,
    sizes: tuple[int, ...],
    total: int,
    what: str,
    *,
    quiet: bool = False,
) -> list[str]:
    checked = LogCheck(FolderSource(folder), Checkpoint.parse(note.text), sizes)
    found: list[str] = []
    with nullcontext() if quiet else told(what):
        for one, edit in reader.audit(STATION).edits(total):
            if edit is not None:
                found.append(str(edit))
            checked.take(one.entry)
        found += map(str, checked.finish())
    return found


def edit_one(file: Path, total: int) -> int:
    """Edit one entry with its hash and payload, so that nothing inside the database contradicts it."""
    return edit_at(file, random.Random(total).randrange(total))


def edit_at(file: Path, index: int) -> int:
    """Edit this one."""
    payload, salt = canonical({"number": index, "filler": "edited"}), new_salt()
    data = leaf({"v": 1, "station": STATION, "kind": "other", "payload": payload_hash(payload, salt)})
    with closing(sqlite3.connect(file)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(
            'UPDATE log_leaves SET entry = ?, hash = ? WHERE "index" = ?', (data, leaf_hash(data), index)
        )
        connection.execute('UPDATE log_payloads SET payload = ?, salt = ? WHERE "index" = ?', (payload, salt, index))
        connection.execute("UPDATE outbox SET payload = ? WHERE number = ?", (payload.decode(), index + 1))
    return index


def locate(place: Path, edits: int, total: int = 5000) -> None:
    """Edits of single records, one after the other on a fresh copy: how many are located exactly."""
    folder, chance, exact = place / "edits", random.Random(3), 0
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(folder / "records.db", folder, 0, total)
    reader = RecordReader(folder / "records.db", folder / "images")
    heads = Heads(folder / "signed.json", Signer("trace.example.cn/bench", Ed25519PrivateKey.generate()))
    head = Publisher(folder / "log", heads, reader.leaves(STATION)).publish()
    reader.close()
    for _ in range(edits):
        copy = folder / "copy.db"
        shutil.copy(folder / "records.db", copy)
        index = edit_at(copy, chance.randrange(total))
        reader = RecordReader(copy, folder / "images")
        found = faults(reader, folder / "log", Note.parse(head.note), head.sizes, total, "", quiet=True)
        reader.close()
        exact += found[0].startswith(f"leaf {index}:")
    print(f"── {edits} edits of one record among {total}: {exact} located exactly")


def flip(folder: Path, size: int, note: Note) -> None:
    """One byte of the first tile of level 1: how many proofs no longer hold."""
    path, source, chance = folder / Tile(1, 0).path, FolderSource(folder), random.Random(2)
    if not path.exists():
        return
    data = bytearray(path.read_bytes())
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    nodes, failed = TileNodes(source, size), 0
    root = Checkpoint.parse(note.text).root
    for _ in range(PROOFS):
        index = chance.randrange(size)
        digest = leaf_hash(read_entry(source, index, size))
        failed += not accepted(digest, index, size, tuple(prove_inclusion(nodes, index, size)), root)
    path.write_bytes(data)
    print(f"a flipped byte in {Tile(1, 0).path}: {failed} of {PROOFS} proofs no longer hold")


def measure(total: int, place: Path) -> None:
    """One size."""
    folder = place / str(total)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file, more = folder / "records.db", 100
    print(f"── {total} leaves")
    with told("(putting them into the database)"):
        fill(file, folder, 0, total)
    reader = RecordReader(file, folder / "images")
    heads = Heads(folder / "signed.json", Signer("trace.example.cn/bench", Ed25519PrivateKey.generate()))
    publisher = Publisher(folder / "log", heads, reader.leaves(STATION))
    with told("published from nothing"):
        publisher.publish()
    with told("looked at, as a station does at its start"):
        publisher.look()
    fill(file, folder, total, total + more)
    total += more
    with told(f"{more} more published"):
        head = publisher.publish()
    note = Note.parse(head.note)
    files = [path.stat().st_size for path in (folder / "log").rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(files) / 1e6:.1f} MB; database {file.stat().st_size / 1e6:.0f} MB")
    prove(folder / "log", note, total)
    check(reader, folder / "log", note, head.sizes, total)
    flip(folder / "log", total, note)
    index = edit_one(file, total)
    found = faults(reader, folder / "log", note, head.sizes, total, "... with one edited record")
    print(f"edited leaf {index}, first fault: {found[0]}")
    assert found[0].startswith(f"leaf {index}:"), found[0]
    reader.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--edits", type=int, default=200)
    arguments = parser.parse_args()
    locate(arguments.to, arguments.edits)
    for total in arguments.leaves:
        measure(total, arguments.to)


if __name__ == "__main__":
    main()
