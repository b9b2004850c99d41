"""The Merkle tree against the vectors of certificate transparency, and against a tree made by RFC 6962's own words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_trace import LogError, leaf_hash
from shellmark_trace.log import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root,
)

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
INCLUSIONS = [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[4]]), (2, 3, [ROOTS[2]]), (1, 5, [ROOTS[1], B, D])]
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [A, B, C]),
    (6, 8, [F, E, ROOTS[4]]),
    (2, 5, [B, D]),
    (6, 7, [F, G, ROOTS[4]]),
]


def tree_hash(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(tree_hash(entries[:split]), tree_hash(entries[split:]))


class Plain:
    """Nodes computed from the entries."""

    def __init__(self, entries: list[bytes]) -> None:
        self._entries = entries

    def node(self, level: int, number: int) -> bytes:
        part = self._entries[number << level : (number + 1) << level]
        assert len(part) == 1 << level, "only complete subtrees are asked for"
        return tree_hash(part)


VECTORS = [bytes.fromhex(entry) for entry in ENTRIES]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    grown = Frontier()
    for entry in VECTORS[:size]:
        grown.append(leaf_hash(entry))
    assert root(Plain(VECTORS), size).hex() == grown.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "due"), INCLUSIONS)
def test_inclusion_proofs_are_those_of_certificate_transparency(index: int, size: int, due: list[str]) -> None:
    proof = prove_inclusion(Plain(VECTORS), index, size)
    assert [one.hex() for one in proof] == due
    check_inclusion(leaf_hash(VECTORS[index]), index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size", "due"), CONSISTENCIES)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, size: int, due: list[str]) -> None:
    proof = prove_consistency(Plain(VECTORS), old, size)
    assert [one.hex() for one in proof] == due
    check_consistency(old, bytes.fromhex(ROOTS[old]), size, bytes.fromhex(ROOTS[size]), proof)


sizes = st.integers(1, 70)


@settings(deadline=None, max_examples=150)
@given(sizes, st.data())
def test_every_leaf_is_proven_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = [bytes([i]) for i in range(size)]
    proof, due = prove_inclusion(Plain(entries), index, size), tree_hash(entries)
    check_inclusion(leaf_hash(entries[index]), index, size, proof, due)
    wrongs = [
        (leaf_hash(b"other"), index, size, proof),
        (leaf_hash(entries[index]), index, size, [*proof, EMPTY_ROOT]),
        (leaf_hash(entries[index]), size, size, proof),
    ]
    if size > 1:
        wrongs.append((leaf_hash(entries[index]), (index + 1) % size, size, proof))
        wrongs.append((leaf_hash(entries[index]), index, size, proof[:-1]))
    for leaf, place, total, hashes in wrongs:
        with pytest.raises(LogError):
            check_inclusion(leaf, place, total, hashes, due)


@settings(deadline=None, max_examples=150)
@given(sizes, st.data())
def test_a_tree_continues_its_beginnings_and_no_other_tree(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    entries = [bytes([i]) for i in range(size)]
    proof, due, old_root = prove_consistency(Plain(entries), old, size), tree_hash(entries), tree_hash(entries[:old])
    check_consistency(old, old_root, size, due, proof)
    changed = data.draw(st.integers(0, size - 1))
    other = tree_hash([*entries[:changed], b"other", *entries[changed + 1 :]])
    if old:
        with pytest.raises(LogError):
            check_consistency(old, old_root, size, other, proof)
        with pytest.raises(LogError):
            check_consistency(old, leaf_hash(b"x"), size, due, proof)
    with pytest.raises(LogError):
        check_consistency(old, old_root, size, due, [*proof, EMPTY_ROOT])
    if proof:
        with pytest.raises(LogError):
            check_consistency(old, old_root, size, due, proof[:-1])


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_of_what_is_not_there(index: int) -> None:
    with pytest.raises(LogError):
        prove_inclusion(Plain(VECTORS), index, 8)
    with pytest.raises(LogError):
        prove_consistency(Plain(VECTORS), 9, 8)
