"""The lists a dealer carries: whole, signed, in force, small; nothing issued is missing and little else is in."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_factory import DAY, NOW, ORIGIN, Factory, a_link, key_file

from shellmark_trace import KeyFileError, ManifestError, SignatureInvalid, TraceError
from shellmark_trace.keys import LIST_LIFE, Kind, new_entry, revoked, rotated
from shellmark_trace.log import Note, Signer
from shellmark_trace.manifest import (
    LogAt,
    Withdrawal,
    build_manifest,
    build_withdrawn,
    manifest_facts,
    open_manifest,
    open_withdrawn,
    withdrawn_facts,
)
from shellmark_trace.manifest.issued import BITS, prefix
from shellmark_trace.manifest.rice import best_k, decode, encode

FACTORY = Factory()
KEYS = FACTORY.opened()
LINKS = [a_link() for _ in range(3000)]
LOGS = (LogAt(origin=ORIGIN, size=7, root="00" * 32, upto=9),)
DATA = build_manifest(LINKS, FACTORY.manifest, version=5, now=NOW, logs=LOGS)
VOIDS = build_withdrawn(
    [(LINKS[0], Withdrawal.VOID), (LINKS[1], Withdrawal.COPIED), (LINKS[2], Withdrawal.RETIRED)],
    FACTORY.manifest,
    version=8,
    now=NOW,
)


def test_every_issued_code_is_in_it_and_hardly_another() -> None:
    found = open_manifest(DATA, KEYS, NOW)
    assert all(found.has(link) for link in LINKS)
    assert sum(found.has(a_link()) for _ in range(20_000)) == 0  # 3000 / 2^40 a code
    assert found.facts.counts == {"codes": 3000, "prefixes": 3000}
    assert found.facts.size_of(ORIGIN) == 9
    assert found.facts.size_of("other") is None
    assert found.facts.age(NOW + DAY) == DAY


def test_the_host_and_the_gtin_count_as_they_should() -> None:
    found = open_manifest(DATA, KEYS, NOW)
    link = LINKS[0]
    assert found.has(type(link)("NEW.CN", link.gtin, link.serial))
    assert not found.has(type(link)(link.host, "06901234567885", link.serial))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 9])
def test_small_manifests_are_whole(count: int) -> None:
    data = build_manifest(LINKS[:count], FACTORY.manifest, version=1, now=NOW)
    found = open_manifest(data, KEYS, NOW)
    assert [link for link in LINKS if found.has(link)] == LINKS[:count]


def test_a_code_listed_twice_counts_once() -> None:
    found = open_manifest(build_manifest(LINKS[:5] * 2, FACTORY.manifest, version=1, now=NOW), KEYS, NOW)
    assert found.facts.counts == {"codes": 10, "prefixes": 5}


def test_the_same_codes_in_any_order_are_the_same_body() -> None:
    other = build_manifest(reversed(LINKS), FACTORY.manifest, version=5, now=NOW, logs=LOGS)
    assert other == DATA


def test_k_is_20_for_a_million() -> None:
    assert best_k(1_000_000, BITS) == 20
    assert best_k(0, BITS) <= 39


@settings(deadline=None, max_examples=80)  # the machine may be busy
@given(st.sets(st.integers(0, 2**40 - 1), max_size=300), st.integers(8, 39))
def test_numbers_there_and_back_with_any_k(numbers: set[int], k: int) -> None:
    if numbers and (max(numbers) >> k) > 100_000:
        k = 30
    ordered = np.array(sorted(numbers), np.uint64)
    assert decode(encode(ordered, k), len(ordered), k, 40).tolist() == sorted(numbers)


@settings(deadline=None, max_examples=200)  # the machine may be busy
@given(st.binary(max_size=60), st.integers(0, 20), st.integers(1, 39))
def test_any_body_gives_sorted_numbers_or_one_line(body: bytes, count: int, k: int) -> None:
    try:
        found = decode(body, count, k, 40)
    except ManifestError:
        return
    else:
        assert len(found) == count
        assert (np.diff(found.astype(object)) > 0).all() if count > 1 else True
        assert encode(found, k) == body


def test_a_body_is_as_long_as_rice_s_coding() -> None:
    numbers = np.unique(np.random.default_rng(1).integers(0, 2**40, 100_000, np.uint64))
    k = best_k(len(numbers), 40)
    gaps = np.diff(numbers, prepend=np.uint64(0))
    bits = int((gaps >> np.uint64(k)).sum()) + len(numbers) * (1 + k)
    assert len(encode(numbers, k)) - (bits + 7) // 8 in {0, 1}


@pytest.mark.parametrize("data", [DATA, VOIDS], ids=["issued", "withdrawn"])
def test_every_changed_or_missing_byte_is_noticed(data: bytes) -> None:
    opened = open_manifest if data is DATA else open_withdrawn
    for place in [*range(0, 900, 11), *range(900, len(data), 499), len(data) - 1]:
        if place >= len(data):
            continue
        changed = bytearray(data)
        changed[place] ^= 0x40
        with pytest.raises(TraceError):
            opened(bytes(changed), KEYS, NOW)
        with pytest.raises(TraceError):
            opened(data[:place], KEYS, NOW)
    with pytest.raises(ManifestError):
        opened(data + b"\x00", KEYS, NOW)


def test_it_is_refused_after_expiry_before_its_time_and_when_older_than_one_seen() -> None:
    life = timedelta(days=14)
    assert open_manifest(DATA, KEYS, NOW + life - timedelta(seconds=1), seen=5)
    with pytest.raises(ManifestError, match="expired"):
        open_manifest(DATA, KEYS, NOW + life)
    with pytest.raises(ManifestError, match="clock"):
        open_manifest(DATA, KEYS, NOW - DAY)
    with pytest.raises(ManifestError, match="rolled back"):
        open_manifest(DATA, KEYS, NOW, seen=6)
    with pytest.raises(ManifestError, match="expired"):
        open_withdrawn(VOIDS, KEYS, NOW + timedelta(days=3))
    with pytest.raises(ManifestError, match="rolled back"):
        open_withdrawn(VOIDS, KEYS, NOW, seen=9)


def test_only_a_manifest_key_of_the_list_signs_it() -> None:
    for wrong in (FACTORY.station, FACTORY.log, FACTORY.holders[0]):
        with pytest.raises(KeyFileError, match="manifest key"):
            build_manifest(LINKS[:3], wrong, version=1, now=NOW)
    stranger = build_manifest(LINKS[:3], key_file(Kind.MANIFEST, "m1"), version=1, now=NOW)
    with pytest.raises(SignatureInvalid):
        open_manifest(stranger, KEYS, NOW)
    gone = revoked(KEYS, KEYS.of_kind(Kind.MANIFEST)[0].id, None, "lost", NOW, LIST_LIFE)
    with pytest.raises(SignatureInvalid):
        open_manifest(DATA, gone, NOW)
    early = build_manifest(LINKS[:3], FACTORY.manifest, version=1, now=NOW - DAY)
    with pytest.raises(SignatureInvalid):  # before its key's time
        open_manifest(early, KEYS, NOW)


def test_a_new_manifest_key_takes_over() -> None:
    fresh = key_file(Kind.MANIFEST, "m1")
    keys = rotated(KEYS, new_entry(fresh.card, NOW), NOW, LIST_LIFE)
    for who in (FACTORY.manifest, fresh):
        assert open_manifest(build_manifest(LINKS[:3], who, version=1, now=NOW), keys, NOW)
    with pytest.raises(SignatureInvalid):
        open_manifest(build_manifest(LINKS[:3], FACTORY.manifest, version=1, now=NOW + 15 * DAY), keys, NOW + 15 * DAY)


def test_neither_list_is_taken_for_the_other_nor_for_something_else() -> None:
    with pytest.raises(ManifestError, match="no list of withdrawn"):
        open_withdrawn(DATA, KEYS, NOW)
    with pytest.raises(ManifestError, match="no list of issued"):
        open_manifest(VOIDS, KEYS, NOW)
    for junk in (b"", b"\n\n\n\n", b"x" * 1000, b"a\n\nb\n\n", FACTORY.signed(KEYS), b"[" * 99_999 + b"\n\n\n\n"):
        for opened in (lambda d: open_manifest(d, KEYS, NOW), lambda d: open_withdrawn(d, KEYS, NOW), manifest_facts):
            with pytest.raises(ManifestError) as caught:
                opened(junk)
            assert "\n" not in str(caught.value)


def test_a_signed_paper_that_makes_no_sense_is_refused() -> None:
    text, _, rest = DATA.partition(b"\n\n")
    body = rest.partition(b"\n\n")[2]
    for before, after in (
        (b'"k":', b'"k":0,"x":'),
        (b'"bits":40', b'"bits":41'),
        (b'"prefixes":3000', b'"prefixes":2999'),
        (b'"prefixes":3000', b'"prefixes":3000000000'),
        (b'"what":"issued"', b'"what":"withdrawn"'),
        (b'"version":5', b'"version":0'),
    ):
        changed = text.replace(before, after)
        assert changed != text
        said = changed.decode() + "\n"
        note = Note(said).adding([Signer("m1", FACTORY.manifest.private).sign(said)])
        with pytest.raises(ManifestError):
            open_manifest(f"{note}\n".encode() + body, KEYS, NOW)


def test_withdrawn_codes_have_their_reasons() -> None:
    found = open_withdrawn(VOIDS, KEYS, NOW)
    assert [found.why(link) for link in LINKS[:4]] == [Withdrawal.VOID, Withdrawal.COPIED, Withdrawal.RETIRED, None]
    assert withdrawn_facts(VOIDS).counts == {"void": 1, "copied": 1, "retired": 1}
    assert prefix(LINKS[0], 64) >> 24 == prefix(LINKS[0], 40)
    empty = build_withdrawn([], FACTORY.manifest, version=1, now=NOW)
    assert open_withdrawn(empty, KEYS, NOW).why(LINKS[0]) is None
