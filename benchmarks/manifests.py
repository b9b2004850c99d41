"""How large and how quick the offline manifest is, and how often it takes a random code for an issued one.

Run `python benchmarks/manifests.py [CODES] [RANDOM]`; a million codes and ten million random ones take about a minute.
"""

from __future__ import annotations

import hashlib
import math
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace import ALPHABET, SERIAL_LENGTH, Link
from shellmark_trace.keys import LIST_LIFE, Card, KeyFile, Kind, first_list, new_entry
from shellmark_trace.log import Verifier
from shellmark_trace.manifest import build_manifest, open_manifest

GTIN = "06901234567892"
BATCH = 100_000


def serials(count: int, seed: int) -> Iterator[bytes]:
    """Random serials; of a seed, unlike the station's, so that a run can be repeated."""
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)
    generator = np.random.default_rng(seed)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        drawn = letters[generator.integers(0, 32, (size, SERIAL_LENGTH))].tobytes()
        yield from (drawn[place : place + SERIAL_LENGTH] for place in range(0, len(drawn), SERIAL_LENGTH))


def timed(what: str, do: Callable[[], Any]) -> Any:
    """Run something and say what it cost of one core, and the most memory so far."""
    start = time.process_time()
    found = do()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:42} {time.process_time() - start:8.3f} s CPU   peak {peak:6.0f} MB", flush=True)
    return found


def interval(hits: int, of: int) -> str:
    """The share with its 95 % interval (Wilson for the upper and lower end)."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{share:.2e} (95 %: {max(0.0, middle - half):.1e} to {middle + half:.1e})"


def main(count: int, strangers: int) -> None:
    """Build, open and ask one manifest."""
    private = Ed25519PrivateKey.generate()
    key = KeyFile(Card(Kind.MANIFEST, Verifier("m1", private.public_key())), private)
    now = datetime.now(UTC).replace(microsecond=0)
    keys = first_list("厂", "factory", ["A.CN"], [new_entry(key.card, now)], now, LIST_LIFE)
    links = [Link("A.CN", GTIN, serial.decode()) for serial in serials(count, 1)]
    print(f"{count} codes, {strangers} random ones; numpy {np.__version__}, Python {sys.version.split()[0]}")
    data: bytes = timed("build and sign", lambda: build_manifest(links, key, version=1, now=now))
    print(f"{'size':42} {len(data)} bytes, {8 * len(data) / count:.2f} bit a code")
    opens = [_spent(lambda: open_manifest(data, keys, now)) for _ in range(7)]
    manifest = timed("open, signature and all", lambda: open_manifest(data, keys, now))
    print(f"{'open again, median of 7':42} {sorted(opens)[3]:8.3f} s CPU   ({min(opens):.3f} to {max(opens):.3f})")
    missing = timed("every issued code is in it", lambda: sum(not manifest.has(link) for link in links))
    print(
        f"{'issued codes that were missing':42} {missing} of {count}; {manifest.prefixes.nbytes / 1e6:.1f} MB in memory"
    )
    hits = timed("random codes", lambda: _hits(manifest.prefixes, strangers))
    print(f"{'random codes taken for issued':42} {hits} of {strangers}: {interval(hits, strangers)}")
    print(f"{'expected':42} {len(manifest.prefixes) / 2**40:.2e}")


def _spent(do: Callable[[], Any]) -> float:
    start = time.process_time()
    do()
    return time.process_time() - start


def _hits(prefixes: np.ndarray[Any, np.dtype[np.uint64]], strangers: int) -> int:
    head = f"https://id.gs1.org/01/{GTIN}/21/".encode()
    hits, wanted = 0, np.empty(BATCH, np.uint64)
    drawn = serials(strangers, 2)
    for start in range(0, strangers, BATCH):
        size = min(BATCH, strangers - start)
        for place in range(size):
            wanted[place] = int.from_bytes(hashlib.sha256(head + next(drawn)).digest()[:5], "big")
        found = np.searchsorted(prefixes, wanted[:size])
        inside = found < len(prefixes)
        hits += int((prefixes[found[inside]] == wanted[:size][inside]).sum())
    return hits


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
