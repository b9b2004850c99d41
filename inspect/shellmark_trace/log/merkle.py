"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs, made from stored hashes, checked without them.

A node is named by (level, number): it is the root of the leaves number * 2**level up to (number + 1) * 2**level.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from shellmark_trace.errors import LogError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


class Nodes(Protocol):
    """Where the hashes of complete subtrees come from."""

    def node(self, level: int, number: int) -> bytes:
        """The root of the complete subtree of 2**level leaves that begins at leaf number * 2**level."""
        ...


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, in memory that grows with the logarithm of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        rest = self.size
        while rest & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            rest >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root."""
        return folded(self._peaks)


def folded(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size, left to right."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2**n nodes of the same level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(nodes, 0, size) if size else EMPTY_ROOT


def prove_inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves (RFC 6962, section 2.1.1).

    Raises:
        LogError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise LogError(f"leaf {index} is not among the {size} leaves of the tree: give a lower index")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return [_subtree(nodes, *span) for span in reversed(path)]


def prove_consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """The hashes that show that a tree of `size` leaves begins with the one of `old` (RFC 6962, section 2.1.2).

    Empty where there is nothing to show: `old` is 0 or `size`.

    Raises:
        LogError: `old` is not between 0 and `size`.
    """
    if not 0 <= old <= size:
        raise LogError(f"a tree of {size} leaves cannot follow one of {old}")
    start, stop, path, whole = 0, size, [], True
    while old and old - start < stop - start:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, stop))
    return [_subtree(nodes, *span) for span in reversed(path)]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], due: bytes) -> None:
    """See that the leaf with this hash is leaf `index` of the tree with root `due` (RFC 9162, section 2.1.3.2).

    Raises:
        LogError: the proof does not show it.
    """
    if not 0 <= index < size:
        raise LogError(f"the proof is for leaf {index}, the tree has {size} leaves: it belongs to another tree")
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            raise LogError(f"the proof has {len(proof)} hashes, too many for {size} leaves: it is for another tree")
        if place & 1 or place == last:
            found = node_hash(one, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise LogError(f"the proof has {len(proof)} hashes, too few for {size} leaves: it is for another tree")
    if found != due:
        raise LogError(f"the proof does not lead from the entry to the tree of {size} leaves: entry or proof is wrong")


def check_consistency(old: int, old_root: bytes, size: int, due: bytes, proof: Sequence[bytes]) -> None:
    """See that the tree with root `due` begins with the one with `old_root` (RFC 9162, section 2.1.4.2).

    Raises:
        LogError: the proof does not show it.
    """
    wrong = LogError(f"the tree of {size} leaves does not begin with the one of {old}: the log was changed or forked")
    if not 0 <= old <= size or (old in {0, size} and proof) or (old == 0 and old_root != EMPTY_ROOT):
        raise wrong
    if old in {0, size}:
        if old == size and old_root != due:
            raise wrong
        return
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not proof or not _leads(hashes, place, last, old_root, due):
        raise wrong


def _leads(hashes: Sequence[bytes], place: int, last: int, old_root: bytes, due: bytes) -> bool:
    """Whether the hashes lead to both roots, from the node `place` of a row whose last one is `last`."""
    first = second = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, one)
        place, last = place >> 1, last >> 1
    return (first, second, last) == (old_root, due, 0)


def _split(width: int) -> int:
    """The largest power of two below `width`, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def _subtree(nodes: Nodes, start: int, stop: int) -> bytes:
    """The root over the leaves `start` up to `stop`, where `start` is a multiple of the next power of two."""
    peaks = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        peaks.append(nodes.node(level, start >> level))
        start += 1 << level
    return folded(peaks)
