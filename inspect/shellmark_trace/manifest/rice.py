"""Sorted numbers as Rice-coded differences, remainders and quotients in two streams so that numpy decodes them whole.

The differences d of the sorted numbers (the first from 0) are split as d = q * 2^k + r. The body is the r, k bits each,
padded to a byte with zeros; then the q in unary, q zeros and a one each, padded to a byte with zeros; bits most
significant first. It takes as many bits as the usual interleaving (Rice 1979; Golomb 1966).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shellmark_trace.errors import ManifestError

_CHUNK = 1 << 16
"""Remainders decoded at once (a multiple of 8, so that chunks end on bytes): some megabytes, whatever the count."""

MOST_K = 39


def best_k(count: int, bits: int) -> int:
    """The k that codes `count` random numbers of `bits` bits in the least room: 20 for a million of 40 bits.

    Differences are nearly geometric with mean 2^bits / count; the best k is near log2 of that mean times ln 2.
    """
    return min(MOST_K, max(1, round(bits - math.log2(max(count, 1)) + math.log2(math.log(2)))))


def encode(numbers: NDArray[np.uint64], k: int) -> bytes:
    """The body of sorted, different numbers."""
    gaps = np.diff(numbers, prepend=np.uint64(0))
    remainders = b"".join(_packed(chunk, k) for chunk in _chunks(gaps))
    quotients = (gaps >> np.uint64(k)).astype(np.int64)
    ones = np.cumsum(quotients + 1) - 1
    unary = np.zeros(int(ones[-1]) + 1 if len(ones) else 0, np.uint8)
    unary[ones] = 1
    return remainders + np.packbits(unary).tobytes()


def decode(body: bytes, count: int, k: int, bits: int) -> NDArray[np.uint64]:
    """The sorted numbers of a body, (count,) uint64.

    Raises:
        ManifestError: it does not hold `count` different numbers of so many bits, or has bits to spare.
    """
    split = (count * k + 7) // 8
    if len(body) < split:
        raise _damaged()
    packed = np.frombuffer(body, np.uint8)
    unary = np.unpackbits(packed[split:])
    ones = np.flatnonzero(unary)
    if len(ones) != count or len(unary) - (int(ones[-1]) + 1 if count else 0) >= 8:
        raise _damaged()
    del unary
    gaps = np.diff(ones, prepend=-1).astype(np.uint64) - np.uint64(1) << np.uint64(k)
    del ones
    for start in range(0, count, _CHUNK):
        part = gaps[start : start + _CHUNK]
        part += _unpacked(packed[start * k // 8 : split], len(part), k)
    return _summed(gaps, bits)


def _summed(gaps: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    if len(gaps) and (int(gaps.max()) >> bits or not gaps[1:].all()):
        raise _damaged()
    numbers = np.cumsum(gaps, dtype=np.uint64)
    if len(numbers) and int(numbers[-1]) >> bits:
        raise _damaged()
    return numbers


def _chunks(gaps: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    for start in range(0, len(gaps), _CHUNK):
        yield gaps[start : start + _CHUNK]


def _packed(gaps: NDArray[np.uint64], k: int) -> bytes:
    shifts = np.arange(k - 1, -1, -1, dtype=np.uint64)
    return np.packbits((gaps[:, None] >> shifts & np.uint64(1)).astype(np.uint8).reshape(-1)).tobytes()


def _unpacked(packed: NDArray[np.uint8], count: int, k: int) -> NDArray[np.uint64]:
    split = (count * k + 7) // 8
    found = np.unpackbits(packed[:split])
    if found[count * k :].any():
        raise _damaged()
    wide = np.zeros((count, 64), np.uint8)
    wide[:, 64 - k :] = found[: count * k].reshape(count, k)
    return np.packbits(wide, axis=1).view(">u8").reshape(-1).astype(np.uint64)


def _damaged() -> ManifestError:
    return ManifestError("the manifest's body does not hold what its header says: fetch it again")
